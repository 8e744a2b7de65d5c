// A lane of copies that live for a minute, paced: it is asked for by a rhythm and costs what such
// asks cost, minute by minute.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>

#include "ledger/ledger.hpp"
#include "pacing/pacer.hpp"
#include "pacing/renewal_cost.hpp"

namespace quotecached::test {

// A Sunday, and the first of a month of 30 days.
inline const TimePoint kStart{
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 1).time_since_epoch()};
inline const ledger::Window kMonth{kStart, kStart + std::chrono::days(30)};

inline ledger::WindowUses uses_of(std::int64_t cap, std::int64_t spent) {
  ledger::WindowUses uses{};
  uses[static_cast<std::size_t>(ledger::WindowKind::Month)] = {kMonth, cap, spent, 0};
  return uses;
}

inline const ledger::WindowUse& month_in(const ledger::WindowUses& uses) {
  return uses[static_cast<std::size_t>(ledger::WindowKind::Month)];
}

// Asks in the hour at a time.
using Rhythm = std::function<double(TimePoint)>;

inline Rhythm steady(double asks) {
  return [asks](TimePoint) { return asks; };
}

// Twelve busy hours and twelve quiet ones.
inline double day_and_night(TimePoint time) {
  return pacing::hour_of_week(time) % 24 / 12 == 1 ? 900 : 60;
}

// Credits an hour of the lane.
inline double cost(double asks, pacing::Age price) {
  const pacing::LaneDemand lane;
  return pacing::credits_of_hour({&lane, 1}, asks, price);
}

using PriceAt = std::function<pacing::Age(TimePoint, double spent)>;

inline pacing::Age ample(TimePoint, double) { return pacing::Age(0); }

// Spends minute by minute what `rhythm` costs at the price that is said, times `factor`; returns
// how much that was.
inline double spend(pacing::Pacer& pacer,
                    TimePoint from,
                    TimePoint until,
                    const Rhythm& rhythm,
                    const PriceAt& price_at = ample,
                    double factor = 1) {
  double spent = 0;
  double owed = 0;
  for (TimePoint now = from; now < until; now += std::chrono::minutes(1)) {
    pacing::Spending spending;
    spending.price = price_at(now, spent);
    spending.asks = rhythm(now) / 60;
    owed += cost(rhythm(now), spending.price) / 60 * factor;
    spending.renewals = {static_cast<std::int64_t>(owed)};
    owed -= std::floor(owed);
    spent += static_cast<double>(spending.renewals.count);
    pacer.note(spending, now);
  }
  return spent;
}

}  // namespace quotecached::test
