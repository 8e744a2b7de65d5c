#include "stream/feed.hpp"

#include <array>
#include <map>
#include <random>
#include <string>

#include <doctest/doctest.h>

using namespace quotecached::stream;

namespace {

TextPtr text(const std::string& words) { return std::make_shared<const Text>(words); }

Change change(std::uint64_t slot, std::uint64_t version, bool is_gone = false) {
  return {slot, version, text(std::to_string(slot) + "@" + std::to_string(version)), is_gone};
}

// Takes up to `most` events; returns them as text, "2@5 3@6", and adds what was skipped.
std::string read(Cursor& cursor, const Feed& feed, std::size_t most, std::uint64_t& skipped) {
  std::string told;
  std::array<const Feed::Items::value_type*, 8> items{};
  const auto count = cursor.next(feed, std::span(items).first(most));
  for (std::size_t i = 0; i < count; ++i) {
    if (!told.empty()) told += ' ';
    told += items[i]->second.text->payload();
    skipped += cursor.took(*items[i]);
  }
  return told;
}

}  // namespace

TEST_SUITE("stream::Feed") {
  TEST_CASE("a listener gets what there is, then what changes, row by row") {
    Feed feed;
    feed.set_complete_since(1);
    feed.take(std::array{change(1, 2), change(2, 3)});
    Cursor cursor;
    std::uint64_t skipped = 0;
    CHECK(cursor.start(feed, 0));
    CHECK(read(cursor, feed, 8, skipped) == "1@2 2@3");
    CHECK(cursor.has_all(feed));
    feed.take(std::array{change(1, 4)});
    CHECK_FALSE(cursor.has_all(feed));
    CHECK(read(cursor, feed, 8, skipped) == "1@4");
    CHECK(read(cursor, feed, 8, skipped).empty());
    CHECK(skipped == 0);
  }

  TEST_CASE("a slow one skips values that were replaced, and they are counted") {
    Feed feed;
    feed.take(std::array{change(1, 2), change(2, 3)});
    Cursor cursor;
    std::uint64_t skipped = 0;
    static_cast<void>(cursor.start(feed, 0));
    CHECK(read(cursor, feed, 1, skipped) == "1@2");
    // Of what it was to be told anyway, the value before is none that it missed.
    feed.take(std::array{change(2, 4)});
    CHECK(read(cursor, feed, 8, skipped) == "2@4");
    CHECK(skipped == 0);
    feed.take(std::array{change(1, 5), change(2, 6), change(1, 7)});
    feed.take(std::array{change(1, 8)});
    CHECK(read(cursor, feed, 8, skipped) == "2@6 1@8");
    CHECK(skipped == 2);
  }

  TEST_CASE("who comes back gets what is younger, if that is all that it lacks") {
    Feed feed;
    feed.set_complete_since(3);
    feed.take(std::array{change(1, 4), change(2, 5), change(3, 6, true)});
    struct Row {
      std::uint64_t since;
      bool is_whole;
      std::string told;
    };
    const Row rows[] = {
        {0, true, "1@4 2@5"},  // who never had the row need not know that it is gone
        {2, true, "1@4 2@5"},
        {3, false, "1@4 2@5 3@6"},
        {4, false, "2@5 3@6"},
        {6, false, ""},
        {7, true, "1@4 2@5"},  // that never was
    };
    for (const auto& row : rows) {
      CAPTURE(row.since);
      Cursor cursor;
      std::uint64_t skipped = 0;
      CHECK(cursor.start(feed, row.since) == row.is_whole);
      CHECK(read(cursor, feed, 8, skipped) == row.told);
      CHECK(skipped == 0);
    }
  }

  TEST_CASE("other words for the same event go to who did not have it yet") {
    Feed feed;
    feed.take(std::array{change(1, 2)});
    Cursor early;
    Cursor late;
    std::uint64_t skipped = 0;
    static_cast<void>(early.start(feed, 0));
    CHECK(read(early, feed, 8, skipped) == "1@2");
    feed.take(std::array{Change{1, 2, text("again"), false}});
    CHECK(read(early, feed, 8, skipped).empty());
    static_cast<void>(late.start(feed, 0));
    CHECK(read(late, feed, 8, skipped) == "again");
    feed.take(std::array{change(1, 1)});  // older than what is there
    CHECK(read(late, feed, 8, skipped).empty());
  }

  TEST_CASE("model: however slow, each listener ends with the last of each row, in order") {
    for (unsigned seed = 0; seed < 200; ++seed) {
      CAPTURE(seed);
      std::mt19937 random(seed);
      const auto below = [&random](std::uint64_t most) { return random() % most; };
      struct Listener {
        Cursor cursor;
        std::map<std::uint64_t, std::uint64_t> has;  // slot: version
        std::uint64_t events = 0;
        std::uint64_t skipped = 0;
        std::uint64_t given_before = 0;
        std::uint64_t at_start = 0;
        std::uint64_t last = 0;
      };
      Feed feed;
      std::map<std::uint64_t, std::uint64_t> truth;
      std::uint64_t version = 1;
      feed.set_complete_since(version);
      std::vector<Listener> listeners;
      const auto listen = [&](Listener& one, std::uint64_t most) {
        std::array<const Feed::Items::value_type*, 4> items{};
        const auto count = one.cursor.next(feed, std::span(items).first(most));
        for (std::size_t i = 0; i < count; ++i) {
          const auto& [of, item] = *items[i];
          REQUIRE(of > one.last);
          REQUIRE(of > one.has[item.slot]);
          one.last = one.has[item.slot] = of;
          one.skipped += one.cursor.took(*items[i]);
          ++one.events;
        }
      };
      for (int step = 0; step < 300; ++step) {
        const auto what = below(10);
        if (what < 5) {
          const auto slot = 1 + below(6);
          truth[slot] = ++version;
          feed.take(std::array{change(slot, version)});
        } else if (what == 5 && listeners.size() < 5) {
          auto& one = listeners.emplace_back();
          REQUIRE(one.cursor.start(feed, 0));
          one.given_before = feed.given();
          one.at_start = feed.items().size();
        } else if (what == 6 && !listeners.empty()) {  // the connection breaks, and it comes back
          auto& one = listeners[below(listeners.size())];
          if (one.last != 0) REQUIRE_FALSE(one.cursor.start(feed, one.last));
        } else if (!listeners.empty()) {
          listen(listeners[below(listeners.size())], 1 + below(4));
        }
      }
      for (auto& one : listeners) {
        while (!one.cursor.has_all(feed)) listen(one, 4);
        for (const auto& [slot, last] : truth) CHECK(one.has[slot] == last);
        // Each value since it began was had or skipped, but for those between two connections.
        CHECK(one.events + one.skipped <= one.at_start + feed.given() - one.given_before);
      }
    }
  }
}
