// What is asked for by symbol and slug, as Renewals counts it.
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/hash.hpp"
#include "refill/renewals.hpp"
#include "renewals_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using namespace quotecached::test;
using pacing::Age;

namespace {

using Names = std::vector<std::string>;
using Ids = std::vector<int>;

constexpr milliseconds kNames = 1h;
const std::string kQuotes = "/v2/cryptocurrency/quotes/latest?";

// A v2 answer's part for a symbol: the coins that share it.
std::string symbol_text(const std::string& symbol, const Ids& ids) {
  std::string text = "\"" + symbol + "\":[";
  for (const int id : ids)
    text += fmt::format(R"({}{{"id":{},"symbol":"{}","slug":"c-{}"}})",
                        text.back() == '[' ? "" : ",",
                        id,
                        symbol,
                        id);
  return text + "]";
}

struct Bed {
  explicit Bed(const Renewals::Options& options = {.names = kNames}) : renewals(options) {}

  // A client asks by symbol and is answered by a copy `age` old, of these coins.
  void ask(const std::string& symbol,
           const Ids& coins,
           milliseconds age,
           TimePoint told_at = kAsked,
           TimePoint now = kAsked) {
    auto copy = copy_of(now - age);
    copy.fragment.text = symbol_text(symbol, coins);
    const auto key = key_of(*symbols, symbol, 0);
    renewals.note_named({.lane = symbols,
                         .name = symbol,
                         .convert = 0,
                         .key = key,
                         .copy = copy,
                         .told_at = told_at,
                         .counts_parts = true},
                        now);
  }
  [[nodiscard]] std::string key(int id) const { return key_of(*ids, std::to_string(id), 0); }
  void file(int id, TimePoint at) { renewals.note_filed(key(id), copy_of(at)); }
  [[nodiscard]] double debt(const LanePtr& lane, TimePoint now = kAsked) {
    return renewals.debt(lane, now).count();
  }
  Names riding(TimePoint now, std::size_t room = 100) {
    Names names;
    for (auto& rider :
         renewals.riders(symbols, room, [](std::string_view) { return false; }, now)) {
      CHECK(rider.keys == Names{key_of(*symbols, rider.asset, 0)});
      names.push_back(std::move(rider.asset));
    }
    return names;
  }
  [[nodiscard]] std::size_t room(const Names& names) const { return renewals.room(symbols, names); }

  Renewals renewals;
  LanePtr symbols = lane_of(kQuotes + "symbol=A");
  LanePtr ids = lane_of(kQuotes + "id=1");
};

}  // namespace

TEST_SUITE("refill::Renewals: names") {
  TEST_CASE("what is asked for by name is owed by the lane of its assets, for all they lead to") {
    Bed bed;
    bed.ask("A", {1, 7}, 100s);
    CHECK(bed.debt(bed.ids) == doctest::Approx(200));
    CHECK(bed.debt(bed.symbols) == doctest::Approx(200));
    CHECK(bed.renewals.take_asks() == doctest::Approx(2));
    const auto hash = hash64(key_of(*bed.symbols, "A", 0));
    bed.renewals.note_hits({&hash, 1}, 3, kAsked + 10s);
    CHECK(bed.debt(bed.ids) == doctest::Approx(200 + 3 * 2 * 110));
    const auto shares = bed.renewals.lanes(9, kAsked);
    REQUIRE_FALSE(shares.empty());
    CHECK(shares.front().lane->name() == bed.ids->name());
    CHECK(shares.front().share == doctest::Approx(1));
  }

  TEST_CASE("a call by either pays for both, once") {
    for (const bool by_name : {false, true}) {
      CAPTURE(by_name);
      Bed bed;
      bed.ask("A", {1}, 100s);
      const std::vector<LanePtr> both{bed.symbols, bed.ids};
      CHECK_FALSE(bed.renewals.is_worth(both, Age(120), kAsked));
      bed.renewals.note_called(by_name ? bed.symbols : bed.ids, kAsked);
      for (const auto& lane : both) CHECK(bed.debt(lane) == 0);
      bed.file(1, kAsked);
      for (const auto& lane : both) CHECK(bed.debt(lane, kAsked + 1h) == 0);
    }
  }

  TEST_CASE("who is served an old copy, since a younger one may not answer for the name, is owed") {
    struct Row {
      const char* name;
      milliseconds told;     // so long ago
      milliseconds renewed;  // the copy by id
      double owed;
    };
    for (const auto& row : {Row{"the alias is believed", 50min, 10s, 10},
                            Row{"a copy of the alias's time", 2h, 90min, 5400},
                            Row{"the last that it speaks for", 2h, 1h, 3600},
                            Row{"one that is younger", 2h, 1h - 1s, 7000},
                            Row{"new", 2h, 0s, 7000}}) {
      CAPTURE(row.name);
      Bed bed;
      bed.ask("A", {1}, 0s, kAsked - row.told, kAsked - 2h);
      bed.file(1, kAsked - row.renewed);
      bed.ask("A", {1}, 7000s, kAsked - row.told);
      CHECK(bed.debt(bed.ids) == doctest::Approx(row.owed));
      const std::vector<LanePtr> asked{bed.symbols};
      CHECK(bed.renewals.is_worth(asked, Age(0.99 * row.owed), kAsked));
    }
  }

  TEST_CASE("with names off, a name is an asset like any other") {
    Bed bed({.names = 0ms});
    bed.renewals.note_asked(
        bed.symbols, "A", 0, key_of(*bed.symbols, "A", 0), copy_of(kAsked - 100s), kAsked);
    CHECK(bed.debt(bed.symbols) == doctest::Approx(100));
    CHECK(bed.debt(bed.ids) == 0);
    CHECK(bed.room({"A"}) == 0);
    CHECK(bed.riding(kAsked).empty());
  }

  TEST_CASE("are kept over a restart") {
    Bed before;
    before.ask("A", {1}, 0s, kAsked - 40min);
    before.ask("A", {1}, 0s, kAsked - 40min);
    const auto kept = before.renewals.kept(TimePoint{});
    REQUIRE(kept.size() == 2);
    Bed after;
    after.renewals.restore(kept, catalog::Catalogue::built_in(), kAsked);
    CHECK(after.renewals.lanes(9, kAsked).front().share == doctest::Approx(1));
    CHECK(after.riding(kAsked + 1h).empty());  // how many coins it means is not known
    after.ask("A", {1}, 0s, TimePoint{}, kAsked + 1h);
    CHECK(after.riding(kAsked + 1h) == Names{"A"});
    const auto again = after.renewals.kept(kAsked + 1h);
    REQUIRE(again.size() == 2);
    for (const auto& row : again) CHECK(row.asks > 2.9);
  }
}

TEST_SUITE("refill::Renewals: names that ride") {
  TEST_CASE("those whose assets have caused most age, for each coin that is billed") {
    Bed bed;
    bed.ask("A", {1}, 100s);
    bed.ask("B", {2}, 300s);
    bed.ask("C", {3, 4, 5}, 200s);  // each as often
    CHECK(bed.riding(kAsked) == Names{"B", "C", "A"});
    CHECK(bed.riding(kAsked, 2) == Names{"B", "A"});
    CHECK(bed.riding(kAsked, 0).empty());
  }

  TEST_CASE("what is told anew is worth more the nearer its end") {
    Bed bed;
    bed.ask("NEW", {1}, 0s, kAsked - 30min);
    bed.ask("OLD", {2}, 0s, kAsked - 50min);
    CHECK(bed.riding(kAsked) == Names{"OLD"});
    CHECK(bed.riding(kAsked + 10s) == Names{"OLD", "NEW"});
    // Once it was told.
    bed.renewals.note_filed(key_of(*bed.symbols, "OLD", 0), copy_of(kAsked + 10s));
    CHECK(bed.riding(kAsked + 12s) == Names{"NEW"});
  }

  TEST_CASE("none that nobody has asked for within two days, or by another convert") {
    Bed bed;
    bed.ask("A", {1}, 100s);
    const auto later = kAsked + 48h;
    bed.ask("B", {2}, 0s, later, later);  // clients are there
    CHECK(bed.riding(kAsked + 48h) == Names{"A"});
    CHECK(bed.riding(kAsked + 48h + 1s).empty());
    bed.symbols = lane_of(kQuotes + "symbol=A&convert=EUR");
    CHECK(bed.riding(kAsked).empty());
  }

  TEST_CASE("slugs ride too, but are never due: each copy tells its own") {
    Bed bed;
    bed.symbols = lane_of(kQuotes + "slug=a");
    bed.ask("A", {1}, 0s, kAsked - 2h);
    CHECK(bed.riding(kAsked).empty());
    CHECK(bed.riding(kAsked + 100s) == Names{"A"});
    CHECK(bed.room({"A", "unheard"}) == 98);
  }

  TEST_CASE("the room is what a credit covers, by the coins that are known, less some") {
    Bed bed;
    CHECK(bed.room({"X"}) == 100 - 5 - 25);
    CHECK(bed.room({"X", "Y", "Z"}) == 20);
    CHECK(bed.room({"W", "X", "Y", "Z"}) == 0);
    bed.ask("A", {1}, 0s);
    bed.ask("B", {2, 3, 4}, 0s);
    CHECK(bed.room({"A"}) == 94);
    CHECK(bed.room({"A", "B"}) == 91);
    CHECK(bed.room({"A", "B", "X"}) == 66);
    // Of the first generation a symbol is one coin.
    CHECK(bed.renewals.room(lane_of("/v1/cryptocurrency/quotes/latest?symbol=X"),
                            Names{"X", "Y"}) == 98);
    CHECK(bed.renewals.room(bed.ids, Names{"1"}) == 99);
    CHECK(bed.renewals.room(lane_of("/v1/cryptocurrency/listings/latest?limit=10"), Names{""}) ==
          0);
  }
}
