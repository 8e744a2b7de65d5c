#include "warm/roster.hpp"

#include <doctest/doctest.h>

#include "../refill/renewals_bed.hpp"

using namespace quotecached;
using namespace quotecached::test;
using namespace std::chrono_literals;

namespace {

// Midnight of a Monday.
constexpr TimePoint kMidnight = std::chrono::sys_days(std::chrono::year(2026) / 11 / 30);

warm::Window morning(std::vector<std::string> assets, std::size_t popular = 0) {
  warm::Window window;
  window.name = "morning";
  window.from = 8h;
  window.to = 10h;
  window.assets = std::move(assets);
  window.popular = popular;
  return window;
}

struct Bed : RenewalsBed {
  Bed(std::vector<warm::Window> windows, std::vector<std::string> pinned = {})
      : roster(warm::Roster::Options{std::move(windows), std::move(pinned), 30s}) {}

  std::vector<std::string> due(TimePoint now) {
    const warm::Roster::View view{
        renewals, [this] { return std::vector{lane}; }, [](const auto&) { return 500ms; }};
    std::vector<std::string> assets;
    for (const auto& pick : roster.due(view, now)) assets.push_back(pick.asset);
    return assets;
  }
  // It was warmed: fresh for a minute.
  void warm(const std::string& asset, TimePoint now) {
    roster.note(key(asset), now + 60s, now);
    renewals.note_held(lane, asset, 0, key(asset), copy_of(now), now);
  }

  warm::Roster roster;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_SUITE("warm::Roster") {
  TEST_CASE("a window's assets are due when it opens, and none before or after") {
    Bed bed({morning({"1", "2"})});
    CHECK(bed.due(kMidnight + 8h - 1s).empty());
    CHECK(bed.due(kMidnight + 8h + 10s) == Names{"1", "2"});
    CHECK(bed.due(kMidnight + 8h + 11s) == Names{"1", "2"});  // nobody has warmed them yet
    bed.warm("1", kMidnight + 8h + 12s);
    CHECK(bed.due(kMidnight + 8h + 13s) == Names{"2"});
    CHECK(bed.due(kMidnight + 10h).empty());
    CHECK(bed.roster.kept().empty());
    CHECK(bed.due(kMidnight + 32h) == Names{"1", "2"});  // the next day
  }

  TEST_CASE("what nobody asks for between two warmings drops out until it opens again") {
    Bed bed({morning({"1", "2"})});
    const auto open = kMidnight + 8h;
    REQUIRE(bed.due(open).size() == 2);
    bed.warm("1", open);
    bed.warm("2", open);
    bed.hit("1", 1, open + 30s);
    CHECK(bed.due(open + 59s).empty());
    CHECK(bed.due(open + 60s - 500ms) == Names{"1"});
    bed.warm("1", open + 60s);
    CHECK(bed.due(open + 120s).empty());  // not asked for since either
    CHECK(bed.roster.kept().empty());
    CHECK(bed.due(open + 24h) == Names{"1", "2"});
  }

  TEST_CASE("a pinned asset is renewed whether anybody asks or not") {
    Bed bed({}, {"7"});
    REQUIRE(bed.due(kMidnight) == Names{"7"});
    bed.warm("7", kMidnight);
    CHECK(bed.due(kMidnight + 59s).empty());
    CHECK(bed.due(kMidnight + 60s) == Names{"7"});
  }

  TEST_CASE("the most asked stand beside those that are named, each once") {
    Bed bed({morning({"1"}, 2)});
    const auto open = kMidnight + 8h;
    for (const auto& [asset, asks] : {std::pair{"1", 9}, {"5", 8}, {"6", 1}}) {
      bed.ask(asset, 1s, open - 1min);
      bed.hit(asset, asks, open - 1min);
    }
    CHECK(bed.due(open) == Names{"1", "5"});
    const auto kept = bed.roster.kept();
    REQUIRE(kept.size() == 2);
    CHECK(kept[0].window == "morning");
  }

  TEST_CASE("what could not be had is tried again after a while") {
    Bed bed({morning({"1"})});
    const auto open = kMidnight + 8h;
    REQUIRE(bed.due(open).size() == 1);
    bed.roster.note_failed(bed.key("1"), open);
    CHECK(bed.due(open + 29s).empty());
    CHECK(bed.due(open + 30s).size() == 1);
  }

  TEST_CASE("a clock that steps back is followed") {
    Bed bed({morning({"1"})});
    REQUIRE(bed.due(kMidnight + 8h).size() == 1);
    CHECK(bed.due(kMidnight + 7h).empty());
    CHECK(bed.due(kMidnight + 8h).size() == 1);
  }

  TEST_CASE("after a clock stepped back all is looked at again, and nothing drops out for it") {
    Bed bed({morning({"1"})}, {"7"});
    const auto open = kMidnight + 8h;
    REQUIRE(bed.due(open + 1h).size() == 2);
    bed.warm("1", open + 1h);
    bed.warm("7", open + 1h);
    CHECK(bed.due(open + 1h + 1s).empty());
    bed.hit("1", 1, open);
    CHECK(bed.due(open) == Names{"1", "7"});
    bed.warm("1", open + 1s);
    bed.warm("7", open + 1s);
    CHECK(bed.due(open + 60s) == Names{});
    CHECK(bed.due(open + 61s) == Names{"7"});  // nobody has asked for the other since
  }

  TEST_CASE("it tells which windows opened and closed") {
    Bed bed({morning({"1", "2"})});
    (void)bed.due(kMidnight + 8h);
    auto turns = bed.roster.take_turns();
    REQUIRE(turns.size() == 1);
    CHECK(turns[0].is_open);
    CHECK(turns[0].window == "morning");
    REQUIRE(turns[0].assets.size() == 1);
    CHECK(turns[0].assets[0].first->name() == bed.lane->name());
    CHECK(turns[0].assets[0].second == 2);
    bed.warm("1", kMidnight + 8h);
    (void)bed.due(kMidnight + 10h);
    turns = bed.roster.take_turns();
    REQUIRE(turns.size() == 1);
    CHECK_FALSE(turns[0].is_open);
    REQUIRE(turns[0].assets.size() == 1);  // that could not be warmed
    CHECK(turns[0].assets[0].second == 1);
    CHECK(bed.roster.take_turns().empty());
  }

  TEST_CASE("a window that opens as it closes has closed before") {
    auto always = morning({"1"});
    always.from = 0h;
    always.to = 24h;
    Bed bed({always});
    (void)bed.due(kMidnight);
    CHECK(bed.roster.take_turns().size() == 1);
    bed.warm("1", kMidnight);
    (void)bed.due(kMidnight + 24h);
    const auto turns = bed.roster.take_turns();
    REQUIRE(turns.size() == 2);
    CHECK_FALSE(turns[0].is_open);
    CHECK(turns[0].assets.empty());
    CHECK(turns[1].is_open);
  }
}

TEST_SUITE("warm::Roster::change") {
  TEST_CASE("what stands in both lists goes on, new ones are due, others are dropped") {
    Bed bed({}, {"7", "8"});
    REQUIRE(bed.due(kMidnight) == Names{"7", "8"});
    bed.warm("7", kMidnight);
    bed.warm("8", kMidnight);
    bed.roster.change({}, {"8", "9"});
    CHECK(bed.due(kMidnight + 1s) == Names{"9"});
    bed.warm("9", kMidnight + 1s);
    CHECK(bed.due(kMidnight + 59500ms) == Names{"8"});
    bed.roster.change({}, {});
    CHECK(bed.due(kMidnight + 2min).empty());
    CHECK(bed.roster.kept().empty());
    CHECK(bed.roster.take_turns().empty());
  }

  TEST_CASE("an open window that changed warms what it did not have, and stays open") {
    Bed bed({morning({"1", "2"})});
    const auto open = kMidnight + 8h;
    REQUIRE(bed.due(open).size() == 2);
    REQUIRE(bed.roster.take_turns().size() == 1);
    bed.warm("1", open);
    bed.warm("2", open);
    bed.roster.change({morning({"2", "3"})}, {});
    CHECK(bed.due(open + 1s) == Names{"3"});
    CHECK(bed.roster.take_turns().empty());
  }

  TEST_CASE("a window that is gone or moved closes, one that is the same does not notice") {
    auto noon = morning({"5"});
    noon.name = "noon";
    Bed bed({morning({"1"}), noon});
    const auto open = kMidnight + 8h;
    REQUIRE(bed.due(open) == Names{"1", "5"});
    bed.warm("1", open);
    bed.warm("5", open);
    REQUIRE(bed.roster.take_turns().size() == 2);
    bed.roster.change({noon}, {});
    auto turns = bed.roster.take_turns();
    REQUIRE(turns.size() == 1);
    CHECK(turns[0].window == "morning");
    CHECK_FALSE(turns[0].is_open);
    CHECK(bed.due(open + 1s).empty());
    REQUIRE(bed.roster.kept().size() == 1);
    CHECK(bed.roster.kept()[0].window == "noon");
    noon.from = 12h;
    noon.to = 13h;
    bed.roster.change({noon}, {});
    CHECK(bed.due(open + 2s).empty());
    turns = bed.roster.take_turns();
    REQUIRE(turns.size() == 1);
    CHECK_FALSE(turns[0].is_open);
    CHECK(bed.due(kMidnight + 12h) == Names{"5"});
  }

  TEST_CASE("what a list loses goes on with another that names it") {
    auto brunch = morning({"1"});
    brunch.name = "brunch";
    struct Row {
      std::string_view name;
      std::vector<warm::Window> before;
      Names pinned_before;
      std::vector<warm::Window> after;
      Names pinned_after;
      std::string_view owner;
    };
    const Row rows[] = {
        {"pinned beside an open window", {morning({"1"})}, {}, {morning({"1"})}, {"1"}, ""},
        {"no longer pinned", {morning({"1"})}, {"1"}, {morning({"1"})}, {}, "morning"},
        {"one of two pinned", {morning({"1"})}, {"1", "2"}, {morning({"1"})}, {"2"}, "morning"},
        {"window gone", {morning({"1"}), brunch}, {}, {brunch}, {}, "brunch"},
        {"window without it", {morning({"1"}), brunch}, {}, {morning({}), brunch}, {}, "brunch"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      Bed bed(row.before, row.pinned_before);
      const auto open = kMidnight + 8h;
      REQUIRE_FALSE(bed.due(open).empty());
      bed.warm("1", open);
      bed.warm("2", open);
      bed.roster.change(row.after, row.pinned_after);
      CHECK(bed.due(open + 1s).empty());  // it is warm
      const auto kept = bed.roster.kept();
      REQUIRE_FALSE(kept.empty());
      CHECK(kept[0].asset == "1");
      CHECK(kept[0].window == row.owner);
      (void)bed.due(kMidnight + 10h);
      CHECK(bed.roster.kept().size() == row.pinned_after.size());
    }
  }

  TEST_CASE("a window that closes leaves what another open one names to that") {
    auto brunch = morning({"1"});
    brunch.name = "brunch";
    brunch.to = 12h;
    Bed bed({morning({"1", "2"}), brunch});
    REQUIRE(bed.due(kMidnight + 10h - 1s).size() == 2);
    CHECK(bed.due(kMidnight + 10h + 10s) == Names{"1"});
    CHECK(bed.due(kMidnight + 12h).empty());
  }

  TEST_CASE("fewer of the most asked hold at once, and those that stay keep their times") {
    Bed bed({morning({"1"}, 3)});
    const auto open = kMidnight + 8h;
    for (const auto& [asset, asks] : {std::pair{"5", 9}, {"6", 5}, {"7", 1}}) {
      bed.ask(asset, 1s, open - 1min);
      bed.hit(asset, asks, open - 1min);
    }
    REQUIRE(bed.due(open) == Names{"1", "5", "6", "7"});
    for (const auto* asset : {"1", "5", "6", "7"}) bed.warm(asset, open);
    bed.roster.change({morning({"2"}, 2)}, {});
    CHECK(bed.due(open + 1s) == Names{"2"});
    Names kept;
    for (const auto& pick : bed.roster.kept()) kept.push_back(pick.asset);
    CHECK(kept == Names{"2", "5", "6"});
  }
}
