#include <array>
#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include "alert/notifier.hpp"
#include "app/parts.hpp"
#include "credit/governor.hpp"

namespace quotecached::app {
namespace {

using ledger::WindowKind;
using metrics::Labels;
using metrics::Page;

constexpr std::array kWindows = {WindowKind::Minute, WindowKind::Day, WindowKind::Month};

double number(std::int64_t count) { return static_cast<double>(count); }

constexpr double kNever = std::numeric_limits<double>::infinity();

double seconds_of(TimePoint time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

// Without a cap as much may be spent as one likes.
double or_endless(const ledger::WindowUse& use, std::int64_t count) {
  return use.cap == 0 ? kNever : number(count);
}

void write_minute(const ledger::WindowUse& use, Page& page) {
  page.gauge("quotecached_minute_spent_requests", "Requests made this minute", number(use.spent));
  page.gauge("quotecached_minute_held_requests", "Of calls under way", number(use.held));
  page.gauge("quotecached_minute_cap_requests",
             "Requests that may be made a minute",
             or_endless(use, use.cap));
  page.gauge("quotecached_minute_left_requests",
             "Requests that may still be made this minute",
             or_endless(use, use.left()));
}

void write_budget(const credit::CreditView& view, WindowKind kind, Page& page) {
  const auto& use = view.book.uses[index_of(kind)];
  const Labels labels = {{"window", std::string(to_string(kind))}};
  page.gauge(
      "quotecached_window_spent_credits", "Credits spent in the window", number(use.spent), labels);
  page.gauge("quotecached_window_held_credits",
             "Credits held by calls under way",
             number(use.held),
             labels);
  page.gauge("quotecached_window_cap_credits",
             "Credits that may be spent in the window",
             or_endless(use, use.cap),
             labels);
  page.gauge("quotecached_window_left_credits",
             "Credits that may still be spent in the window",
             or_endless(use, use.left()),
             labels);
  page.gauge("quotecached_credit_drift",
             "Credits by which the provider counted more at the last reading",
             number(view.book.drift[index_of(kind)]),
             labels);
  const auto& at = view.forecasts[index_of(kind)].exhausted_at;
  page.gauge("quotecached_window_exhausted_time_seconds",
             "When the cap is reached, as foretold; +Inf: not before the window turns",
             at ? seconds_of(*at) : kNever,
             labels);
}

void write_window(const credit::CreditView& view, WindowKind kind, Page& page) {
  const Labels labels = {{"window", std::string(to_string(kind))}};
  page.gauge("quotecached_window_closed",
             "1 while the provider says that the window is spent",
             view.book.closed[index_of(kind)] ? 1 : 0,
             labels);
  page.gauge("quotecached_window_reset_time_seconds",
             "When the window turns",
             seconds_of(view.book.uses[index_of(kind)].window.end),
             labels);
  if (kind == WindowKind::Minute) {
    write_minute(view.book.uses[index_of(kind)], page);
  } else {
    write_budget(view, kind, page);
  }
}

void write_mode(const credit::CreditView& view, Page& page) {
  for (std::size_t i = 0; i < pacing::kSpendModes; ++i) {
    const auto mode = static_cast<pacing::SpendMode>(i);
    page.gauge("quotecached_spend_mode",
               "1 for the mode that holds",
               mode == view.policy.mode ? 1 : 0,
               {{"mode", std::string(to_string(mode))}});
  }
  page.gauge("quotecached_credit_price_seconds",
             "The age, summed up over what clients are served, that a credit must save; 0: ample",
             view.policy.price.count());
  page.gauge("quotecached_freshness_stretch",
             "Freshness is stretched by this factor",
             view.policy.stretch);
}

void write_alerts(const credit::CreditView& view, Page& page) {
  std::array<double, 2> active{};  // by level
  for (const auto& alert : view.alerts) ++active[static_cast<std::size_t>(alert.level)];
  for (const auto level : {alert::AlertLevel::Warning, alert::AlertLevel::Critical}) {
    page.gauge("quotecached_alerts_active",
               "Alerts raised and not over",
               active[static_cast<std::size_t>(level)],
               {{"level", std::string(to_string(level))}});
  }
}

void write_prices(const credit::CreditView& view,
                  const std::vector<std::string>& endpoints,
                  Page& page) {
  auto prices = view.book.prices;
  for (const auto& name : endpoints) prices[name];
  for (const auto& [endpoint, price] : prices) {
    const Labels labels = {{"endpoint", endpoint}};
    page.counter("quotecached_price_checks_total",
                 "Calls whose price was compared",
                 static_cast<double>(price.checked),
                 labels);
    page.counter("quotecached_price_mismatches_total",
                 "Of these, charged otherwise than foretold",
                 static_cast<double>(price.mismatches),
                 labels);
    page.counter("quotecached_credits_predicted_total",
                 "Credits foretold for these calls",
                 number(price.predicted),
                 labels);
    page.counter("quotecached_credits_compared_total",
                 "Credits charged for these calls",
                 number(price.charged),
                 labels);
  }
}

void write_sinks(const Parts& parts, Page& page) {
  for (const auto& counts : parts.notifier->counts()) {
    const Labels labels = {{"sink", std::string(counts.sink)}};
    page.counter("quotecached_alerts_sent_total",
                 "Alerts delivered",
                 static_cast<double>(counts.sent),
                 labels);
    page.counter("quotecached_alerts_failed_total",
                 "Tries to deliver an alert that failed",
                 static_cast<double>(counts.failed),
                 labels);
    page.counter("quotecached_alerts_dropped_total",
                 "Alerts given up",
                 static_cast<double>(counts.dropped),
                 labels);
    page.gauge("quotecached_alerts_queued",
               "Alerts that wait to be delivered",
               static_cast<double>(counts.queued),
               labels);
  }
}

}  // namespace

void write_credits(const Parts& parts, Page& page) {
  write_sinks(parts, page);
  const auto view = parts.governor->view();
  if (!view) return;
  for (const auto kind : kWindows) write_window(*view, kind, page);
  page.gauge("quotecached_credit_holds", "Calls under way", static_cast<double>(view->book.holds));
  page.gauge("quotecached_ledger_up",
             "1 while the ledger can be written",
             view->book.ledger_error.empty() ? 1 : 0);
  write_mode(*view, page);
  write_alerts(*view, page);
  write_prices(*view, called_endpoints(parts), page);
}

}  // namespace quotecached::app
