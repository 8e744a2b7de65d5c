#include "alert/alarm_sights.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "alert/alert_text.hpp"

namespace quotecached::alert {
namespace {

constexpr ledger::WindowKind kAlertedWindows[] = {ledger::WindowKind::Day,
                                                  ledger::WindowKind::Month};

double share_of(double part, std::int64_t whole) {
  return whole > 0 && std::isfinite(part) ? part / static_cast<double>(whole) : 0.0;
}

Sight sight_of(AlertKind kind, std::string subject, TimePoint now) {
  Sight sight;
  sight.alert.kind = kind;
  sight.alert.subject = std::move(subject);
  sight.alert.at = now;
  return sight;
}

Sight sight_of(AlertKind kind,
               ledger::WindowKind window,
               const ledger::WindowUse& use,
               TimePoint now) {
  Sight sight = sight_of(kind, std::string(to_string(window)), now);
  sight.alert.until = use.window.end;
  sight.cap = use.cap;
  return sight;
}

// A subject that is wrong or right, without shades.
void settle(Sight& sight, bool is_wrong, AlertLevel level, double bound) {
  if (is_wrong) sight.reached = level;
  sight.kept = sight.reached;
  sight.bounds[static_cast<std::size_t>(level)] = bound;
}

std::optional<AlertLevel> level_of(double share, const Alarms::Options& options) {
  if (share >= options.critical) return AlertLevel::Critical;
  if (share >= options.warning) return AlertLevel::Warning;
  return std::nullopt;
}

// How much of a window is spent, without a level yet.
Sight see_spent(AlertKind about,
                ledger::WindowKind kind,
                const ledger::WindowUse& use,
                TimePoint now) {
  Sight sight = sight_of(about, kind, use, now);
  sight.alert.value = share_of(static_cast<double>(use.spent), use.cap);
  sight.over_message = say_spent_over(kind, use, false);
  sight.turn_message = say_spent_over(kind, use, true);
  return sight;
}

Sight see_window(ledger::WindowKind kind,
                 const ledger::WindowUse& use,
                 const Alarms::Options& options,
                 TimePoint now) {
  Sight sight = see_spent(AlertKind::Window, kind, use, now);
  sight.bounds = {options.warning, options.critical};
  if (use.cap > 0) {
    sight.reached = level_of(sight.alert.value, options);
    sight.kept = level_of(sight.alert.value + options.hysteresis, options);
  }
  sight.alert.message = say_spent(kind, use);
  return sight;
}

Sight see_exhausted(ledger::WindowKind kind,
                    const ledger::WindowUse& use,
                    const Alarms::Options& options,
                    TimePoint now) {
  Sight sight = see_spent(AlertKind::Exhausted, kind, use, now);
  const double share = sight.alert.value;
  sight.bounds[static_cast<std::size_t>(AlertLevel::Critical)] = options.exhausted;
  if (use.cap > 0 && share >= options.exhausted) sight.reached = AlertLevel::Critical;
  if (use.cap > 0 && share + options.hysteresis >= options.exhausted)
    sight.kept = AlertLevel::Critical;
  sight.alert.message = say_exhausted(kind, use);
  return sight;
}

Sight see_forecast(ledger::WindowKind kind,
                   const ledger::WindowUse& use,
                   const pacing::Forecast& forecast,
                   const Alarms::Options& options,
                   TimePoint now) {
  Sight sight = sight_of(AlertKind::Forecast, kind, use, now);
  // A window that is spent already is no matter of forecasts.
  const bool is_open = use.cap > 0 && use.spent < use.cap;
  const auto length = use.window.end - use.window.start;
  const auto without = use.window.end - forecast.exhausted_at.value_or(use.window.end);
  const double dry = share_of(static_cast<double>(without.count()), length.count());
  if (is_open && dry > options.forecast_margin) sight.reached = AlertLevel::Warning;
  if (use.cap > 0 && dry > 0) sight.kept = AlertLevel::Warning;
  sight.must_last = options.forecast_lasts;
  sight.bounds[static_cast<std::size_t>(AlertLevel::Warning)] = 1.0;
  sight.alert.value = share_of(forecast.spent_at_end, use.cap);
  sight.alert.message = say_forecast(kind, use, forecast);
  sight.over_message = sight.turn_message = say_forecast_over(kind, use);
  return sight;
}

Sight see_drift(ledger::WindowKind kind,
                const ledger::WindowUse& use,
                std::int64_t drift,
                const Alarms::Options& options,
                TimePoint now) {
  Sight sight = sight_of(AlertKind::Drift, std::string(to_string(kind)), now);
  const double bound = std::max(static_cast<double>(options.drift_credits),
                                options.drift_share * static_cast<double>(use.cap));
  settle(sight, std::fabs(static_cast<double>(drift)) > bound, AlertLevel::Warning, bound);
  sight.alert.value = static_cast<double>(drift);
  sight.alert.message = say_drift(kind, drift);
  sight.over_message = say_drift_over(kind);
  return sight;
}

Sight see_wrong_price(const std::string& endpoint, std::int64_t surplus, TimePoint now) {
  Sight sight = sight_of(AlertKind::Price, endpoint, now);
  settle(sight, true, AlertLevel::Warning, 0);
  sight.alert.value = static_cast<double>(surplus);
  sight.alert.message = say_price(endpoint, surplus);
  return sight;
}

Sight see_key(const AlarmFacts& facts, TimePoint now) {
  Sight sight = sight_of(AlertKind::Key, "", now);
  settle(sight, facts.key_error.has_value(), AlertLevel::Critical, 0);
  sight.alert.value = static_cast<double>(facts.key_error.value_or(0));
  sight.alert.message = say_key(facts.key_error.value_or(0), facts.key_error_reason);
  sight.over_message = say_key_over();
  return sight;
}

Sight see_ledger(const AlarmFacts& facts, TimePoint now) {
  Sight sight = sight_of(AlertKind::Ledger, "", now);
  settle(sight, !facts.ledger_error.empty(), AlertLevel::Critical, 0);
  sight.alert.message = say_ledger(facts.ledger_error);
  sight.over_message = say_ledger_over();
  return sight;
}

Sight see_reach(const AlarmFacts& facts, const Alarms::Options& options, TimePoint now) {
  using Seconds = std::chrono::duration<double>;
  Sight sight = sight_of(AlertKind::Unreachable, "", now);
  const Outage outage = facts.outage.value_or(Outage{now, now});
  // One call that failed long ago, and none since, says little.
  const auto lasted = outage.last - outage.since;
  settle(sight,
         facts.outage && lasted >= options.unreachable_after,
         AlertLevel::Critical,
         Seconds(options.unreachable_after).count());
  if (facts.outage) sight.kept = AlertLevel::Critical;
  sight.alert.value = Seconds(lasted).count();
  sight.alert.message = say_unreachable(outage.since, outage.last);
  sight.over_message = say_unreachable_over();
  return sight;
}

}  // namespace

std::vector<Sight> look(const AlarmFacts& facts, const Alarms::Options& options, TimePoint now) {
  std::vector<Sight> sights;
  for (const ledger::WindowKind kind : kAlertedWindows) {
    const auto i = static_cast<std::size_t>(kind);
    const ledger::WindowUse& use = facts.uses[i];
    sights.push_back(see_window(kind, use, options, now));
    sights.push_back(see_exhausted(kind, use, options, now));
    sights.push_back(see_forecast(kind, use, facts.forecasts[i], options, now));
    sights.push_back(see_drift(kind, use, facts.drifts[i], options, now));
  }
  for (const auto& [endpoint, surplus] : facts.mispriced)
    sights.push_back(see_wrong_price(endpoint, surplus, now));
  sights.push_back(see_key(facts, now));
  sights.push_back(see_ledger(facts, now));
  sights.push_back(see_reach(facts, options, now));
  return sights;
}

Sight see_right_price(std::string_view endpoint, TimePoint now) {
  Sight sight = sight_of(AlertKind::Price, std::string(endpoint), now);
  settle(sight, false, AlertLevel::Warning, 0);
  sight.over_message = say_price_over(endpoint);
  return sight;
}

}  // namespace quotecached::alert
