// Ledgers that tests spend from, and the times at which they do.
#pragma once

#include <doctest/doctest.h>

#include "ledger/ledger.hpp"

namespace quotecached::ledger::test {

using namespace std::chrono;
using namespace std::chrono_literals;

inline constexpr TimePoint on(year_month_day date, milliseconds time_of_day = 0ms) {
  return TimePoint(sys_days(date).time_since_epoch() + time_of_day);
}

inline constexpr TimePoint kNoon = on(2026y / 11 / 10, 12h + 20s);

inline constexpr std::size_t kMinute = static_cast<std::size_t>(WindowKind::Minute);
inline constexpr std::size_t kDay = static_cast<std::size_t>(WindowKind::Day);
inline constexpr std::size_t kMonth = static_cast<std::size_t>(WindowKind::Month);

inline Ledger ledger_of(std::int64_t per_minute, std::int64_t per_day, std::int64_t per_month) {
  Ledger::Options options;
  options.caps = {per_minute, {per_day}, {per_month}};
  return Ledger(options);
}

inline Ledger::HoldId held(Ledger& ledger, std::int64_t credits, TimePoint now) {
  const auto hold = ledger.hold({credits}, Purpose::Miss, now);
  REQUIRE(hold);
  return *hold;
}

// A call that costs what was held.
inline void spend(Ledger& ledger, std::int64_t credits, TimePoint now) {
  ledger.settle(held(ledger, credits, now), {credits}, now);
}

inline Ledger restarted(Ledger& ledger, TimePoint now) {
  Ledger next(ledger.options());
  for (const WindowSpend& spend : ledger.spends(now)) next.restore(spend, now);
  return next;
}

}  // namespace quotecached::ledger::test
