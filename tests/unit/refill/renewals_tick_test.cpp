// What is owed where the provider's tick is clear.
#include <doctest/doctest.h>

#include "renewals_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using namespace quotecached::test;

namespace {

// Quotes whose data turns over each minute and is served 45 s late; that is known.
struct TickingBed : RenewalsBed {
  TickingBed() {
    for (auto now = kAsked - 1h; now < kAsked - 5min; now += 67s)
      renewals.note_data(lane->endpoint(), now, data_at(now));
    const TimePoint minute = data_at(kAsked) - 120s;
    for (const auto now : {minute + 45s, minute + 105s - 1ms})
      renewals.note_data(lane->endpoint(), now, data_at(now));
    const auto tick = renewals.tick(lane->endpoint());
    REQUIRE(tick);
    due = tick->due;
    turn = TimePoint((kAsked.time_since_epoch() - due) / 60s * 60s) + due;
  }

  static TimePoint data_at(TimePoint now) {
    return TimePoint((now.time_since_epoch() - 45s) / 60s * 60s);
  }
  // A client asks, and there is a copy of what was there at `fetched_at`.
  void ask_for(TimePoint fetched_at, TimePoint now, TimePoint data_at) {
    auto copy = copy_of(fetched_at);
    copy.data_at = data_at;
    renewals.note_asked(lane, "1", 0, key("1"), copy, now);
  }

  milliseconds due{0};
  TimePoint turn;  // of the data, the last before kAsked
};

}  // namespace

TEST_SUITE("refill::Renewals: the tick") {
  TEST_CASE("is not learned when it is not wanted") {
    RenewalsBed bed({.learns_ticks = false});
    for (auto now = kAsked - 1h; now < kAsked; now += 67s)
      bed.renewals.note_data(bed.lane->endpoint(), now, TickingBed::data_at(now));
    CHECK_FALSE(bed.renewals.tick(bed.lane->endpoint()));
  }

  TEST_CASE("a copy owes by how much younger the data is that there is") {
    struct Row {
      const char* name;
      milliseconds fetched;  // after a turn
      milliseconds now;      // after the same one
      double owed;
    };
    for (const auto& row : {Row{"at once", 1s, 1s, 0},
                            Row{"to the end of the tick", 1s, 59s, 0},
                            Row{"after the turn", 1s, 60s, 60},
                            Row{"fetched just before it", 58s, 60s, 60},
                            Row{"until the next", 58s, 119s, 60},
                            Row{"after that", 58s, 120s, 120}}) {
      CAPTURE(row.name);
      TickingBed bed;
      const auto fetched_at = bed.turn + row.fetched;
      bed.ask_for(fetched_at, bed.turn + row.now, TickingBed::data_at(fetched_at));
      CHECK(bed.debt(bed.turn + row.now) == row.owed);
    }
  }

  TEST_CASE("data that was old when it came, or of no known time, owes as the rest does") {
    for (const TimePoint data_at : {TimePoint{}, kAsked - 24h * 400}) {
      TickingBed bed;
      bed.ask_for(bed.turn + 1s, bed.turn + 59s, data_at);
      CHECK(bed.debt(bed.turn + 59s) == 0);
      bed.ask_for(bed.turn + 1s, bed.turn + 60s, data_at);
      CHECK(bed.debt(bed.turn + 60s) == 60);
    }
  }

  TEST_CASE("data that had not turned over when it should have owes from then on") {
    TickingBed bed;
    bed.ask_for(bed.turn + 1s, bed.turn + 2s, TickingBed::data_at(bed.turn) - 60s);
    CHECK(bed.debt(bed.turn + 2s) == 60);
  }

  TEST_CASE("a call soon after the turn is worth more: it serves all until the next") {
    for (const bool is_early : {true, false}) {
      CAPTURE(is_early);
      TickingBed bed;
      const auto fetched_at = bed.turn + 1s;
      bed.ask_for(fetched_at, fetched_at, TickingBed::data_at(fetched_at));
      bed.renewals.note_called(bed.lane, fetched_at);
      const auto now = bed.turn + (is_early ? 61s : 119s);
      bed.hit("1", 100, now);
      REQUIRE(bed.debt(now) == 6000);
      CHECK(bed.is_worth(6100, now) == is_early);
      CHECK(bed.is_worth(6000, now) == !is_early);  // paid
    }
  }
}
