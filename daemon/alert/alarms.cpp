#include "alert/alarms.hpp"

#include <algorithm>
#include <utility>

#include "alert/observation.hpp"

namespace quotecached::alert {
namespace {

constexpr std::size_t index(AlertLevel level) { return static_cast<std::size_t>(level); }

constexpr AlertLevel kLevels[] = {AlertLevel::Warning, AlertLevel::Critical};

// A clock that stepped back shows no negative span.
bool has_passed(TimePoint since, std::chrono::milliseconds span, TimePoint now) {
  return now < since || now - since >= span;
}

Alert raised(const Observation& observation, AlertLevel level) {
  Alert alert = observation.alert;
  alert.level = level;
  alert.bound = observation.bounds[index(level)].value_or(0);
  return alert;
}

Alert recovery_of(const Alert& active, const Observation& observation, bool has_turned) {
  Alert alert = observation.alert;
  alert.level = active.level;
  alert.is_recovery = true;
  alert.bound = active.bound;
  alert.message = has_turned ? observation.turn_message : observation.over_message;
  return alert;
}

}  // namespace

std::vector<Alert> Alarms::review(const AlarmFacts& facts, TimePoint now) {
  std::vector<Alert> due;
  for (const Observation& observation : observe(facts, options_, now)) decide(observation, due);
  for (const auto& [subject, memory] : memories_) {
    const auto& [kind, endpoint] = subject;
    if (kind == AlertKind::Price && memory.active && !facts.mispriced.contains(endpoint))
      decide(observe_right_price(endpoint, now), due);
  }
  return due;
}

// Whether a level was told is remembered for one window and one cap: the same share of another cap
// is news, unless it is active at the moment.
void Alarms::forget(Memory& memory, const Observation& observation) {
  const bool is_other_cap = memory.cap && memory.cap != observation.cap;
  if (memory.until != observation.alert.until) {
    memory.was_told = {};
  } else if (is_other_cap) {
    for (const AlertLevel level : kLevels)
      memory.was_told[index(level)] = memory.active && level <= memory.active->level;
  }
  memory.until = observation.alert.until;
  memory.cap = observation.cap;
}

bool Alarms::may_tell(const Memory& memory, const Observation& observation, AlertLevel level) {
  if (memory.was_told[index(level)]) return false;
  if (observation.alert.until) return true;
  return !memory.told_at || has_passed(*memory.told_at, kRepeat, observation.alert.at);
}

// The ledger knows its windows from the start; all else must show itself anew.
bool Alarms::may_recover(const Memory& memory,
                         const Observation& observation,
                         bool has_turned) const {
  if (observation.alert.kind == AlertKind::Window || observation.is_proven_over) return true;
  if (has_turned || !memory.is_unseen) return true;
  return has_passed(restored_at_, kUnseen, observation.alert.at);
}

void Alarms::lower(Memory& memory, const Observation& observation, std::vector<Alert>& due) const {
  if (!memory.active) return;
  const bool has_turned = memory.until != observation.alert.until;
  const bool is_over = !observation.kept || (has_turned && !observation.reached);
  if (is_over && may_recover(memory, observation, has_turned)) {
    if (memory.is_recovery_due) due.push_back(recovery_of(*memory.active, observation, has_turned));
    memory.is_recovery_due = false;
    memory.active.reset();
    if (!observation.alert.until) memory.was_told = {};
  } else if (observation.kept && *observation.kept < memory.active->level) {
    memory.active = raised(observation, *observation.kept);
  }
}

void Alarms::decide(const Observation& observation, std::vector<Alert>& due) {
  Memory& memory = memories_[{observation.alert.kind, observation.alert.subject}];
  lower(memory, observation, due);
  forget(memory, observation);
  if (!observation.reached) memory.seen_since.reset();
  if (!observation.reached) return;
  const TimePoint now = observation.alert.at;
  memory.is_unseen = false;
  memory.seen_since = std::min(memory.seen_since.value_or(now), now);
  if (!has_passed(*memory.seen_since, observation.must_last, now)) return;
  for (const AlertLevel level : kLevels) {
    if (level > *observation.reached || !observation.bounds[index(level)]) continue;
    const Alert alert = raised(observation, level);
    if (may_tell(memory, observation, level)) {
      memory.was_told[index(level)] = true;
      memory.told_at = now;
      memory.is_recovery_due = true;
      memory.active = alert;
      due.push_back(alert);
    } else if (!memory.active || memory.active->level < level) {
      memory.active = alert;
    }
  }
}

void Alarms::restore(const std::vector<Alert>& history, TimePoint now) {
  restored_at_ = now;
  for (const Alert& alert : history) {
    Memory& memory = memories_[{alert.kind, alert.subject}];
    if (memory.until != alert.until) memory.was_told = {};
    memory.until = alert.until;
    memory.is_recovery_due = !alert.is_recovery;
    if (alert.is_recovery) {
      memory.active.reset();
      if (!alert.until) memory.was_told = {};
      continue;
    }
    memory.was_told[index(alert.level)] = true;
    memory.told_at = alert.at;
    memory.active = alert;
    memory.is_unseen = true;
  }
}

std::vector<Alert> Alarms::active() const {
  std::vector<Alert> alerts;
  for (const auto& [subject, memory] : memories_)
    if (memory.active) alerts.push_back(*memory.active);
  std::ranges::stable_sort(alerts, {}, &Alert::at);
  return alerts;
}

}  // namespace quotecached::alert
