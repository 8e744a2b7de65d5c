#include "compact/picture.hpp"

#include "world.hpp"

using namespace quotecached;
using namespace quotecached::compact;
using namespace quotecached::test;
using proxy::Standing;

namespace {

// What an ask gets, as text: "1=10 2=20s" (stale), "missing 3", "shared XYZ:2,7", "wants
// 4@missing".
std::string seen(const CompactWorld& world,
                 const std::string& query,
                 Names names = Names::Believed) {
  const auto ask = CompactWorld::ask(query);
  const auto holdings = world.holdings();
  const auto picture = look(ask, holdings, world.lots, names, world.now);
  std::string text;
  for (const auto& quote : picture.quotes) {
    std::vector<std::string_view> figures;
    read_figures(quote.choice.row(), ask.fields.names, figures);
    text += std::to_string(quote.choice.row().id) + "=" + std::string(figures.at(0)) +
            (quote.choice.standing() == Standing::Fresh ? "" : "s") +
            (quote.choice.is_complete() ? " " : "? ");
  }
  for (const auto asset : picture.missing) text += "missing " + ask.assets[asset].name + " ";
  for (const auto& shared : picture.ambiguous) {
    text += "shared " + ask.assets[shared.asset].name;
    for (const auto& one : shared.candidates) text += ":" + std::to_string(one.id);
    text += " ";
  }
  for (const auto& want : picture.wants)
    text += "wants " + (want.id != 0 ? std::to_string(want.id) : ask.assets[want.asset].name) +
            (want.has == Standing::Missing ? "!" : "") + " ";
  if (!text.empty()) text.pop_back();
  return text;
}

}  // namespace

TEST_SUITE("compact::look") {
  TEST_CASE("rows stand as asked, an asset once under all its names") {
    CompactWorld world;
    world.hold(1, "BTC", "10", 5s);
    world.hold(2, "ETH", "20", 5s);
    world.hold_alias("symbol", "BTC", R"("BTC":[1])");
    world.hold_alias("slug", "coin-2", R"("2":2)");
    CHECK(seen(world, "ids=2,1") == "2=20 1=10");
    CHECK(seen(world, "symbols=BTC&ids=2&slugs=coin-2") == "2=20 1=10");
    CHECK(seen(world, "symbols=btc&slugs=coin-2") == "1=10 2=20");
  }

  TEST_CASE("the youngest copy with the fields asked for makes the row, of whatever generation") {
    CompactWorld world;
    world.hold(1, "BTC", "10", 30s);
    CHECK(seen(world, "ids=1") == "1=10");
    world.hold_simple(1, "BTC", "11", 20s);
    CHECK(seen(world, "ids=1") == "1=11");
    CHECK(seen(world, "ids=1&fields=cmc_rank") == "1=10");
    world.put(
        "qc1:v3.quotes:id:1:USD:-",
        world.entry(
            R"({"id":1,"symbol":"BTC","quote":[{"symbol":"USD","price":12,"last_updated":"t"}]})",
            10s));
    CHECK(seen(world, "ids=1") == "1=12");
    // A variant that clients have asked for, and a list.
    world.put(
        "qc1:v1.quotes:id:1:USD:0123456789abcdef",
        world.entry(
            R"("1":{"id":1,"symbol":"BTC","quote":{"USD":{"price":13,"last_updated":"t"}}})", 9s));
    CHECK(seen(world, "ids=1") == "1=13");
    world.put(
        "qc1:v1.listings:query:limit=2",
        world.entry(R"({"status":{},"data":[{"id":7},)" + CompactWorld::coin(1, "BTC", "14") + "]}",
                    8s));
    CHECK(seen(world, "ids=1") == "1=14");
    CHECK(seen(world, "ids=1&convert=EUR") == "wants 1!");
  }

  TEST_CASE("of fresh copies one that tells the provider's time makes the row, with its own time") {
    CompactWorld world;
    world.hold(1, "BTC", "10", 30s);
    world.hold_untimed(1, "BTC", "11", 5s);
    CHECK(seen(world, "ids=1") == "1=10");
    world.hold_simple(1, "BTC", "12", 20s);
    CHECK(seen(world, "ids=1") == "1=12");
    // Rather a fresh price without a time than a stale one, and never the time of another.
    world.hold(1, "BTC", "10", 70s);
    world.hold_simple(1, "BTC", "12", 80s);
    CHECK(seen(world, "ids=1") == "1=11");
    const auto ask = CompactWorld::ask("ids=1");
    const auto picture = look(ask, world.holdings(), world.lots, Names::Believed, world.now);
    CHECK(picture.quotes.at(0).choice.row().last_updated.empty());
    // Of stale ones the younger, whatever it tells.
    world.hold_untimed(1, "BTC", "11", 65s);
    CHECK(seen(world, "ids=1") == "1=11s wants 1");
  }

  TEST_CASE("a copy from the future is no younger one") {
    CompactWorld world;
    world.hold(1, "BTC", "10", 30s);
    world.hold_simple(1, "BTC", "11", -1h);
    CHECK(seen(world, "ids=1") == "1=10");
  }

  TEST_CASE("a stale copy is shown while it is wanted anew, an old one is not") {
    CompactWorld world;
    world.hold(1, "BTC", "10", 61s);
    CHECK(seen(world, "ids=1") == "1=10s wants 1");
    world.hold_simple(1, "BTC", "11", 25h);
    CHECK(seen(world, "ids=1") == "1=10s wants 1");
    world.hold(1, "BTC", "10", 25h);
    CHECK(seen(world, "ids=1") == "wants 1!");
  }

  TEST_CASE("a copy that lacks a field is for want of a better one") {
    CompactWorld world;
    world.hold_simple(1, "BTC", "11", 1s);
    CHECK(seen(world, "ids=1&fields=price,volume_24h") == "1=11");  // of the lot that is bought
    CHECK(seen(world, "ids=1&fields=price,percent_change_7d") == "1=11? wants 1!");
    world.hold(1, "BTC", "10", 70s);
    CHECK(seen(world, "ids=1&fields=price,percent_change_7d") == "1=10s wants 1");
    CHECK(seen(world, "ids=1&fields=price,volume_7d") == "1=11? wants 1!");
  }

  TEST_CASE("what the provider does not know is missing") {
    CompactWorld world;
    const auto variant = world.lots.by_asset({false, {"price"}}).variant;
    world.hold_unknown("qc1:v2.simple_price:id:9:USD:" + variant);
    world.hold_unknown("qc1:v2.quotes:symbol:NOPE:USD:-");
    CHECK(seen(world, "ids=9&symbols=NOPE") == "missing 9 missing NOPE");
    world.now += 61s;
    CHECK(seen(world, "ids=9&symbols=NOPE") == "wants 9! wants NOPE!");
  }

  TEST_CASE("a name leads nowhere unless it is believed and the copy carries it") {
    CompactWorld world;
    world.hold(1, "BTC", "10", 5s);
    CHECK(seen(world, "symbols=BTC") == "wants BTC!");
    world.hold_alias("symbol", "BTC", R"("BTC":[1])", 2h);
    CHECK(seen(world, "symbols=BTC") == "wants BTC!");
    CHECK(seen(world, "symbols=BTC", Names::Any) == "1=10");
    world.hold_alias("symbol", "BTC", R"("BTC":[1])");
    CHECK(seen(world, "symbols=BTC") == "1=10");
    world.hold(1, "XBT", "10", 5s);
    CHECK(seen(world, "symbols=BTC") == "wants BTC!");
    CHECK(seen(world, "symbols=BTC", Names::Any) == "wants BTC!");
  }

  TEST_CASE("a shared ticker is listed, best rank first, and guessed only when asked to") {
    CompactWorld world;
    world.hold_alias("symbol", "XYZ", R"("XYZ":[7,2,-5])");
    CHECK(seen(world, "symbols=XYZ") == "wants XYZ!");
    world.hold(7, "XYZ", "70", 1h);
    world.hold(2, "XYZ", "20", 1s);
    CHECK(seen(world, "symbols=XYZ") == "wants XYZ!");                    // of 5 nothing is known
    CHECK(seen(world, "symbols=XYZ", Names::Any) == "shared XYZ:7:2:5");  // it may rank first
    world.put("qc1:v2.quotes:id:5:USD:-",
              world.entry(R"("5":{"id":5,"symbol":"XYZ","cmc_rank":null,"quote":{"USD":)"
                          R"({"price":null}}})",
                          1h));
    CHECK(seen(world, "symbols=XYZ") == "shared XYZ:2:7:5");
    CHECK(seen(world, "symbols=XYZ&ambiguous=first") == "2=20");
    CHECK(seen(world, "symbols=XYZ&ids=2&ambiguous=first") == "2=20");
    CHECK(seen(world, "symbols=XYZ&ids=7") == "7=70s shared XYZ:2:7:5 wants 7");
  }

  TEST_CASE("of coins that all have no rank none is the first") {
    CompactWorld world;
    world.hold_alias("symbol", "XYZ", R"("XYZ":[7,2])");
    for (const auto* id : {"7", "2"})
      world.put("qc1:v2.quotes:id:" + std::string(id) + ":USD:-",
                world.entry("\"" + std::string(id) + "\":{\"id\":" + id +
                                R"(,"symbol":"XYZ","cmc_rank":null,"quote":{"USD":{"price":1}}})",
                            1s));
    CHECK(seen(world, "symbols=XYZ&ambiguous=first") == "shared XYZ:7:2");
  }

  TEST_CASE("pages divide the rows, and show no asset twice") {
    CompactWorld world;
    for (int id = 1; id <= 5; ++id) world.hold(id, "S" + std::to_string(id), "1", 1s);
    world.hold_alias("symbol", "S1", R"("S1":[1])");
    const std::string query = "ids=1,2,3&symbols=S1";
    CHECK(seen(world, query + "&limit=2") == "1=1 2=1");
    const auto cursor = cursor_of(CompactWorld::ask(query), 2);
    CHECK(seen(world, query + "&limit=2&cursor=" + cursor) == "3=1");
  }

  TEST_CASE("what a proxy's answer brought counts though memory has not kept it") {
    const CompactWorld world;
    auto holdings = world.holdings();
    catalog::Request request;
    REQUIRE_FALSE(catalog::parse_target(
        world.catalogue, "/v2/cryptocurrency/quotes/latest?symbol=BTC,NOPE", request));
    auto negative = world.entry("", 0s);
    negative.is_negative = true;
    holdings.add(request,
                 {std::make_shared<const cache::Entry>(
                      world.entry("\"BTC\":[" + CompactWorld::coin(1, "BTC", "10") + "]", 0s)),
                  std::make_shared<const cache::Entry>(negative)});
    const auto ask = CompactWorld::ask("symbols=BTC,NOPE");
    const auto picture = look(ask, holdings, world.lots, Names::Believed, world.now);
    REQUIRE(picture.quotes.size() == 1);
    CHECK(picture.quotes.front().choice.row().id == 1);
    CHECK(picture.missing == std::vector<std::size_t>{1});
    CHECK(picture.wants.empty());
  }
}
