#include "alert/observation.hpp"

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

Observation observation_of(AlertKind kind, std::string subject, TimePoint now) {
  Observation observation;
  observation.alert.kind = kind;
  observation.alert.subject = std::move(subject);
  observation.alert.at = now;
  return observation;
}

Observation observation_of(AlertKind kind,
                           ledger::WindowKind window,
                           const ledger::WindowUse& use,
                           TimePoint now) {
  Observation observation = observation_of(kind, std::string(to_string(window)), now);
  observation.alert.until = use.window.end;
  observation.cap = use.cap;
  return observation;
}

// A subject that is wrong or right, without shades.
void set_level(Observation& observation, bool is_wrong, AlertLevel level, double bound) {
  if (is_wrong) observation.reached = level;
  observation.kept = observation.reached;
  observation.bounds[static_cast<std::size_t>(level)] = bound;
}

std::optional<AlertLevel> level_of(double share, const Alarms::Options& options) {
  if (share >= options.critical) return AlertLevel::Critical;
  if (share >= options.warning) return AlertLevel::Warning;
  return std::nullopt;
}

// How much of a window is spent, without a level yet.
Observation observe_spent(AlertKind about,
                          ledger::WindowKind kind,
                          const ledger::WindowUse& use,
                          TimePoint now) {
  Observation observation = observation_of(about, kind, use, now);
  observation.alert.value = share_of(static_cast<double>(use.spent), use.cap);
  observation.over_message = say_spent_over(kind, use, false);
  observation.turn_message = say_spent_over(kind, use, true);
  return observation;
}

Observation observe_window(ledger::WindowKind kind,
                           const ledger::WindowUse& use,
                           const Alarms::Options& options,
                           TimePoint now) {
  Observation observation = observe_spent(AlertKind::Window, kind, use, now);
  observation.bounds = {options.warning, options.critical};
  if (use.cap > 0) {
    observation.reached = level_of(observation.alert.value, options);
    observation.kept = level_of(observation.alert.value + options.hysteresis, options);
  }
  observation.alert.message = say_spent(kind, use);
  return observation;
}

Observation observe_exhausted(ledger::WindowKind kind,
                              const ledger::WindowUse& use,
                              const Alarms::Options& options,
                              TimePoint now) {
  Observation observation = observe_spent(AlertKind::Exhausted, kind, use, now);
  const double share = observation.alert.value;
  observation.bounds[static_cast<std::size_t>(AlertLevel::Critical)] = options.exhausted;
  if (use.cap > 0 && share >= options.exhausted) observation.reached = AlertLevel::Critical;
  if (use.cap > 0 && share + options.hysteresis >= options.exhausted)
    observation.kept = AlertLevel::Critical;
  observation.alert.message = say_exhausted(kind, use);
  return observation;
}

Observation observe_forecast(ledger::WindowKind kind,
                             const ledger::WindowUse& use,
                             const pacing::Forecast& forecast,
                             const Alarms::Options& options,
                             TimePoint now) {
  Observation observation = observation_of(AlertKind::Forecast, kind, use, now);
  // A window that is spent already is no matter of forecasts.
  const bool is_open = use.cap > 0 && use.spent < use.cap;
  const auto length = use.window.end - use.window.start;
  const auto without = use.window.end - forecast.exhausted_at.value_or(use.window.end);
  const double dry = share_of(static_cast<double>(without.count()), length.count());
  if (is_open && dry > options.forecast_margin) observation.reached = AlertLevel::Warning;
  if (use.cap > 0 && dry > 0) observation.kept = AlertLevel::Warning;
  observation.must_last = options.forecast_lasts;
  observation.bounds[static_cast<std::size_t>(AlertLevel::Warning)] = 1.0;
  observation.alert.value = share_of(forecast.spent_at_end, use.cap);
  observation.alert.message = say_forecast(kind, use, forecast);
  observation.over_message = observation.turn_message = say_forecast_over(kind, use);
  return observation;
}

Observation observe_drift(ledger::WindowKind kind,
                          const ledger::WindowUse& use,
                          std::int64_t drift,
                          const Alarms::Options& options,
                          TimePoint now) {
  Observation observation = observation_of(AlertKind::Drift, std::string(to_string(kind)), now);
  const double bound = std::max(static_cast<double>(options.drift_credits),
                                options.drift_share * static_cast<double>(use.cap));
  set_level(observation, std::fabs(static_cast<double>(drift)) > bound, AlertLevel::Warning, bound);
  observation.alert.value = static_cast<double>(drift);
  observation.alert.message = say_drift(kind, drift);
  observation.over_message = say_drift_over(kind);
  return observation;
}

Observation observe_wrong_price(const std::string& endpoint, std::int64_t surplus, TimePoint now) {
  Observation observation = observation_of(AlertKind::Price, endpoint, now);
  set_level(observation, true, AlertLevel::Warning, 0);
  observation.alert.value = static_cast<double>(surplus);
  observation.alert.message = say_price(endpoint, surplus);
  return observation;
}

Observation observe_key(const AlarmFacts& facts, TimePoint now) {
  Observation observation = observation_of(AlertKind::Key, "", now);
  set_level(observation, facts.key_error.has_value(), AlertLevel::Critical, 0);
  observation.alert.value = static_cast<double>(facts.key_error.value_or(0));
  observation.is_proven_over = facts.is_key_proven;
  observation.alert.message = say_key(facts.key_error.value_or(0), facts.key_error_reason);
  observation.over_message = say_key_over();
  return observation;
}

Observation observe_ledger(const AlarmFacts& facts, TimePoint now) {
  Observation observation = observation_of(AlertKind::Ledger, "", now);
  set_level(observation, !facts.ledger_error.empty(), AlertLevel::Critical, 0);
  observation.alert.message = say_ledger(facts.ledger_error);
  observation.over_message = say_ledger_over();
  return observation;
}

Observation observe_reach(const AlarmFacts& facts, const Alarms::Options& options, TimePoint now) {
  using Seconds = std::chrono::duration<double>;
  Observation observation = observation_of(AlertKind::Unreachable, "", now);
  const Outage outage = facts.outage.value_or(Outage{now, now});
  // One call that failed long ago, and none since, says little.
  const auto lasted = outage.last - outage.since;
  set_level(observation,
            facts.outage && lasted >= options.unreachable_after,
            AlertLevel::Critical,
            Seconds(options.unreachable_after).count());
  if (facts.outage) observation.kept = AlertLevel::Critical;
  observation.alert.value = Seconds(lasted).count();
  observation.alert.message = say_unreachable(outage.since, outage.last);
  observation.over_message = say_unreachable_over();
  return observation;
}

Observation observe_doubt(const AlarmFacts& facts, const Alarms::Options& options, TimePoint now) {
  using Seconds = std::chrono::duration<double>;
  Observation observation = observation_of(AlertKind::Doubt, "", now);
  const Contradiction what = facts.contradiction.value_or(Contradiction{now, now, 0});
  const auto lasted = what.last - what.since;
  set_level(observation,
            facts.contradiction && lasted >= options.doubt_lasts,
            AlertLevel::Warning,
            Seconds(options.doubt_lasts).count());
  if (facts.contradiction) observation.kept = AlertLevel::Warning;
  observation.alert.value = Seconds(lasted).count();
  observation.alert.message = say_doubt(what);
  observation.over_message = say_doubt_over();
  return observation;
}

}  // namespace

std::vector<Observation> observe(const AlarmFacts& facts,
                                 const Alarms::Options& options,
                                 TimePoint now) {
  std::vector<Observation> observations;
  for (const ledger::WindowKind kind : kAlertedWindows) {
    const auto i = static_cast<std::size_t>(kind);
    const ledger::WindowUse& use = facts.uses[i];
    observations.push_back(observe_window(kind, use, options, now));
    observations.push_back(observe_exhausted(kind, use, options, now));
    observations.push_back(observe_forecast(kind, use, facts.forecasts[i], options, now));
    observations.push_back(observe_drift(kind, use, facts.drifts[i], options, now));
  }
  for (const auto& [endpoint, surplus] : facts.mispriced)
    observations.push_back(observe_wrong_price(endpoint, surplus, now));
  observations.push_back(observe_key(facts, now));
  observations.push_back(observe_ledger(facts, now));
  observations.push_back(observe_reach(facts, options, now));
  observations.push_back(observe_doubt(facts, options, now));
  return observations;
}

Observation observe_right_price(std::string_view endpoint, TimePoint now) {
  Observation observation = observation_of(AlertKind::Price, std::string(endpoint), now);
  set_level(observation, false, AlertLevel::Warning, 0);
  observation.over_message = say_price_over(endpoint);
  return observation;
}

}  // namespace quotecached::alert
