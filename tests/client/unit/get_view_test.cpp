// What `quotecache get` prints.
#include <algorithm>

#include <doctest/doctest.h>

#include "cli/get.hpp"
#include "cli/quote_rows.hpp"
#include "client/quotes.hpp"
#include "src/quotes_json.hpp"

namespace quotecache::cli::test {
namespace {

using quotecache::test::bitcoin;
using quotecache::test::sample_quotes;

CommandLine line_of(Format format) {
  CommandLine line;
  line.format = format;
  line.ask.assets = {Asset::symbol("BTC")};
  line.ask.fields = {"market_cap"};
  return line;
}

const Look kWide{80, true, false};

}  // namespace

TEST_SUITE("client::get_view") {
  TEST_CASE("a table has the provider's own digits") {
    const auto reply = told_quotes(sample_quotes(), line_of(Format::Table), kWide);
    CHECK(reply.status == kSomeMissing);
    CHECK("\n" + reply.out == R"(
SYMBOL  NAME        ID  IN      PRICE       market_cap    AGE  STALE
BTC     Bitcoin      1  USD  67000.10  1325000000000.5   12 s  no
PEPE    Pepe     24478  USD      7e-8                -  3 min  yes
)");
    CHECK("\n" + reply.err == R"(
quotecache: there is no asset with the symbol NOPE; a slug is written in small letters (bitcoin), or ask by id
quotecache: 2 assets share the symbol XYZ: 7 (xyz, rank 120), 9 (xyz-two); ask by id or slug, or take the best rank with --ambiguous first
)");
  }

  TEST_CASE("a narrow table keeps currency and price whole") {
    const auto reply = told_quotes(sample_quotes(), line_of(Format::Table), {20, true, false});
    CHECK(reply.out.find("67000.10") != std::string::npos);
    CHECK(reply.out.find("USD") != std::string::npos);
    CHECK(reply.out.find("1325000000000.5") != std::string::npos);
    CHECK(reply.out.find("Bitcoin") == std::string::npos);
  }

  TEST_CASE("JSON is read back as what it was made of") {
    auto document = told_quotes(sample_quotes(), line_of(Format::Json), kWide).out;
    const auto back = read_quotes(document);
    REQUIRE(back);
    REQUIRE(back->rows.size() == 2);
    CHECK(back->rows[0].price.text == "67000.10");
    CHECK(back->rows[0].fetched_at == quotecache::test::kFetchedAt);
    CHECK(back->rows[0].age == std::chrono::milliseconds(12'300));
    CHECK(back->rows[1].figure("market_cap")->text.empty());
    CHECK(back->rows[1].is_stale);
    REQUIRE(back->ambiguous.size() == 1);
    CHECK(back->ambiguous[0].candidates[0].rank == 120);
    CHECK(back->missing[0].asked == "NOPE");
  }

  TEST_CASE("CSV has the columns of /quotes, and no formula") {
    auto quotes = sample_quotes();
    quotes.rows[1].name = "=1+1,\"x\"";
    const auto reply = told_quotes(quotes, line_of(Format::Csv), kWide);
    CHECK(reply.out ==
          "id,symbol,name,slug,convert,price,market_cap,last_updated,fetched_at,age,stale\r\n"
          "1,BTC,Bitcoin,bitcoin,USD,67000.10,1325000000000.5,2026-11-29T10:00:00.000Z,"
          "2026-11-29T10:00:41.120Z,12.3,false\r\n"
          "24478,PEPE,\"'=1+1,\"\"x\"\"\",pepe,USD,7e-8,,2026-11-29T10:00:00.000Z,"
          "2026-11-29T10:00:41.120Z,180,true\r\n");
  }

  TEST_CASE("what the provider names a figure, or writes in one, stays one field of CSV") {
    Quotes quotes;
    quotes.rows = {bitcoin("-0.5")};
    quotes.rows[0].figures = {{"a,b", {"\"=1+1\"", 0}}, {"change", {"-1.25", -1.25}}};
    auto line = line_of(Format::Csv);
    line.ask.fields = {"all"};
    const auto reply = told_quotes(quotes, line, kWide);
    CHECK(reply.out.find(",price,\"a,b\",change,last_updated,") != std::string::npos);
    CHECK(reply.out.find(",-0.5,'=1+1,-1.25,") != std::string::npos);
  }

  TEST_CASE("the status tells how many are there") {
    Quotes all;
    all.rows = {bitcoin()};
    CHECK(told_quotes(all, line_of(Format::Table), kWide).status == 0);
    Quotes none;
    none.missing = {{"NOPE", Asset::By::Slug}};
    const auto reply = told_quotes(none, line_of(Format::Table), kWide);
    CHECK(reply.status == kNoneFound);
    CHECK(reply.out.empty());
    CHECK(reply.err.find("the slug NOPE; a symbol is written in capitals") != std::string::npos);
    Quotes part = all;
    part.unavailable = {{"ETH", Asset::By::Symbol, ErrorCode::BudgetExhausted}};
    auto line = line_of(Format::Json);
    line.ask.fields.clear();
    const auto some = told_quotes(part, line, kWide);
    CHECK(some.status == kSomeMissing);
    CHECK(some.out.find(R"("code":"budget_exhausted")") != std::string::npos);
    CHECK(
        some.err ==
        "quotecache: the symbol ETH cannot be had now: budget exhausted; 'quotecache credits' may "
        "tell why\n");
    part.unavailable[0].code = ErrorCode::Unavailable;
    CHECK(told_quotes(part, line, kWide)
              .err.ends_with(": unavailable; 'quotecache health' may tell why\n"));
  }

  TEST_CASE("a figure that no row has is told, with what may be meant") {
    Quotes quotes;
    quotes.rows = {bitcoin()};
    auto line = line_of(Format::Csv);
    line.ask.fields = {"marketcap", "max_supply"};
    const auto reply = told_quotes(quotes, line, kWide);
    CHECK(reply.status == 0);
    CHECK(reply.err ==
          "quotecache: there is no marketcap of these: did you mean 'market_cap'?\n"
          "quotecache: there is no max_supply of these\n");
    quotes.rows[0].figures = {{"marketcap", {"1", 1}}, {"max_supply", {"2", 2}}};
    CHECK(told_quotes(quotes, line, kWide).err.empty());
    CHECK(told_quotes({}, line, kWide).err.empty());
    line.ask.fields = {"last_updated", "stale"};  // which every row has
    CHECK(told_quotes(quotes, line, kWide).err.empty());
  }

  TEST_CASE("no column of a CSV is a formula, whatever a figure is called") {
    Quotes quotes;
    quotes.rows = {bitcoin()};
    quotes.rows[0].figures = {{"=HYPERLINK()", {"1", 1}}};
    const auto reply = told_quotes(quotes, line_of(Format::Csv), kWide);
    CHECK(reply.out.find(",'=HYPERLINK(),") != std::string::npos);
  }

  TEST_CASE("names of the provider's move no cursor") {
    Quotes quotes;
    quotes.rows = {bitcoin()};
    quotes.rows[0].name = "a\x1b[2Jb";
    quotes.ambiguous = {{"X\nY", Asset::By::Symbol, {{1, "n", "s\x1b", 2}}}};
    auto line = line_of(Format::Table);
    line.ask.fields.clear();
    const auto reply = told_quotes(quotes, line, kWide);
    CHECK(reply.out.find('\x1b') == std::string::npos);
    CHECK(reply.err.find('\x1b') == std::string::npos);
    CHECK(std::count(reply.err.begin(), reply.err.end(), '\n') == 1);
  }

  TEST_CASE("texts of the provider's lose their quotes") {
    CHECK(figure_text({"\"2026\"", 0}) == "2026");
    CHECK(figure_text({"7e-8", 7e-8}) == "7e-8");
    CHECK(figure_text({"\"", 0}) == "\"");
  }
}

}  // namespace quotecache::cli::test
