// The documents of /quotes and its stream.
#include "src/quotes_json.hpp"

#include <cmath>

#include <doctest/doctest.h>

namespace quotecache::test {
namespace {

using std::chrono::milliseconds;

const std::string kRow =
    R"({"id":1,"symbol":"BTC","name":"Bit\u0063oin","slug":"bitcoin","convert":"USD","price":67000.10,)"
    R"("volume_24h":7e-8,"cmc_rank":null,"tags":["a", {"b":1}],"last_updated":"2026-11-29T10:00:00.000Z",)"
    R"("fetched_at":"2026-11-29T10:00:41.120Z","age":12.3,"stale":false})";

Result<Quotes> read(std::string text) { return read_quotes(text); }

}  // namespace

TEST_SUITE("client::quotes_json") {
  TEST_CASE("a row, with the provider's own figures") {
    const auto quotes = read("{\"quotes\":[\n" + kRow + "],\n\"missing\":[],\"next\":null}\n");
    REQUIRE(quotes);
    REQUIRE(quotes->rows.size() == 1);
    const Quote& row = quotes->rows.front();
    CHECK(row.id == 1);
    CHECK(row.symbol == "BTC");
    CHECK(row.name == "Bitcoin");
    CHECK(row.slug == "bitcoin");
    CHECK(row.convert == "USD");
    CHECK(row.price.text == "67000.10");
    CHECK(row.price.value == 67000.10);
    CHECK(row.age == milliseconds(12'300));
    CHECK_FALSE(row.is_stale);
    REQUIRE(row.last_updated);
    CHECK(row.fetched_at - *row.last_updated == milliseconds(41'120));
    REQUIRE(row.figure("volume_24h") != nullptr);
    CHECK(row.figure("volume_24h")->text == "7e-8");
    CHECK(row.figure("volume_24h")->value == 7e-8);
    REQUIRE(row.figure("cmc_rank") != nullptr);
    CHECK(row.figure("cmc_rank")->text.empty());
    CHECK(std::isnan(row.figure("cmc_rank")->value));
    REQUIRE(row.figure("tags") != nullptr);
    CHECK(row.figure("tags")->text == R"(["a", {"b":1}])");
    CHECK(row.figure("price") == &row.price);
    CHECK(row.figure("nothing") == nullptr);
    CHECK(quotes->find(Asset::id(1)) == &row);
    CHECK(quotes->find(Asset::symbol("btc")) == &row);
    CHECK(quotes->find(Asset::slug("Bitcoin")) == &row);
    CHECK(quotes->find(Asset::id(1), "EUR") == nullptr);
  }

  TEST_CASE("the lists beside the rows") {
    const auto quotes = read(
        R"({"quotes":[],"missing":[{"asked":"NOPE","by":"symbol"}],"ambiguous":[{"asked":"XYZ","by":"symbol",)"
        R"("candidates":[{"id":7,"name":"Xyz","slug":"xyz","rank":120},{"id":8,"name":null,"slug":"z","rank":null}]}],)"
        R"("unavailable":[{"asked":"1","by":"id","code":"budget_exhausted"},{"asked":"x","by":"slug","code":"new"}],)"
        R"("next":null,"later":{"a":[1]}})");
    REQUIRE(quotes);
    REQUIRE(quotes->missing.size() == 1);
    CHECK(quotes->missing[0].asked == "NOPE");
    CHECK(quotes->missing[0].by == Asset::By::Symbol);
    REQUIRE(quotes->ambiguous.size() == 1);
    REQUIRE(quotes->ambiguous[0].candidates.size() == 2);
    CHECK(quotes->ambiguous[0].candidates[0].rank == 120);
    CHECK_FALSE(quotes->ambiguous[0].candidates[1].rank);
    REQUIRE(quotes->unavailable.size() == 2);
    CHECK(quotes->unavailable[0].code == ErrorCode::BudgetExhausted);
    CHECK(quotes->unavailable[1].code == ErrorCode::Unavailable);
    CHECK(quotes->unavailable[1].by == Asset::By::Slug);
  }

  TEST_CASE("what is not the daemon's is a Protocol error") {
    for (const char* const text :
         {"",
          "null",
          "[]",
          "{}",
          "{\"quotes\":{}}",
          "{\"quotes\":[1]}",
          "{\"quotes\":[{}]}",
          "{\"quotes\":[{\"id\":\"1\"}]}",
          "{\"quotes\":[]",
          "{\"quotes\":[]}x",
          "<html>",
          "{\"quotes\":[{\"id\":1,\"convert\":\"USD\",\"price\":1,\"fetched_at\":\"today\"}]}",
          "{\"quotes\":[{\"id\":1,\"convert\":\"USD\",\"price\":1,\"fetched_at\":null}]}"}) {
      CAPTURE(text);
      const auto quotes = read(text);
      REQUIRE_FALSE(quotes);
      CHECK(quotes.error().code == ErrorCode::Protocol);
    }
    for (std::size_t size = 0; size < kRow.size(); ++size)
      CHECK_FALSE(read("{\"quotes\":[" + kRow.substr(0, size)));
  }

  TEST_CASE("events of a stream") {
    std::string data = kRow;
    const auto now = TimePoint(std::chrono::sys_days(std::chrono::year(2026) / 11 / 29)) +
                     std::chrono::hours(10) + std::chrono::minutes(1);
    const auto quote = read_stream_quote(data, now);
    REQUIRE(quote);
    CHECK(quote->age == milliseconds(18'880));
    std::string gone = R"({"id":52,"convert":"USD"})";
    REQUIRE(read_gone(gone));
    CHECK(read_gone(gone)->id == 52);
    gone = "{}";
    CHECK_FALSE(read_gone(gone));
    std::string lists = R"({"missing":[{"asked":"A","by":"slug"}],"ambiguous":[]})";
    REQUIRE(read_lists(lists));
    CHECK(read_lists(lists)->missing.size() == 1);
  }
}

}  // namespace quotecache::test
