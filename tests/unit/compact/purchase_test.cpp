#include "compact/purchase.hpp"

#include <numeric>

#include "world.hpp"

using namespace quotecached;
using namespace quotecached::compact;
using namespace quotecached::test;

namespace {

const std::string kAskedSimple = "/v2/simple/price?id=";
const std::string kAskedQuotes = "/v2/cryptocurrency/quotes/latest?";

std::vector<std::uint64_t> first_ranks(std::size_t count) {
  std::vector<std::uint64_t> ranks(count);
  std::iota(ranks.begin(), ranks.end(), std::uint64_t{1});
  return ranks;
}

std::string ids_to(std::size_t count) {
  std::string text;
  for (std::size_t i = 1; i <= count; ++i) text += (i > 1 ? "," : "") + std::to_string(i);
  return text;
}

// What is bought when nothing is held.
std::vector<std::string> targets(const CompactWorld& world, const std::string& query) {
  const auto ask = CompactWorld::ask(query);
  const auto holdings = world.holdings();
  const auto picture = look(ask, holdings, world.lots, Names::Believed, world.now);
  const std::vector<Ways> tried(picture.wants.size(), Ways{0});
  std::vector<std::string> all;
  for (const auto& errand : errands_for(ask, picture.wants, tried, world.lots, world.endpoints))
    all.push_back(errand.target);
  std::ranges::sort(all);
  return all;
}

using Targets = std::vector<std::string>;

}  // namespace

TEST_SUITE("compact::targets_of") {
  TEST_CASE("an ask stands for requests by id that bring its fields, whatever is held") {
    CompactWorld world;
    world.hold_simple(1, "BTC", "10", 1s);
    const std::vector<std::uint64_t> ids{1, 1027};
    const auto as = [&](const std::string& query) {
      return targets_of(CompactWorld::ask(query), ids, world.lots, world.endpoints);
    };
    CHECK(as("symbols=BTC&slugs=ethereum&convert=USD,EUR") ==
          Targets{kAskedSimple + "1,1027&convert=USD,EUR&include_all=true"});
    CHECK(as("ids=1,1027&fields=all") == Targets{kAskedQuotes + "id=1,1027&convert=USD"});
    CHECK(targets_of(CompactWorld::ask("ids=1"), {}, world.lots, world.endpoints).empty());
  }

  TEST_CASE("ten thousand assets are told in parts that fit a line each") {
    const CompactWorld world;
    std::vector<std::uint64_t> ids(10'000);
    std::iota(ids.begin(), ids.end(), std::uint64_t{1'000'000});
    const auto all = targets_of(CompactWorld::ask("ids=1"), ids, world.lots, world.endpoints);
    CHECK(all.size() == 2);
    for (const auto& target : all) CHECK(target.size() < 60'000);
  }
}

TEST_SUITE("compact::errands_for") {
  TEST_CASE("the fewest credits that cover the fields") {
    const CompactWorld world;
    const std::string simple_end = "&convert=USD&include_all=true";
    CHECK(targets(world, "ids=1,2") == Targets{kAskedSimple + "1,2" + simple_end});
    CHECK(targets(world, "ids=1&fields=market_cap,volume_24h,percent_change_24h,price") ==
          Targets{kAskedSimple + "1" + simple_end});
    CHECK(targets(world, "ids=1&fields=price,percent_change_7d") ==
          Targets{kAskedQuotes + "id=1&convert=USD"});
    CHECK(targets(world, "ids=1&fields=all") == Targets{kAskedQuotes + "id=1&convert=USD"});
    CHECK(targets(world, "ids=1&convert=EUR,USD") ==
          Targets{kAskedSimple + "1&convert=EUR,USD&include_all=true"});
    CHECK(targets(world, "slugs=bitcoin") ==
          Targets{"/v2/simple/price?slug=bitcoin&convert=USD&include_all=true"});
    // Who shares a ticker, and which ranks first, simple/price does not tell.
    CHECK(targets(world, "symbols=BTC&ids=1") ==
          Targets{kAskedQuotes + "symbol=BTC&convert=USD", kAskedSimple + "1" + simple_end});
    const auto extended = targets(world, "ids=1&fields=volume_7d");
    REQUIRE(extended.size() == 1);
    CHECK(extended.front().starts_with(kAskedQuotes + "id=1&convert=USD&aux="));
  }

  TEST_CASE("only what is wanting is bought, in the currencies in which it is") {
    CompactWorld world;
    world.hold_simple(1, "BTC", "10", 1s);
    CHECK(targets(world, "ids=1,2&convert=USD,EUR") ==
          Targets{kAskedSimple + "1&convert=EUR&include_all=true",
                  kAskedSimple + "2&convert=USD,EUR&include_all=true"});
  }

  TEST_CASE("a request names no more than one of the provider's may") {
    const CompactWorld world;
    CHECK(targets(world, "ids=" + ids_to(10'000)).size() == 1);
    CHECK(targets(world, "ids=" + ids_to(250) + "&convert=USD,EUR,BTC").size() == 1);
    catalog::Request request;
    for (const auto& target : targets(world, "ids=" + ids_to(10'000) + "&convert=USD,EUR"))
      CHECK_FALSE(catalog::parse_target(world.catalogue, target, request));
  }

  TEST_CASE("a way that was gone is not gone again") {
    const CompactWorld world;
    const auto ask = CompactWorld::ask("ids=1");
    const std::vector<Want> wants{{.asset = 0, .id = 1, .rank = 1, .converts = {0}}};
    struct Row {
      Ways tried;
      std::size_t errands;
    };
    for (const auto& row : {Row{0, 1}, Row{bit(Way::ById), 0}, Row{bit(Way::ByName), 1}}) {
      const std::vector<Ways> tried{row.tried};
      CHECK(errands_for(ask, wants, tried, world.lots, world.endpoints).size() == row.errands);
    }
  }

  TEST_CASE("a list is bought where the ranks make it cheaper") {
    struct Row {
      std::size_t ranked;  // assets with the first ranks
      std::size_t assets;  // in all
      std::size_t converts;
      std::size_t batch;
      std::size_t rows;
    };
    const Row rows[] = {
        {0, 10'000, 1, 100, 0},
        {100, 100, 1, 100, 0},    // a credit either way
        {101, 101, 1, 100, 200},  // one instead of two
        {196, 200, 1, 100, 0},    // four may have lost their places: two either way
        {300, 300, 1, 100, 400},  // two instead of three
        {5'000, 5'000, 1, 100, 5'000},
        {250, 250, 1, 250, 0},  // simple/price covers more
        {5'000, 5'000, 1, 250, 0},
        {400, 400, 3, 250, 600},  // 3 + 2 credits instead of 6
        {1, 1, 120, 250, 0},
    };
    for (const auto& row : rows) {
      CAPTURE(row.ranked);
      CAPTURE(row.converts);
      CAPTURE(row.batch);
      const auto ranks = first_ranks(row.ranked);
      CHECK(rows_worth_listing(ranks, row.assets, row.converts, row.batch) == row.rows);
    }
  }

  TEST_CASE("what a list brings is not bought by id") {
    CompactWorld world;
    std::string ids;
    for (int id = 1; id <= 150; ++id) {
      const auto name = std::to_string(id);
      world.put("qc1:v2.quotes:id:" + name + ":USD:-",
                world.entry("\"" + name + "\":{\"id\":" + name + R"(,"symbol":"A","cmc_rank":)" +
                                name + R"(,"quote":{"USD":{"price":1}}})",
                            1h));
      ids += (ids.empty() ? "" : ",") + name;
    }
    CHECK(targets(world, "fields=percent_change_7d&ids=" + ids) ==
          Targets{"/v1/cryptocurrency/listings/latest?start=1&limit=200&convert=USD"});
  }
}
