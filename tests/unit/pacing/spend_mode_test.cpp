#include "pacing/spend_mode.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::ledger;
using namespace quotecached::pacing;

namespace {

constexpr std::size_t kDay = static_cast<std::size_t>(WindowKind::Day);
constexpr std::size_t kMonth = static_cast<std::size_t>(WindowKind::Month);

// A month of 100 days, so that a share is a number of days; the day has no cap.
const TimePoint kStart{sys_days(2026y / 11 / 1).time_since_epoch()};
const Window kLong{kStart, kStart + days(100)};

WindowUses month_with(std::int64_t spent, std::int64_t held = 0) {
  WindowUses uses{};
  uses[kMonth] = {kLong, 1000, spent, held};
  uses[kDay].window = {kStart, kStart + days(1)};
  return uses;
}

TimePoint on_day(double day) {
  return kStart + round<milliseconds>(duration<double, days::period>(day));
}

}  // namespace

TEST_SUITE("pacing::rules_of") {
  TEST_CASE("each mode pays for less than the one before") {
    using enum Refreshes;
    CHECK(rules_of(SpendMode::Normal) == SpendRules{true, All, true, false});
    CHECK(rules_of(SpendMode::Economise) == SpendRules{true, Worthwhile, true, true});
    CHECK(rules_of(SpendMode::ForegroundOnly) == SpendRules{true, None, false, true});
    CHECK(rules_of(SpendMode::CacheOnly) == SpendRules{false, None, false, true});
  }

  TEST_CASE("what may be paid follows from the rules") {
    struct Row {
      SpendMode mode;
      bool miss, refresh, ahead;
    };
    for (const auto& row : {Row{SpendMode::Normal, true, true, true},
                            Row{SpendMode::Economise, true, true, true},
                            Row{SpendMode::ForegroundOnly, true, false, false},
                            Row{SpendMode::CacheOnly, false, false, false}}) {
      CAPTURE(to_string(row.mode));
      const SpendRules rules = rules_of(row.mode);
      CHECK(may_pay(rules, Purpose::Miss) == row.miss);
      CHECK(may_pay(rules, Purpose::Refresh) == row.refresh);
      CHECK(may_pay(rules, Purpose::Ahead) == row.ahead);
    }
  }

  TEST_CASE("modes are read as they are written") {
    for (const auto mode : {SpendMode::Normal,
                            SpendMode::Economise,
                            SpendMode::ForegroundOnly,
                            SpendMode::CacheOnly}) {
      CHECK(parse_spend_mode(to_string(mode)) == mode);
    }
    CHECK(to_string(SpendMode::ForegroundOnly) == "foreground_only");
    CHECK_FALSE(parse_spend_mode("Normal"));
    CHECK_FALSE(parse_spend_mode(""));
    CHECK_FALSE(parse_spend_mode("auto"));
  }
}

TEST_SUITE("pacing::ModeChooser") {
  TEST_CASE("modes begin at their thresholds, unless time has passed as far") {
    struct Row {
      std::string_view name;
      std::int64_t spent;
      double day;
      SpendMode expected;
    };
    using enum SpendMode;
    for (const auto& row : {Row{"below the first", 799, 1, Normal},
                            Row{"at the first", 800, 1, Economise},
                            Row{"below the second", 899, 1, Economise},
                            Row{"at the second", 900, 1, ForegroundOnly},
                            Row{"below the last", 999, 1, ForegroundOnly},
                            Row{"at the last", 1000, 1, CacheOnly},
                            Row{"beyond", 1200, 1, CacheOnly},
                            Row{"as much time is gone", 800, 80, Normal},
                            Row{"within the tolerance", 849, 80, Normal},  // 15 % are 3/4 of 20 %
                            Row{"past the tolerance", 851, 80, Economise},
                            Row{"second, within", 924, 90, Normal},
                            Row{"second, past the first's", 926, 90, Economise},
                            Row{"second, within its own", 974, 90, Economise},  // 1/4 of 10 %
                            Row{"second, past", 976, 90, ForegroundOnly},
                            Row{"nothing left is nothing left", 1000, 99.99, CacheOnly}}) {
      CAPTURE(row.name);
      ModeChooser chooser({});
      const auto choice = chooser.choose(month_with(row.spent), false, on_day(row.day));
      CHECK(choice.mode == row.expected);
      CHECK(choice.because_of.has_value() == (row.expected != Normal));
      if (choice.because_of) CHECK(*choice.because_of == WindowKind::Month);
    }
  }

  TEST_CASE("what is held is not spent, and a window without a cap asks for nothing") {
    ModeChooser chooser({});
    CHECK(chooser.choose(month_with(700, 300), false, on_day(1)).mode == SpendMode::Normal);
    WindowUses uncapped = month_with(5000);
    uncapped[kMonth].cap = 0;
    CHECK(chooser.choose(uncapped, false, on_day(1)).mode == SpendMode::Normal);
  }

  TEST_CASE("a mode is left a margin below its threshold, not at it") {
    ModeChooser chooser({});
    const auto mode_at = [&](std::int64_t spent) {
      return chooser.choose(month_with(spent), false, on_day(1)).mode;
    };
    CHECK(mode_at(800) == SpendMode::Economise);
    CHECK(mode_at(781) == SpendMode::Economise);  // a reconciliation gave some back
    CHECK(mode_at(779) == SpendMode::Normal);
    CHECK(mode_at(781) == SpendMode::Normal);
    CHECK(mode_at(1000) == SpendMode::CacheOnly);
    CHECK(mode_at(981) == SpendMode::CacheOnly);
    CHECK(mode_at(979) == SpendMode::ForegroundOnly);
    CHECK(mode_at(881) == SpendMode::ForegroundOnly);
    CHECK(mode_at(879) == SpendMode::Economise);
  }

  TEST_CASE("a pace that has recovered ends saving a margin later") {
    ModeChooser chooser({});
    const auto uses = month_with(850);  // 15 % left: 3/4 of 20 % of the time, 0.85 of 17.6 %
    CHECK(chooser.choose(uses, false, on_day(79.9)).mode == SpendMode::Economise);
    CHECK(chooser.choose(uses, false, on_day(82.3)).mode == SpendMode::Economise);
    CHECK(chooser.choose(uses, false, on_day(82.4)).mode == SpendMode::Normal);
    CHECK(chooser.choose(uses, false, on_day(82.3)).mode == SpendMode::Normal);
  }

  TEST_CASE("a turn of the window forgets what was") {
    ModeChooser chooser({});
    WindowUses uses = month_with(1000);
    CHECK(chooser.choose(uses, true, on_day(99)).mode == SpendMode::CacheOnly);
    uses[kMonth] = {{kLong.end, kLong.end + days(100)}, 1000, 790, 0};
    const TimePoint after = kLong.end + 1s;
    CHECK(chooser.choose(uses, false, after).mode == SpendMode::Normal);
  }

  TEST_CASE("the window that is worse decides") {
    ModeChooser chooser({});
    WindowUses uses = month_with(800);
    uses[kDay] = {{kStart, kStart + days(1)}, 100, 95, 0};
    const auto choice = chooser.choose(uses, false, kStart + 1h);
    CHECK(choice.mode == SpendMode::ForegroundOnly);
    CHECK(choice.because_of == WindowKind::Day);
  }

  TEST_CASE("a pace that would spend the window economises at once, and for a while after") {
    ModeChooser chooser({});
    const auto uses = month_with(10);
    const TimePoint start = on_day(2);
    CHECK(chooser.choose(uses, false, start).mode == SpendMode::Normal);
    const auto choice = chooser.choose(uses, true, start + 1min);
    CHECK(choice.mode == SpendMode::Economise);
    CHECK(choice.because_of == WindowKind::Month);
    CHECK(chooser.choose(uses, false, start + 30min).mode == SpendMode::Economise);
    CHECK(chooser.choose(uses, false, start + 31min).mode == SpendMode::Normal);
  }

  TEST_CASE("a clock that steps back does not make saving last") {
    ModeChooser chooser({});
    CHECK(chooser.choose(month_with(10), true, on_day(9)).mode == SpendMode::Economise);
    CHECK(chooser.choose(month_with(10), false, on_day(2)).mode == SpendMode::Normal);
  }

  TEST_CASE("thresholds can be set") {
    ModeChooser chooser({.thresholds = {0.5, 0.6, 0.7}});
    CHECK(chooser.choose(month_with(499), false, on_day(1)).mode == SpendMode::Normal);
    CHECK(chooser.choose(month_with(500), false, on_day(1)).mode == SpendMode::Economise);
    CHECK(chooser.choose(month_with(700), false, on_day(1)).mode == SpendMode::CacheOnly);
    CHECK(chooser.choose(month_with(1000), false, on_day(99)).mode == SpendMode::CacheOnly);
  }
}
