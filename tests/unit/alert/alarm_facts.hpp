// Facts that alerts are decided from, for their tests: all is well, and each thing that may be
// wrong.
#pragma once

#include <string>
#include <vector>

#include "alert/alarms.hpp"

namespace quotecached::test {

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached::alert;
using namespace quotecached::ledger;

inline constexpr std::size_t kDay = static_cast<std::size_t>(WindowKind::Day);
inline constexpr std::size_t kMonth = static_cast<std::size_t>(WindowKind::Month);
inline constexpr std::size_t kMinute = static_cast<std::size_t>(WindowKind::Minute);

inline constexpr TimePoint kNoon{sys_days(2026y / 11 / 21).time_since_epoch() + 12h};

// Nothing is wrong: caps of 30 requests a minute, 1,000 credits a day, 15,000 a month.
inline AlarmFacts calm(TimePoint now) {
  AlarmFacts facts;
  facts.uses[kMinute] = {minute_of(now), 30, 0, 0};
  facts.uses[kDay] = {day_of(now), 1000, 0, 0};
  facts.uses[kMonth] = {month_of(now), 15000, 0, 0};
  return facts;
}

inline AlarmFacts month_at(std::int64_t spent, TimePoint now) {
  AlarmFacts facts = calm(now);
  facts.uses[kMonth].spent = spent;
  return facts;
}

inline Alarms::Options instant() {
  Alarms::Options options;
  options.forecast_lasts = 0ms;
  return options;
}

// "+warning", "+critical", "-critical": what was raised and what recovered, in order.
inline std::string said(const std::vector<Alert>& alerts) {
  std::string text;
  for (const Alert& alert : alerts) {
    if (!text.empty()) text += ' ';
    text += alert.is_recovery ? '-' : '+';
    text += to_string(alert.level);
  }
  return text;
}

// One kind of trouble that is there or not, without shades.
struct Trouble {
  const char* name;
  AlertKind kind;
  AlertLevel level;
  const char* subject;
  void (*strike)(AlarmFacts& facts, TimePoint now);
  double value;
};

inline constexpr Trouble kTroubles[] = {
    {"drift of the month",
     AlertKind::Drift,
     AlertLevel::Warning,
     "month",
     [](AlarmFacts& facts, TimePoint) { facts.drifts[kMonth] = 151; },
     151},
    {"drift of the day, fewer",
     AlertKind::Drift,
     AlertLevel::Warning,
     "day",
     [](AlarmFacts& facts, TimePoint) { facts.drifts[kDay] = -11; },
     -11},
    {"price",
     AlertKind::Price,
     AlertLevel::Warning,
     "v2.quotes",
     [](AlarmFacts& facts, TimePoint) { facts.mispriced["v2.quotes"] = 7; },
     7},
    {"key",
     AlertKind::Key,
     AlertLevel::Critical,
     "",
     [](AlarmFacts& facts, TimePoint) { facts.key_error = 1001; },
     1001},
    {"ledger",
     AlertKind::Ledger,
     AlertLevel::Critical,
     "",
     [](AlarmFacts& facts, TimePoint) { facts.ledger_error = "disk full"; },
     0},
    {"unreachable",
     AlertKind::Unreachable,
     AlertLevel::Critical,
     "",
     [](AlarmFacts& facts, TimePoint now) { facts.outage = Outage{now - 5min, now}; },
     300},
    {"doubt",
     AlertKind::Doubt,
     AlertLevel::Warning,
     "",
     [](AlarmFacts& facts, TimePoint now) {
       facts.contradiction = Contradiction{now - 2min, now, 3};
     },
     120},
};

inline AlarmFacts struck(const Trouble& trouble, TimePoint now) {
  AlarmFacts facts = calm(now);
  trouble.strike(facts, now);
  return facts;
}

}  // namespace quotecached::test
