#include "credit/governor.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "alert/alert_rows.hpp"
#include "credit/charge_count.hpp"
#include "credit/pattern_rows.hpp"
#include "store/reader.hpp"
#include "store/writer.hpp"

namespace quotecached::credit {
namespace {

constexpr std::chrono::minutes kObserveInterval{1};
constexpr std::chrono::minutes kSaveInterval{10};

struct Budget {
  ledger::WindowKind window;
  ledger::Closure closure;
};
constexpr Budget kBudgets[] = {{ledger::WindowKind::Day, ledger::Closure::Day},
                               {ledger::WindowKind::Month, ledger::Closure::Month}};

double spent_share(const ledger::WindowUse& use) {
  return use.cap > 0 ? static_cast<double>(use.spent) / static_cast<double>(use.cap) : 0.0;
}

// What the provider declared spent is spent, whatever the ledger counts; but for a closure that
// ends before its window, which may be about the window before.
ledger::WindowUses with_closures(const BookView& book) {
  ledger::WindowUses uses = book.uses;
  for (const auto& [window, closure] : kBudgets) {
    ledger::WindowUse& use = uses[index_of(window)];
    const auto& closed = book.closed[index_of(closure)];
    if (closed && closed->until >= use.window.end) use.spent = std::max(use.spent, use.cap);
  }
  return uses;
}

// Of the tightest cap; negative: there is none.
std::int64_t tightest_left(const ledger::WindowUses& uses) {
  std::int64_t left = -1;
  for (const auto& [window, closure] : kBudgets) {
    const ledger::WindowUse& use = uses[index_of(window)];
    if (use.cap > 0) left = left < 0 ? use.left() : std::min(left, use.left());
  }
  return left;
}

// A clock that stepped back starts the interval anew.
bool is_due(TimePoint& last, std::chrono::milliseconds interval, TimePoint now) {
  if (now >= last && now - last < interval) return false;
  last = now;
  return true;
}

}  // namespace

Result<GovernorState> load_governor_state(store::ReaderPool& readers,
                                          std::string_view account,
                                          TimePoint now) {
  auto pacing = load_pacing(readers, account);
  if (!pacing) return std::move(pacing).failure("pattern of demand");
  auto alerts = alert::load_alerts(readers, account, now);
  if (!alerts) return std::move(alerts).failure("alerts");
  auto order = load_mode_order(readers, account, now);
  if (!order) return std::move(order).failure("spend mode by hand");
  auto charges = count_charges(readers, account, now);
  if (!charges) return std::move(charges).failure("charges");
  return GovernorState{*pacing, std::move(*alerts), *order, *charges};
}

Governor::Governor(
    Parts parts, const GovernorState& state, Options options, const Clock& clock, Log log)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      clock_(clock),
      log_(std::move(log)),
      chooser_(options_.modes),
      pacer_(options_.pacing),
      alarms_(options_.alarms),
      mode_since_(clock.now()),
      observed_at_(mode_since_),
      charges_(state.charges),
      saved_at_(mode_since_),
      order_(state.order) {
  pacer_.restore(state.pacing);
  alarms_.restore(state.alerts, mode_since_);
  review();
}

void Governor::review() {
  const TimePoint now = clock_.now();
  keep_time(now);
  auto view = std::make_shared<CreditView>();
  view->at = now;
  view->book = parts_.book.view();
  if (parts_.clients != nullptr) view->clients = parts_.clients->uses();
  const ledger::WindowUses uses = with_closures(view->book);
  if (is_due(priced_at_, kObserveInterval, now)) price_ = pacer_.price(uses, now);
  const Decision decision = decide(uses, now);
  obey(decision, now);
  parts_.policy.publish_left(tightest_left(uses));
  view->policy = decision.policy;
  view->mode_since = mode_since_;
  view->mode_reason = decision.reason;
  for (const auto& [window, closure] : kBudgets)
    view->forecasts[index_of(window)] =
        pacer_.forecast(uses[index_of(window)], decision.policy.price, now);
  view->evidence = {pacer_.observed(), charges_};
  const alert::AlarmFacts what = facts(*view, uses);
  for (const alert::Alert& alert : alarms_.review(what, now)) raise(alert);
  view->alerts = alarms_.active();
  view->level = level_of(*view, uses);
  const MutexLock lock(mutex_);
  view_ = std::move(view);
}

void Governor::change(const Options& options) {
  options_.modes = options.modes;
  options_.alarms = options.alarms;
  chooser_.change(options_.modes);
  alarms_.change(options_.alarms);
  review();
}

Governor::Decision Governor::decide(const ledger::WindowUses& uses, TimePoint now) {
  const double stretch = pacer_.stretch(price_, now);
  // The chooser follows along while the mode is set by hand, so that it is right afterwards.
  const bool is_short = price_ > pacing::Age(0);
  const pacing::ModeChooser::Choice choice = chooser_.choose(uses, is_short, now);
  if (const auto by_hand = order(now))
    return {pacing::policy_of(by_hand->mode, price_, stretch, by_hand->until), "set by hand"};
  return {pacing::policy_of(choice.mode, price_, stretch), reason_for(choice, uses)};
}

std::string Governor::reason_for(const pacing::ModeChooser::Choice& choice,
                                 const ledger::WindowUses& uses) const {
  if (choice.mode == pacing::SpendMode::Normal) return "";
  if (!choice.because_of) return "credits would not last";
  const double share = spent_share(uses[index_of(*choice.because_of)]);
  const double begins = options_.modes.thresholds[0] - options_.modes.hysteresis;
  if (share < begins)
    return fmt::format("{}: credits would not last", to_string(*choice.because_of));
  return fmt::format("{}: {:.0f} % spent", to_string(*choice.because_of), std::floor(share * 100));
}

std::optional<ModeOrder> Governor::order(TimePoint now) {
  const MutexLock lock(mutex_);
  if (order_ && now >= order_->until) order_.reset();
  return order_;
}

// Submitted under the lock, so that of two orders the later one is kept.
void Governor::set_manual(std::optional<pacing::SpendMode> mode, std::chrono::milliseconds life) {
  const MutexLock lock(mutex_);
  order_.reset();
  if (mode) order_ = ModeOrder{*mode, clock_.now() + life};
  keep("spend mode by hand",
       [account = options_.account, order = order_](SQLite::Database& database) {
         put_mode_order(database, account, order);
       });
}

void Governor::keep(std::string_view what, std::function<void(SQLite::Database&)> job) {
  if (parts_.writer == nullptr) return;
  const auto log_failure = [log = log_, what](const Result<void>& result) {
    if (!result) log.error("not_stored", {{"what", what}, {"error", result.error().message}});
  };
  if (!parts_.writer->submit(std::move(job), log_failure))
    log_failure(fail(ErrorCode::Exhausted, "too much waits to be written"));
}

void Governor::obey(const Decision& decision, TimePoint now) {
  const pacing::SpendMode mode = decision.policy.mode;
  const pacing::SpendMode before = parts_.policy.get().mode;
  parts_.policy.publish(decision.policy);
  if (before == mode) return;
  mode_since_ = now;
  const auto fields = {Log::Field{"mode", to_string(mode)},
                       Log::Field{"before", to_string(before)},
                       Log::Field{"reason", decision.reason}};
  if (mode == pacing::SpendMode::Normal) return log_.info("spend_mode", fields);
  log_.warn("spend_mode", fields);
}

alert::AlarmFacts Governor::facts(const CreditView& view, const ledger::WindowUses& uses) {
  alert::AlarmFacts facts;
  facts.uses = uses;
  if (pacing::why_too_early(view.evidence).empty()) facts.forecasts = view.forecasts;
  facts.drifts = view.book.drift;
  for (const auto& [endpoint, price] : view.book.prices)
    if (price.is_mispriced) facts.mispriced[endpoint] = price.charged - price.predicted;
  facts.ledger_error = view.book.ledger_error;
  if (parts_.outage) facts.outage = parts_.outage();
  if (parts_.contradiction) facts.contradiction = parts_.contradiction();
  facts.key_error = view.book.key_error;
  facts.is_key_proven = view.book.is_key_proven;
  if (facts.key_error && parts_.why_key_refused)
    facts.key_error_reason = parts_.why_key_refused(*facts.key_error);
  return facts;
}

void Governor::raise(const alert::Alert& alert) {
  if (parts_.tell) parts_.tell(alert);
  keep("alert", [account = options_.account, alert](SQLite::Database& database) {
    alert::put_alert(database, account, alert);
  });
}

std::optional<alert::AlertLevel> Governor::level_of(const CreditView& view,
                                                    const ledger::WindowUses& uses) const {
  std::optional<alert::AlertLevel> worst;
  for (const alert::Alert& alert : view.alerts) worst = std::max(worst, std::optional(alert.level));
  for (const auto& [window, closure] : kBudgets) {
    const double share = spent_share(uses[index_of(window)]);
    if (share >= options_.alarms.warning)
      worst = std::max(worst, std::optional(alert::AlertLevel::Warning));
    if (share >= options_.alarms.critical) worst = alert::AlertLevel::Critical;
  }
  return worst;
}

void Governor::note(const CallRecord& record) {
  const Credits charged = record.outcome.charge.credits;
  const bool is_foreground = record.intent.purpose == ledger::Purpose::Miss;
  (is_foreground ? spending_.foreground : spending_.renewals) += charged;
  if (charged.count > 0) ++charges_;
  if (charged.count > 0 || !record.is_good()) review();
}

// What was asked for and spent in the last minute.
void Governor::observe(TimePoint now) {
  if (parts_.asked) {
    auto asked = parts_.asked();
    spending_.asks = asked.asks;
    pacer_.set_lanes(std::move(asked.lanes));
  }
  const pacing::SpendPolicy& policy = parts_.policy.get();
  spending_.renews = policy.rules.refreshes != pacing::Refreshes::None;
  spending_.price = policy.price;
  pacer_.note(std::exchange(spending_, {}), now);
}

void Governor::keep_time(TimePoint now) {
  if (is_due(observed_at_, kObserveInterval, now)) observe(now);
  if (is_due(saved_at_, kSaveInterval, now)) save();
}

void Governor::save() {
  keep("pattern of demand",
       [account = options_.account, memory = pacer_.memory()](SQLite::Database& database) {
         put_pacing(database, account, memory);
       });
}

std::shared_ptr<const CreditView> Governor::view() const {
  const MutexLock lock(mutex_);
  return view_;
}

}  // namespace quotecached::credit
