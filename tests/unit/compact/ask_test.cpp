#include "compact/ask.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "compact/accept.hpp"

using namespace quotecached;
using namespace quotecached::compact;
using catalog::KeyKind;

namespace {

Ask read_well(std::string_view query, std::string_view form = {}, std::string_view accept = {}) {
  auto read = parse_ask(query, form, accept);
  const auto* const problem = std::get_if<Problem>(&read);
  CAPTURE(query);
  REQUIRE_MESSAGE(problem == nullptr, (problem != nullptr ? problem->detail : std::string()));
  return std::get<Ask>(std::move(read));
}

Problem read_badly(std::string_view query, std::string_view form = {}) {
  auto read = parse_ask(query, form, {});
  CAPTURE(query.substr(0, 200));
  REQUIRE(std::holds_alternative<Problem>(read));
  return std::get<Problem>(read);
}

std::string numbers(std::size_t count) {
  std::string text;
  for (std::size_t i = 1; i <= count; ++i) text += (i > 1 ? "," : "") + std::to_string(i);
  return text;
}

std::string currencies(std::size_t count) {
  std::string text;
  for (std::size_t i = 1; i <= count; ++i) text += fmt::format("{}C{}", i > 1 ? "," : "", i);
  return text;
}

}  // namespace

TEST_SUITE("compact::parse_ask") {
  TEST_CASE("assets stand as ids, symbols, slugs, whatever the order of the parameters") {
    const auto ask = read_well("slugs=bitcoin&symbols=eth,%24X,eth&ids=1027,01,1");
    const std::vector<Asked> expected{{KeyKind::Id, "1027"},
                                      {KeyKind::Id, "1"},
                                      {KeyKind::Symbol, "ETH"},
                                      {KeyKind::Symbol, "$X"},
                                      {KeyKind::Slug, "bitcoin"}};
    CHECK(ask.assets == expected);
    CHECK(ask.converts == std::vector<std::string>{"USD"});
    CHECK(ask.fields == Fields{false, {"price"}});
    CHECK(ask.format == Format::Json);
    CHECK_FALSE(ask.takes_first);
    CHECK(ask.begin == 0);
    CHECK(ask.end == 5);
  }

  TEST_CASE("a form says the same as a query, and both together what both say") {
    CHECK(read_well("", "ids=1&convert=EUR") == read_well("ids=1&convert=EUR"));
    CHECK(read_well("convert=EUR", "ids=1") == read_well("ids=1&convert=EUR"));
    CHECK(read_badly("ids=1", "ids=2").field == "ids");
  }

  TEST_CASE("what is wrong is told by field") {
    struct Row {
      std::string query;
      std::string field;
    };
    const Row rows[] = {
        {"", "ids"},
        {"convert=USD", "ids"},
        {"ids=", "ids"},
        {"ids=,,", "ids"},
        {"ids=0", "ids"},
        {"ids=-1", "ids"},
        {"ids=1x", "ids"},
        {"ids=18446744073709551616", "ids"},
        {"ids=" + numbers(10'001), "ids"},
        {"symbols=SAFE%20MOON", "symbols"},
        {"symbols=A.I", "symbols"},
        {"symbols=" + std::string(65, 'A'), "symbols"},
        {"slugs=Bitcoin", "slugs"},
        {"ids=1&ids=2", "ids"},
        {"ids=1&colour=red", "colour"},
        {"ids=1&CMC_PRO_API_KEY=x", "CMC_PRO_API_KEY"},
        {"ids=1&convert=", "convert"},
        {"ids=1&convert=U.S", "convert"},
        {"ids=1&convert=" + currencies(121), "convert"},
        {"ids=1&fields=", "fields"},
        {"ids=1&fields=Price", "fields"},
        {"ids=1&format=xml", "format"},
        {"ids=1&format=", "format"},
        {"ids=1&ambiguous=guess", "ambiguous"},
        {"ids=1&limit=0", "limit"},
        {"ids=1&limit=10001", "limit"},
        {"ids=1&limit=x", "limit"},
        {"ids=1,2&cursor=1", "cursor"},
        {"ids=1,2&cursor=", "cursor"},
        {"ids=1%2", "ids"},
        {"ids=" + numbers(5'001) + "&convert=A,B,C,D", "limit"},
    };
    for (const auto& row : rows) {
      const auto problem = read_badly(row.query);
      CHECK(problem.code == Code::Invalid);
      CHECK(problem.field == row.field);
      CHECK_FALSE(problem.detail.empty());
    }
    CHECK(read_badly("ids=1&convert=" + currencies(121)).detail ==
          "convert names 121 currencies, at most 120 may be asked for");
  }

  TEST_CASE("what is told back is printable and short") {
    const auto problem = read_badly("ids=1&%0d%0aSet-Cookie:x" + std::string(500, 'a') + "=1");
    CHECK(problem.field.size() < 80);
    CHECK(problem.field.find('\n') == std::string::npos);
  }

  TEST_CASE("bounds hold what they say") {
    CHECK(read_well("ids=" + numbers(10'000)).assets.size() == 10'000);
    CHECK(read_well("ids=" + numbers(10'000) + "&convert=A,B").converts.size() == 2);
    CHECK(read_well("ids=1&convert=" + currencies(120)).converts.size() == 120);
    CHECK(read_well("ids=1&convert=usd,USD,Usd").converts.size() == 1);
    CHECK(read_well("ids=18446744073709551615").assets.front().name == "18446744073709551615");
    CHECK(read_well("ids=" + numbers(10'000) + "&convert=A,B,C&limit=6666").end == 6'666);
  }

  TEST_CASE("fields that every row has are no further ones") {
    CHECK(read_well("ids=1&fields=market_cap,price,market_cap,last_updated,id").fields ==
          Fields{false, {"market_cap", "price"}});
    CHECK(read_well("ids=1&fields=price,all").fields == Fields{true, {}});
    CHECK(read_well("ids=1&fields=last_updated").fields == Fields{false, {}});
  }

  TEST_CASE("a cursor goes on where the page ended, for the same assets alone") {
    const auto first = read_well("ids=5,6,7,8&limit=3");
    CHECK(first.end == 3);
    const auto cursor = cursor_of(first, first.end);
    const auto second = read_well("limit=3&cursor=" + cursor + "&ids=5,6,7,8&convert=EUR");
    CHECK(second.begin == 3);
    CHECK(second.end == 4);
    CHECK(read_badly("ids=5,6,7,9&cursor=" + cursor).field == "cursor");
    CHECK(read_badly("symbols=5,6,7,8&cursor=" + cursor).field == "cursor");
    CHECK(read_badly("ids=5,6,7,8&cursor=4" + cursor.substr(1)).field == "cursor");
    CHECK(read_badly("ids=5,6,7,8&cursor=" + cursor + "0").field == "cursor");
  }

  TEST_CASE("the format is that of the parameter, else of the Accept header") {
    struct Row {
      std::string_view accept;
      Format format;
    };
    const Row rows[] = {
        {"", Format::Json},
        {"*/*", Format::Json},
        {"text/csv", Format::Csv},
        {"TEXT/CSV; charset=utf-8", Format::Csv},
        {"application/x-ndjson", Format::Ndjson},
        {"text/html, text/csv;q=0.5, application/json;q=0.4", Format::Csv},
        {"text/csv;q=0.5, */*", Format::Json},
        {"text/csv;q=0", Format::Json},
        {"text/html", Format::Json},
        {";;,,q=", Format::Json},
    };
    for (const auto& row : rows) {
      CAPTURE(row.accept);
      CHECK(format_accepted(row.accept) == row.format);
      CHECK(read_well("ids=1", {}, row.accept).format == row.format);
      CHECK(read_well("ids=1&format=ndjson", {}, row.accept).format == Format::Ndjson);
    }
  }
}
