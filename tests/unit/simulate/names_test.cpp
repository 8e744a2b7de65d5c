// Symbols and slugs in a simulation: they lead to the assets that others ask for by id.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "demand/named_trace.hpp"
#include "simulate/coins.hpp"
#include "simulate/paced_decider.hpp"
#include "simulate/simulation.hpp"

using namespace quotecached;
using namespace quotecached::simulate;
using namespace std::chrono_literals;
using catalog::KeyKind;

namespace {

const std::string kQuotes = "/v2/cryptocurrency/quotes/latest?";

// BTC is shared; of ETH, which is not active any more, somebody else has the symbol now.
const std::string kMap =
    R"({"status":{"error_code":0,"credit_count":1},"data":[)"
    R"({"id":31469,"rank":900,"symbol":"BTC","slug":"batcat","is_active":1},)"
    R"({"id":1,"rank":1,"symbol":"btc","slug":"bitcoin","is_active":1},)"
    R"({"id":7,"rank":null,"symbol":"ETH","slug":"old-ether","is_active":0},)"
    R"({"id":1027,"rank":2,"symbol":"ETH","slug":"ethereum","is_active":1,"platform":{"id":9}}]})";

const catalog::Endpoint& map_endpoint() {
  return *catalog::Catalogue::built_in().by_name("v1.map");
}

Coins coins() {
  auto coins = Coins::of_map(kMap, map_endpoint());
  REQUIRE(coins);
  return std::move(*coins);
}

std::vector<std::uint64_t> ids(const std::vector<const Coin*>& coins) {
  std::vector<std::uint64_t> ids;
  for (const auto* coin : coins) ids.push_back(coin->id);
  return ids;
}

std::vector<std::uint64_t> ids(std::initializer_list<std::uint64_t> all) { return all; }

PacedDecider::Options options_for(std::int64_t per_month, milliseconds names) {
  PacedDecider::Options options;
  options.ledger.caps.per_month = {per_month};
  options.renewals.names = names;
  return options;
}

struct Bed {
  explicit Bed(Coins known = coins(), std::int64_t per_month = 0)
      : decider(options_for(per_month, 1h)),
        simulation(catalog::Catalogue::built_in(),
                   decider,
                   {test::kFirstOfNovember, {0ms, 0ms}, 1h, std::move(known)}) {}

  // Returns what it has cost.
  std::int64_t ask(milliseconds at, const std::string& query) {
    const auto before = figures().credits;
    simulation.ask(at, kQuotes + query);
    return figures().credits - before;
  }
  [[nodiscard]] const SimulatedFigures& figures() const { return simulation.figures(); }

  PacedDecider decider;
  Simulation simulation;
};

// The map that numbered_names() are in.
Coins numbered_coins(const std::vector<test::AssetNames>& names) {
  std::string rows;
  for (const auto& name : names) {
    if (!rows.empty()) rows += ',';
    rows +=
        fmt::format(R"({{"id":{},"symbol":"{}","slug":"{}"}})", name.id, name.symbol, name.slug);
  }
  auto coins = Coins::of_map(R"({"status":{},"data":[)" + rows + "]}", map_endpoint());
  REQUIRE(coins);
  return std::move(*coins);
}

// The mean age of the quotes that are asked for in three days of a month.
double mean_age(test::Asking asking, Coins (*known)(const std::vector<test::AssetNames>&)) {
  auto shape = test::steady_month();
  shape.days = 3;
  shape.assets = 150;
  shape.per_second /= 3;
  const auto names = test::numbered_names(shape.assets);
  const test::Demand demand(shape, 1);
  Bed bed(known(names), 4500);
  for (const auto& request : test::named_trace(demand, names, asking, 1)) {
    if (request.target.find("listings") == std::string::npos)
      bed.simulation.ask(request.at, request.target);
  }
  CHECK(bed.figures().refused == 0);
  return bed.figures().ages.mean();
}

}  // namespace

TEST_SUITE("simulate::Coins") {
  TEST_CASE("a map tells what its symbols, slugs and ids lead to") {
    auto all = coins();
    CHECK(all.size() == 4);
    CHECK(ids(all.called(KeyKind::Symbol, "BTC")) == ids({1, 31469}));
    CHECK(ids(all.called(KeyKind::Symbol, "ETH")) == ids({1027, 7}));
    CHECK(ids(all.called(KeyKind::Slug, "bitcoin")) == ids({1}));
    CHECK(all.called(KeyKind::Id, "1027").front()->slug == "ethereum");
    CHECK(all.size() == 4);
  }

  TEST_CASE("what the map does not have leads to something of its own") {
    auto all = coins();
    CHECK(all.is_in_map(KeyKind::Symbol, "BTC"));
    CHECK_FALSE(all.is_in_map(KeyKind::Symbol, "NEW"));
    const auto stray = ids(all.called(KeyKind::Symbol, "NEW"));
    CHECK(stray.size() == 1);
    CHECK_FALSE(all.is_in_map(KeyKind::Symbol, "NEW"));
    CHECK(ids(all.called(KeyKind::Symbol, "NEW")) == stray);
    CHECK(ids(all.called(KeyKind::Slug, "NEW")) != stray);
    CHECK(ids(all.called(KeyKind::Id, std::to_string(stray.front()))) == stray);
    CHECK(ids(all.called(KeyKind::Id, "77")) == ids({77}));
  }

  TEST_CASE("what is no map is refused") {
    for (const std::string text : {"",
                                   "[]",
                                   R"({"status":{},"data":{}})",
                                   R"({"status":{},"data":[]})",
                                   R"({"status":{},"data":[{"name":"Bitcoin"}]})",
                                   R"({"status":{},"data":[{"id":1})"}) {
      CAPTURE(text);
      const auto none = Coins::of_map(text, map_endpoint());
      REQUIRE_FALSE(none);
      CHECK(none.error().code == ErrorCode::Invalid);
    }
  }
}

TEST_SUITE("simulate: names") {
  TEST_CASE("what was bought by one name answers for the others") {
    Bed bed;
    CHECK(bed.ask(0s, "id=1027") == 1);
    CHECK(bed.ask(10s, "slug=ethereum") == 0);
    // Which coins are called so only an answer to the symbol tells.
    CHECK(bed.ask(20s, "symbol=ETH") == 1);
    CHECK(bed.ask(30s, "id=1027,7") == 0);
    CHECK(bed.ask(40s, "slug=old-ether,ethereum") == 0);
    CHECK(bed.ask(50s, "symbol=eth") == 0);
    CHECK(bed.figures().by_name == 4);
    CHECK(bed.figures().by_stray_name == 0);
    CHECK(bed.figures().refused == 0);
  }

  TEST_CASE("names of one asset are renewed by one call") {
    Bed bed;
    bed.ask(0s, "symbol=BTC");
    bed.ask(0s, "slug=bitcoin");
    bed.ask(0s, "id=1");
    CHECK(bed.figures().credits == 1);
    CHECK(bed.ask(100s, "slug=bitcoin") == 1);
    CHECK(bed.ask(110s, "id=1") == 0);
    CHECK(bed.ask(500s, "symbol=BTC") == 1);
    CHECK(bed.ask(510s, "id=1,31469") == 0);
  }

  TEST_CASE("a symbol is told again before its meaning ends") {
    Bed bed;
    CHECK(bed.ask(0s, "symbol=ETH") == 1);
    CHECK(bed.ask(29min, "symbol=ETH") == 1);  // by id
    CHECK(bed.ask(31min, "symbol=ETH") == 1);  // by symbol
    CHECK(bed.ask(59min, "id=1027,7") == 1);
    CHECK(bed.ask(59min + 10s, "symbol=ETH") == 0);
    CHECK(bed.ask(95min, "id=1027,7") == 1);
    CHECK(bed.ask(95min + 10s, "symbol=ETH") == 1);  // what it meant was told an hour before
  }

  TEST_CASE("names that no map has count as assets of their own") {
    Bed bed{Coins()};
    CHECK(bed.ask(0s, "id=1027") == 1);
    CHECK(bed.ask(10s, "slug=ethereum") == 1);
    CHECK(bed.ask(20s, "symbol=ETH") == 1);
    CHECK(bed.ask(30s, "symbol=ETH") == 0);
    CHECK(bed.figures().by_name == 3);
    CHECK(bed.figures().by_stray_name == 3);
    CHECK(bed.figures().refused == 0);
  }

  TEST_CASE("a symbol is billed for all coins that share it") {
    std::string rows;
    for (int id = 1; id <= 60; ++id)
      rows += fmt::format(R"({}{{"id":{},"symbol":"S{}"}})", id > 1 ? "," : "", id, id % 2);
    auto shared = Coins::of_map(R"({"status":{},"data":[)" + rows + "]}", map_endpoint());
    REQUIRE(shared);
    Bed bed{std::move(*shared)};
    CHECK(bed.ask(0s, "symbol=S0") == 1);
    CHECK(bed.figures().ages.count() == 1);
    CHECK(bed.ask(1s, "symbol=S0,S1") == 1);
    Bed many{[] {
      std::string all;
      for (int id = 1; id <= 130; ++id)
        all += fmt::format(R"({}{{"id":{},"symbol":"S{}"}})", id > 1 ? "," : "", id, id % 2);
      return std::move(*Coins::of_map(R"({"status":{},"data":[)" + all + "]}", map_endpoint()));
    }()};
    CHECK(many.ask(0s, "symbol=S0,S1") == 2);
  }

  TEST_CASE("mixed names buy hardly older copies than ids, once a map tells them") {
    const auto none = [](const std::vector<test::AssetNames>&) { return Coins(); };
    const double by_id = mean_age(test::Asking::ById, numbered_coins);
    const double mixed = mean_age(test::Asking::Mixed, numbered_coins);
    const double unknown = mean_age(test::Asking::Mixed, none);
    MESSAGE(fmt::format("{:.1f} s by id, {:.1f} s mixed, {:.1f} s unknown", by_id, mixed, unknown));
    CHECK(mixed >= by_id);
    CHECK(mixed <= 1.7 * by_id);
    CHECK(unknown >= 1.5 * mixed);
  }
}
