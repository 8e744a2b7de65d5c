#include "compact/row.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "quote/members.hpp"

using namespace quotecached;
using namespace quotecached::compact;

namespace {

std::vector<std::string_view> figures_of(std::string_view object,
                                         std::string_view convert,
                                         const std::vector<std::string>& fields) {
  const auto row = read_row(object, convert);
  REQUIRE(row);
  std::vector<std::string_view> figures;
  read_figures(*row, fields, figures);
  return figures;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string_view data_in(std::string_view answer) {
  for (quote::Members members(answer); members.next();) {
    if (members.name() == "data") return members.value();
  }
  return {};
}

}  // namespace

TEST_SUITE("compact::read_row") {
  TEST_CASE("every generation of quotes is read, its figures byte for byte") {
    struct Shape {
      std::string name;
      std::string object;
    };
    const Shape shapes[] = {
        {"v1 and v2",
         R"({"id":1,"name":"Bitcoin","symbol":"BTC","slug":"bitcoin","cmc_rank":1,"platform":null,)"
         R"("last_updated":"old","quote":{"EUR":{"price":2},"USD":{"price":7e-8,)"
         R"("market_cap":null,"last_updated":"new"}}})"},
        {"v3",
         R"({"id":1,"name":"Bitcoin","symbol":"BTC","slug":"bitcoin","cmc_rank":1,)"
         R"("quote":[{"id":2790,"symbol":"EUR","price":2},{"id":2781,"symbol":"USD",)"
         R"("price":7e-8,"market_cap":null,"last_updated":"new"}]})"},
        {"simple/price",
         R"({"id":1,"name":"Bitcoin","symbol":"BTC","slug":"bitcoin","cmc_rank":1,)"
         R"("quotes":[{"symbol":"USD","price":7e-8,"market_cap":null,"last_updated":"new"}]})"},
        {"with white space",
         "{ \"id\" : 1 ,\n \"name\":\"Bitcoin\", \"symbol\":\"BTC\",\"slug\":\"bitcoin\",\n"
         "\"cmc_rank\":1, \"quote\" : { \"USD\" : { \"price\" : 7e-8 , \"market_cap\": null,\n"
         "\"last_updated\" : \"new\" } } }"},
    };
    for (const auto& shape : shapes) {
      CAPTURE(shape.name);
      const auto row = read_row(shape.object, "USD");
      REQUIRE(row);
      CHECK(row->id == 1);
      CHECK(row->symbol == "\"BTC\"");
      CHECK(row->name == "\"Bitcoin\"");
      CHECK(row->slug == "\"bitcoin\"");
      CHECK(row->rank == "1");
      CHECK(row->last_updated == "\"new\"");
      const auto figures =
          figures_of(shape.object, "USD", {"market_cap", "price", "volume_24h", "cmc_rank"});
      CHECK(figures == std::vector<std::string_view>{"null", "7e-8", "", "1"});
    }
  }

  TEST_CASE("a quote in another currency is none") {
    const std::string object = R"({"id":1,"quote":{"EUR":{"price":2}}})";
    CHECK(read_row(object, "EUR")->quote == R"({"price":2})");
    CHECK(read_row(object, "eur")->quote == R"({"price":2})");
    CHECK(read_row(object, "USD")->quote.empty());
    CHECK(read_row(R"({"id":1,"quote":{"USD":null}})", "USD")->quote.empty());
    CHECK(read_row(R"({"id":1,"quote":null})", "USD")->quote.empty());
  }

  TEST_CASE("what is no asset object is no row") {
    for (const std::string_view text : {"",
                                        "{",
                                        "{}",
                                        "null",
                                        "[]",
                                        R"({"id":"x"})",
                                        R"({"id":1)",
                                        R"({"id":1,"name")",
                                        R"({"id":1,"name":)"}) {
      CAPTURE(text);
      CHECK_FALSE(read_row(text, "USD"));
    }
  }

  TEST_CASE("all fields are those of the quote, without lists and what every row has") {
    const auto row = read_row(
        R"({"id":1,"cmc_rank":1,"quotes":[{"symbol":"USD","price":1,"x":[1],"last_updated":"t"}]})",
        "USD");
    REQUIRE(row);
    std::vector<std::string> names{"other"};
    add_field_names(*row, names);
    CHECK(names == std::vector<std::string>{"other", "price"});
  }

  TEST_CASE("recorded answers: each asset has the price that its text has") {
    const std::filesystem::path folder = QUOTECACHED_RECORDINGS;
    if (!std::filesystem::exists(folder)) {
      MESSAGE("skipped: no recordings in " << folder.string());
      return;
    }
    std::size_t rows = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      const auto name = file.path().filename().string();
      const bool has_quotes = name.find("quotes_latest__") != std::string::npos ||
                              name.find("listings_latest") != std::string::npos;
      if (!has_quotes || name.find("global") != std::string::npos) continue;
      CAPTURE(name);
      const auto text = read_file(file.path());
      const auto take = [&](std::string_view object) {
        const auto row = read_row(object, "USD");
        REQUIRE(row);
        REQUIRE_FALSE(row->quote.empty());
        const auto price = figures_of(object, "USD", {"price"}).front();
        REQUIRE_FALSE(price.empty());
        const auto at = object.find("\"price\":");
        CHECK(object.substr(at).find(price) <= std::string_view("\"price\": ").size());
        ++rows;
      };
      const auto data = data_in(text);
      for (quote::Members assets(data); assets.next();) take(assets.value());
      for (quote::Elements assets(data); assets.next();) take(assets.value());
    }
    CHECK(rows > 2'000);
  }
}
