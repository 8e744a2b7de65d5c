#include "pacing/spend_mode.hpp"

#include <algorithm>

namespace quotecached::pacing {
namespace {

constexpr std::array<std::string_view, kSpendModes> kNames{
    "normal", "economise", "foreground_only", "cache_only"};

// How a window stands, in shares of its cap and of its length.
struct Standing {
  double spent = 0;
  double left = 0;
  double time_left = 0;
};

// What is held is not spent yet: most of it comes back.
Standing standing_of(const ledger::WindowUse& use, TimePoint now) {
  const double spent = static_cast<double>(use.spent) / static_cast<double>(use.cap);
  const std::chrono::duration<double> length = use.window.end - use.window.start;
  const std::chrono::duration<double> to_go = use.window.end - now;
  return {spent, std::max(0.0, 1 - spent), std::clamp(to_go / length, 0.0, 1.0)};
}

}  // namespace

std::string_view to_string(SpendMode mode) noexcept {
  return kNames.at(static_cast<std::size_t>(mode));
}

std::optional<SpendMode> parse_spend_mode(std::string_view word) noexcept {
  const auto* found = std::find(kNames.begin(), kNames.end(), word);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<SpendMode>(found - kNames.begin());
}

SpendRules rules_of(SpendMode mode) noexcept {
  switch (mode) {
    //                                      misses refreshes              ahead  saves
    case SpendMode::Normal: return {true, Refreshes::All, true, false};
    case SpendMode::Economise: return {true, Refreshes::Worthwhile, true, true};
    case SpendMode::ForegroundOnly: return {true, Refreshes::None, false, true};
    case SpendMode::CacheOnly: break;
  }
  return {false, Refreshes::None, false, true};
}

bool may_pay(const SpendRules& rules, ledger::Purpose purpose) noexcept {
  switch (purpose) {
    case ledger::Purpose::Miss: return rules.misses;
    case ledger::Purpose::Refresh: return rules.refreshes != Refreshes::None;
    case ledger::Purpose::Ahead: break;
  }
  return rules.ahead;
}

ModeChooser::Choice ModeChooser::choose(const ledger::WindowUses& uses,
                                        bool is_running_out,
                                        TimePoint now) {
  Choice choice;
  for (const ledger::WindowKind kind : {ledger::WindowKind::Day, ledger::WindowKind::Month}) {
    const auto index = static_cast<std::size_t>(kind);
    if (lasts_[index].window != uses[index].window) {
      lasts_[index] = {uses[index].window, SpendMode::Normal};
      ran_out_at_.reset();
    }
    const SpendMode mode = mode_of(uses[index], lasts_[index].mode, now);
    lasts_[index].mode = mode;
    if (mode > choice.mode) choice = {mode, kind};
  }
  if (choice.mode == SpendMode::Normal && runs_out(is_running_out, now)) {
    choice = {SpendMode::Economise, scarcest(uses, now)};
  }
  return choice;
}

SpendMode ModeChooser::mode_of(const ledger::WindowUse& use,
                               SpendMode before,
                               TimePoint now) const {
  if (use.cap <= 0) return SpendMode::Normal;
  const Standing stands = standing_of(use, now);
  for (std::size_t level = options_.thresholds.size(); level > 0; --level) {
    const auto mode = static_cast<SpendMode>(level);
    const bool is_in = before >= mode;
    const double threshold = options_.thresholds[level - 1];
    if (stands.spent < threshold - (is_in ? options_.hysteresis : 0)) continue;
    const double least =
        mode == SpendMode::ForegroundOnly ? options_.foreground_tolerance : options_.pace_tolerance;
    const double tolerance = least + (is_in ? options_.pace_hysteresis : 0);
    if (threshold >= 1 || stands.left < tolerance * stands.time_left) return mode;
  }
  return SpendMode::Normal;
}

bool ModeChooser::runs_out(bool is_running_out, TimePoint now) {
  if (is_running_out) ran_out_at_ = now;
  if (!ran_out_at_) return false;
  // A clock that stepped back ends it too.
  if (now < *ran_out_at_ || now >= *ran_out_at_ + options_.linger) ran_out_at_.reset();
  return ran_out_at_.has_value();
}

std::optional<ledger::WindowKind> ModeChooser::scarcest(const ledger::WindowUses& uses,
                                                        TimePoint now) const {
  std::optional<ledger::WindowKind> found;
  double least = 0;
  for (const ledger::WindowKind kind : {ledger::WindowKind::Day, ledger::WindowKind::Month}) {
    const ledger::WindowUse& use = uses[static_cast<std::size_t>(kind)];
    if (use.cap <= 0) continue;
    const Standing stands = standing_of(use, now);
    const double slack = stands.left - stands.time_left;
    if (found && slack >= least) continue;
    found = kind;
    least = slack;
  }
  return found;
}

}  // namespace quotecached::pacing
