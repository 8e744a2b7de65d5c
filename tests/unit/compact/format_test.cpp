#include "compact/format.hpp"

#include "compact/csv.hpp"
#include "compact/reply.hpp"
#include "world.hpp"

using namespace quotecached;
using namespace quotecached::compact;
using namespace quotecached::test;

namespace {

struct Page {
  Page(const CompactWorld& world, const std::string& query)
      : ask(CompactWorld::ask(query)),
        holdings(world.holdings()),
        picture(look(ask, holdings, world.lots, Names::Any, world.now)),
        sheet{ask, picture, {}, {}, world.now} {}

  [[nodiscard]] std::string text(void (*append)(std::string&, const Sheet&)) const {
    std::string out;
    append(out, sheet);
    return out;
  }

  const Ask ask;
  const Holdings holdings;
  const Picture picture;
  Sheet sheet;
};

std::string field_of(std::string_view json) {
  std::string out;
  append_csv_field(out, json);
  return out;
}

void hold_named(CompactWorld& world, const std::string& name) {
  world.put("qc1:v2.quotes:id:1:USD:-",
            world.entry("\"1\":{\"id\":1,\"name\":" + name +
                            R"(,"symbol":"BTC","quote":{"USD":)"
                            R"({"price":1.54e-12,"market_cap":null,"volume_24h":-0.50}}})",
                        12'340ms));
}

}  // namespace

TEST_SUITE("compact::format") {
  TEST_CASE("JSON has the contract's members, and the provider's figures") {
    CompactWorld world;
    hold_named(world, R"("Bit\u0063oin \"x\"")");
    world.hold_unknown("qc1:v2.quotes:symbol:NOPE:USD:-");
    Page page(world, "symbols=NOPE&ids=1&fields=price,market_cap,volume_24h,other");
    CHECK(page.text(append_json) ==
          "{\"quotes\":[\n{\"id\":1,\"symbol\":\"BTC\",\"name\":\"Bit\\u0063oin \\\"x\\\"\","
          "\"slug\":null,\"convert\":\"USD\",\"price\":1.54e-12,\"market_cap\":null,"
          "\"volume_24h\":-0.50,\"other\":null,\"last_updated\":null,"
          "\"fetched_at\":\"2023-11-14T22:13:07.660Z\",\"age\":12.3,\"stale\":false}],\n"
          "\"missing\":[{\"asked\":\"NOPE\",\"by\":\"symbol\"}],\n"
          "\"ambiguous\":[],\n\"next\":null}\n");
    page.sheet.unavailable = {{1, Code::BudgetExhausted}};
    page.sheet.next = "2-ab";
    const auto text = page.text(append_json);
    CHECK(text.find("\"unavailable\":[{\"asked\":\"NOPE\",\"by\":\"symbol\","
                    "\"code\":\"budget_exhausted\"}]") != std::string::npos);
    CHECK(text.ends_with("\"next\":\"2-ab\"}\n"));
  }

  TEST_CASE("an ambiguous ticker is told with its candidates") {
    CompactWorld world;
    world.hold_alias("symbol", "XYZ", R"("XYZ":[7,2])");
    world.hold(7, "XYZ", "70", 1h);
    world.hold(2, "XYZ", "20", 1s);
    CHECK(Page(world, "symbols=XYZ")
              .text(append_json)
              .find("\"ambiguous\":[{\"asked\":\"XYZ\",\"by\":\"symbol\",\"candidates\":["
                    "{\"id\":2,\"name\":\"Coin 2\",\"slug\":\"coin-2\",\"rank\":20},"
                    "{\"id\":7,\"name\":\"Coin 7\",\"slug\":\"coin-7\",\"rank\":70}]}]") !=
          std::string::npos);
  }

  TEST_CASE("newline-delimited JSON is a row a line") {
    CompactWorld world;
    world.hold(1, "BTC", "10", 0s);
    world.hold(2, "ETH", "20", 0s);
    const auto text = Page(world, "ids=1,2").text(append_ndjson);
    CHECK(std::ranges::count(text, '\n') == 2);
    CHECK(text.starts_with("{\"id\":1,"));
    CHECK(text.find("\"age\":0,") != std::string::npos);
    CHECK(text.ends_with("\"stale\":false}\n"));
  }

  TEST_CASE("CSV is RFC 4180, with the same columns in the same order") {
    CompactWorld world;
    hold_named(world, R"("a, \"b\"\nc")");
    CHECK(Page(world, "ids=1&fields=price,market_cap,volume_24h").text(append_csv) ==
          "id,symbol,name,slug,convert,price,market_cap,volume_24h,last_updated,fetched_at,age,"
          "stale\r\n"
          "1,BTC,\"a, \"\"b\"\"\nc\",,USD,1.54e-12,,-0.50,,2023-11-14T22:13:07.660Z,12.3,"
          "false\r\n");
  }

  TEST_CASE("a field of CSV is the value's text") {
    struct Row {
      std::string_view json;
      std::string_view field;
    };
    const Row rows[] = {
        {"", ""},
        {"null", ""},
        {"true", "true"},
        {"-7e-8", "-7e-8"},
        {R"("plain")", "plain"},
        {R"("")", ""},
        {R"("a,b")", "\"a,b\""},
        {R"("a\"b")", "\"a\"\"b\""},
        {R"("a\r\nb")", "\"a\r\nb\""},
        {R"("\u00e9\u20ac\ud83d\ude00")", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
        {R"("\ud83d")", "\xef\xbf\xbd"},
        {R"("\u12")", "\\u12"},
        {R"("a\/b\\c")", "a/b\\c"},
        // Texts come from outside: no spreadsheet shall take one for a formula.
        {R"x("=HYPERLINK(1)")x", "'=HYPERLINK(1)"},
        {R"("=1,2")", "\"'=1,2\""},
        {R"("+1")", "'+1"},
        {R"("-1")", "'-1"},
        {R"x("@SUM(A1)")x", "'@SUM(A1)"},
        {R"("\t=1")", "'\t=1"},
        {R"("\u003d1")", "'=1"},
        {R"("a=1")", "a=1"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.json);
      CHECK(field_of(row.json) == row.field);
    }
  }

  TEST_CASE("all fields are those that any row has") {
    CompactWorld world;
    world.hold(1, "BTC", "10", 0s);
    world.put("qc1:v2.quotes:id:2:USD:-",
              world.entry(R"("2":{"id":2,"quote":{"USD":{"tvl":3,"price":20}}})", 0s));
    const auto text = Page(world, "ids=1,2&fields=all").text(append_csv);
    CHECK(text.starts_with("id,symbol,name,slug,convert,price,volume_24h,tvl,last_updated,"));
    CHECK(text.find("1,BTC,Coin 1,coin-1,USD,10,5,,t,") != std::string::npos);
    CHECK(text.find("2,,,,USD,20,,3,,") != std::string::npos);
  }

  TEST_CASE("lists that CSV has no place for stand in headers, cut where they grow too long") {
    CompactWorld world;
    world.hold_unknown("qc1:v2.quotes:symbol:NO$PE:USD:-");
    world.hold_unknown("qc1:v2.quotes:symbol:N:USD:-");
    CHECK(list_headers(Page(world, "symbols=NO$PE,N").sheet) == "Quotecached-Missing: NO$PE,N\r\n");
    Page page(world, "ids=1");
    CHECK(list_headers(page.sheet).empty());
    page.sheet.unavailable.assign(5'000, {0, Code::Timeout});
    const auto headers = list_headers(page.sheet);
    CHECK(headers.size() < 4'100);
    CHECK(headers.ends_with(",...\r\n"));
  }

  TEST_CASE("the tag is of the rows and the lists, not of their ages") {
    CompactWorld world;
    world.hold(1, "BTC", "10", 0s);
    world.hold_alias("symbol", "A", R"("A":[1])");
    const auto tag = [&world](const std::string& query) {
      const Page page(world, query);
      proxy::Answer out;
      fill(out, page.sheet);
      return out.etag;
    };
    const auto first = tag("ids=1");
    world.now += 10s;
    CHECK(tag("ids=1") == first);
    CHECK(tag("ids=1&format=csv") != first);
    CHECK(tag("ids=1&fields=volume_24h") != first);
    CHECK(tag("ids=1&convert=EUR") != first);
    world.hold(1, "BTC", "11", 0s);
    const auto second = tag("ids=1");
    CHECK(second != first);
    world.now += 61s;
    CHECK(tag("ids=1") != second);  // stale now
  }
}
