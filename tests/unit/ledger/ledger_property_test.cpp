// Random lives of a ledger, held against a simple model of what the provider books.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "ledger/ledger.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::ledger;

namespace {

constexpr std::array kKinds{WindowKind::Minute, WindowKind::Day, WindowKind::Month};

Ledger::Options options_of(std::mt19937& random) {
  Ledger::Options options;
  options.caps = {static_cast<std::int64_t>(3 + random() % 10),
                  {static_cast<std::int64_t>(20 + random() % 100)},
                  {static_cast<std::int64_t>(200 + random() % 500)}};
  options.anchor = {1 + static_cast<unsigned>(random() % 31), milliseconds(random() % 86'400'000)};
  return options;
}

std::int64_t cap_of(const Caps& caps, WindowKind kind) {
  if (kind == WindowKind::Minute) return caps.requests_per_minute;
  return kind == WindowKind::Day ? caps.per_day.count : caps.per_month.count;
}

// A daemon and its provider. The provider books each call at a moment of its own choosing between
// its start and its end, for at most the worst case.
class Life {
 public:
  explicit Life(std::uint32_t seed)
      : random_(seed), options_(options_of(random_)), ledger_(options_) {}

  void step() {
    switch (random_() % 16) {
      case 0: return pass(milliseconds(random_() % 90'000));
      case 1: return pass(milliseconds(random_() % (6 * 3'600'000)));
      case 2: return random_() % 8 == 0 ? pass(hours(random_() % 400)) : pass(1s);
      case 3: return crash();
      case 4:
      case 5: return release();
      case 6:
      case 7:
      case 8:
      case 9: return open_.empty() ? pass(1s) : settle(random_() % open_.size());
      default: return hold();
    }
  }

  // Our clock steps back, the provider's does not. Nothing is given back.
  void step_back(milliseconds by) {
    const WindowUses before = ledger_.uses(now_);
    now_ -= by;
    behind_ += by;
    check_no_more_left(before);
    REQUIRE(ledger_.spends(now_).size() <= 40);
  }

  void check_left() {
    for (const WindowUse& use : ledger_.uses(now_)) {
      REQUIRE(use.left() >= 0);
      REQUIRE(use.spent >= 0);
      REQUIRE(use.held >= 0);
      REQUIRE(contains(use.window, now_));
    }
  }

  // What the provider has booked in its windows of the kind.
  void check_caps(WindowKind kind) const {
    const std::int64_t cap = cap_of(options_.caps, kind);
    for (const auto& [window, amount] : booked_)
      if (window.first == kind) REQUIRE(amount <= cap);
  }

  [[nodiscard]] std::size_t granted() const { return granted_; }
  std::mt19937& random() { return random_; }

 private:
  struct Call {
    Ledger::HoldId id;
    Credits worst_case;
    TimePoint started;  // by our clock
    TimePoint began;    // by the provider's
    Credits charged;
    bool is_booked = false;
  };

  void book(Call& call) {
    if (std::exchange(call.is_booked, true)) return;
    for (const WindowKind kind : kKinds) {
      const Window window = window_of(kind, now_ + behind_, options_.anchor);
      booked_[{kind, window.start}] += kind == WindowKind::Minute ? 1 : call.charged.count;
    }
  }

  // Some calls are booked before, some after. None lasts for half an hour.
  void pass(milliseconds time) {
    for (Call& call : open_)
      if (random_() % 2 == 0) book(call);
    while (!open_.empty() && now_ + behind_ + time - open_.front().began > 30min) settle(0);
    now_ += time;
  }

  void hold() {
    const auto purpose = static_cast<Purpose>(random_() % 3);
    const Credits worst_case{static_cast<std::int64_t>(random_() % 9)};
    const auto granted = ledger_.hold(worst_case, purpose, now_);
    const WindowUses uses = ledger_.uses(now_);
    if (!granted) {
      const auto& use = uses[static_cast<std::size_t>(granted.error().window)];
      const bool is_request = granted.error().window == WindowKind::Minute;
      const bool fits = use.left() >= (is_request ? 1 : worst_case.count);
      REQUIRE(granted.error().until == use.window.end);
      REQUIRE(granted.error().is_reserve == fits);
      return;
    }
    ++granted_;
    const auto share = static_cast<std::int64_t>(random_() % 9);
    open_.push_back(
        {*granted, worst_case, now_, now_ + behind_, std::min(worst_case, Credits{share})});
  }

  void settle(std::size_t which) {
    Call call = open_[which];
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(which));
    book(call);
    ledger_.settle(call.id, call.charged, now_);
  }

  void release() {
    if (open_.empty() || open_.back().is_booked) return;
    ledger_.release(open_.back().id, now_);
    open_.pop_back();
  }

  // Windows are kept as they were, open calls become lost, and some of them were billed.
  void crash() {
    for (Call& call : open_)
      if (random_() % 2 == 0) book(call);
    auto kept = ledger_.spends(now_);
    const bool is_long = random_() % 4 == 0;
    now_ += is_long ? milliseconds(random_() % 200'000'000) : milliseconds(random_() % 1'200'000);
    const WindowUses before = ledger_.uses(now_);
    Ledger next(options_);
    std::ranges::shuffle(kept, random_);
    for (const WindowSpend& spend : kept) next.restore(spend, now_);
    for (const Call& call : open_) next.restore_lost(call.worst_case, call.started, now_);
    open_.clear();
    ledger_ = std::move(next);
    if (!is_long) check_no_more_left(before);
  }

  void check_no_more_left(const WindowUses& before) {
    const WindowUses now = ledger_.uses(now_);
    for (std::size_t i = 0; i < kWindowKinds; ++i) REQUIRE(now[i].left() <= before[i].left());
  }

  std::mt19937 random_;
  Ledger::Options options_;
  Ledger ledger_;
  TimePoint now_ = TimePoint(sys_days(2027y / 1 / 28).time_since_epoch());
  milliseconds behind_{0};                                           // our clock, the provider's
  std::vector<Call> open_;                                           // oldest first
  std::map<std::pair<WindowKind, TimePoint>, std::int64_t> booked_;  // by the provider
  std::size_t granted_ = 0;
};

}  // namespace

TEST_SUITE("ledger::Ledger property") {
  TEST_CASE("whatever happens, the provider books no more than the caps in any window") {
    std::size_t granted = 0;
    for (std::uint32_t seed = 1; seed <= 40; ++seed) {
      CAPTURE(seed);
      Life life(seed);
      for (int i = 0; i < 2000; ++i) {
        life.step();
        life.check_left();
      }
      for (const WindowKind kind : kKinds) life.check_caps(kind);
      granted += life.granted();
    }
    CHECK(granted > 10'000);  // it was not all refusals
  }

  TEST_CASE("nor does it when our clock falls behind by whole days") {
    std::size_t granted = 0;
    for (std::uint32_t seed = 1; seed <= 40; ++seed) {
      CAPTURE(seed);
      Life life(seed);
      for (int i = 0; i < 2000; ++i) {
        life.step();
        if (life.random()() % 100 == 0) life.step_back(days(1 + life.random()() % 5));
      }
      // Months do not fall on each other any more.
      life.check_caps(WindowKind::Minute);
      life.check_caps(WindowKind::Day);
      granted += life.granted();
    }
    CHECK(granted > 1'000);
  }

  TEST_CASE("a clock that falls behind by anything gives nothing back") {
    for (std::uint32_t seed = 1; seed <= 40; ++seed) {
      CAPTURE(seed);
      Life life(seed);
      for (int i = 0; i < 2000; ++i) {
        life.step();
        life.check_left();
        const auto most = life.random()() % 3 == 0 ? 4'000'000'000U : 100'000U;
        if (life.random()() % 20 == 0) life.step_back(milliseconds(life.random()() % most));
      }
    }
  }
}
