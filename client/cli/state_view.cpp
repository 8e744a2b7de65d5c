#include "cli/state_view.hpp"

#include <cstdlib>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/csv.hpp"
#include "cli/facts.hpp"
#include "cli/figures.hpp"
#include "cli/forecast_view.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "cli/window_view.hpp"

namespace quotecache::cli {
namespace {

using Align = Column::Align;

std::string section(std::string_view title, const std::string& body, const Look& look) {
  if (body.empty()) return {};
  return '\n' + painted(title, Tone::Strong, look) + '\n' + body;
}

std::string source_text(const Plan& plan) {
  if (plan.source == "key_info") return "limits as the provider tells them";
  if (plan.source == "preset") return "limits of the preset";
  if (plan.source == "explicit") return "limits as set";
  if (plan.source == "unknown") return "limits not known yet";
  return "limits from " + plan.source;
}

std::string plan_fact(const Credits& credits, const Look& look) {
  const Plan& plan = credits.plan;
  std::string text = plan.name + ", " + source_text(plan);
  if (plan.read_at) text += fmt::format(", read {} ago", duration_text(credits.at - *plan.read_at));
  if (!plan.error.empty()) text += "; cannot be read: " + plan.error;
  return fact("Plan", text, plan.error.empty() ? Tone::Plain : Tone::Warning, look);
}

std::string calls_fact(const Credits& credits, const Look& look) {
  if (credits.holds == 0) return {};
  return fact("Calls", fmt::format("{} under way", credits.holds), Tone::Plain, look);
}

// What the day and the month cost so far.
std::string cost_fact(const Credits& credits, const Look& look) {
  std::string text;
  for (const Window& window : credits.windows) {
    if (!window.money_spent) continue;
    text += fmt::format("{}{} this {}",
                        text.empty() ? "" : ", ",
                        money_text(*window.money_spent, credits.currency),
                        window.name);
  }
  if (text.empty()) return {};
  return fact("Cost", text, Tone::Plain, look);
}

std::string windows_table(const Credits& credits, const Look& look) {
  Table table({{"WINDOW", Align::Left, 0},
               {"USED", Align::Left, 4},
               {"%", Align::Right, 1},
               {"SPENT", Align::Right, 0},
               {"HELD", Align::Right, 7},
               {"LEFT", Align::Right, 2},
               {"CAP", Align::Right, 3},
               {"UNIT", Align::Left, 8},
               {"RESETS (UTC)", Align::Left, 6},
               {"IN", Align::Right, 5},
               {"EXPECTED BY THEN", Align::Right, 9}});
  for (const Window& window : credits.windows) {
    const auto share = used_share(window.spent, window.held, window.cap);
    const auto& forecast = window.forecast;
    table.add_row({{clean(window.name, look)},
                   bar_cell(share, look),
                   percent_cell(share),
                   {grouped(window.spent)},
                   {grouped(window.held)},
                   count_cell(window.left),
                   count_cell(window.cap),
                   {clean(window.unit, look)},
                   {minute_text(window.ends_at)},
                   {duration_text(window.ends_at - credits.at)},
                   {forecast ? grouped(forecast->spent_at_end, 0) : "-"}});
  }
  return table.render(look);
}

std::string closed_windows(const Credits& credits, const Look& look) {
  std::string text;
  for (const Window& window : credits.windows) {
    if (!window.closed_until) continue;
    const std::string sentence = fmt::format("{} closed by the provider (error {}) until {} UTC",
                                             window.name,
                                             window.error_code,
                                             minute_text(*window.closed_until));
    text += fact("Closed", sentence, Tone::Bad, look);
  }
  return text;
}

std::string drift_text(std::int64_t drift, std::string_view when) {
  return fmt::format("{} {} {}", grouped(std::abs(drift)), drift > 0 ? "more" : "fewer", when);
}

std::string drift_fact(const Credits& credits, const Look& look) {
  std::string text;
  if (credits.day_drift != 0) text = drift_text(credits.day_drift, "today");
  if (credits.month_drift != 0)
    text += (text.empty() ? "" : ", ") + drift_text(credits.month_drift, "this month");
  if (text.empty()) return {};
  return fact(
      "Drift", "the provider counts other credits than the ledger: " + text, Tone::Warning, look);
}

std::string price_facts(const Credits& credits, const Look& look) {
  std::string text;
  for (const PriceCheck& price : credits.prices) {
    if (!price.is_mispriced) continue;
    const std::string sentence =
        fmt::format("{}: {} of {} calls cost otherwise than predicted ({} credits, not {})",
                    price.endpoint,
                    grouped(price.mismatches),
                    grouped(price.checked),
                    grouped(price.charged),
                    grouped(price.predicted));
    text += fact("Price", sentence, Tone::Warning, look);
  }
  return text;
}

std::string key_fact(const Credits& credits, const Look& look) {
  if (!credits.key_refused) return {};
  const std::string text = fmt::format("the provider refuses it (error {}), tried again at {} UTC",
                                       credits.key_refused->error_code,
                                       minute_text(credits.key_refused->until));
  return fact("Key", text, Tone::Bad, look);
}

std::string problems(const Credits& credits, const Look& look) {
  std::string text = key_fact(credits, look) + closed_windows(credits, look);
  if (!credits.ledger_works)
    text += fact("Ledger", "cannot be written: " + credits.ledger_error, Tone::Bad, look);
  return text + drift_fact(credits, look) + price_facts(credits, look);
}

std::string alert_lines(const Credits& credits, const Look& look) {
  std::string text;
  for (const Alert& alert : credits.alerts) {
    if (alert.is_recovery) continue;
    const std::string sentence = fmt::format("{} (since {})", alert.message, minute_text(alert.at));
    text += fact(to_string(alert.level), sentence, tone_of(alert.level), look);
  }
  return text;
}

std::string clients_table(const Credits& credits, const Look& look) {
  if (credits.clients.empty()) return {};
  Table table({{"CLIENT", Align::Left, 0, 16},
               {"WINDOW", Align::Left, 0},
               {"USED", Align::Left, 3},
               {"%", Align::Right, 1},
               {"SPENT", Align::Right, 0},
               {"HELD", Align::Right, 5},
               {"LEFT", Align::Right, 2},
               {"CAP", Align::Right, 2},
               {"RESETS (UTC)", Align::Left, 4}});
  for (const ClientShare& share : credits.clients) {
    for (const ClientWindow& window : share.windows) {
      const auto used = used_share(window.spent, window.held, window.cap);
      table.add_row({{clean(share.client, look)},
                     {clean(window.name, look)},
                     bar_cell(used, look),
                     percent_cell(used),
                     {grouped(window.spent)},
                     {grouped(window.held)},
                     count_cell(window.left),
                     count_cell(window.cap),
                     {minute_text(window.ends_at)}});
    }
  }
  return table.render(look);
}

}  // namespace

std::string state_text(const Credits& credits, const Look& look) {
  std::string text = heading(credits, look) + '\n';
  text += mode_fact(credits, look) + freshness_fact(credits, look) + plan_fact(credits, look) +
          calls_fact(credits, look) + cost_fact(credits, look) + '\n';
  text += credits.windows.empty() ? "No window is counted.\n" : windows_table(credits, look);
  text += section("Forecast", forecast_lines(credits, look), look);
  text += section("Problems", problems(credits, look), look);
  text += section("Alerts", alert_lines(credits, look), look);
  text += section("Clients", clients_table(credits, look), look);
  return text;
}

std::string order_text(const ModeState& ordered) {
  if (ordered.mode == SpendMode::Automatic)
    return "The spend mode is chosen automatically again.\n";
  std::string text = fmt::format("Spend mode {} is ordered", to_string(ordered.mode));
  if (ordered.manual_until)
    text += fmt::format(" until {} UTC", second_text(*ordered.manual_until));
  return text + ".\n";
}

std::string state_csv(const Credits& credits) {
  Csv csv({"at",
           "level",
           "mode",
           "price_of_credit",
           "stretch",
           "window",
           "unit",
           "starts_at",
           "ends_at",
           "cap",
           "spent",
           "held",
           "left",
           "closed_until",
           "error_code",
           "money_spent",
           "currency"});
  for (const Window& window : credits.windows) {
    csv.field(credits.at).field(to_string(credits.level)).field(to_string(credits.mode.mode));
    csv.field(credits.price_of_credit).field(credits.stretch);
    csv.field(window.name).field(window.unit).field(window.starts_at).field(window.ends_at);
    csv.field(window.cap).field(window.spent).field(window.held);
    csv.field(window.left).field(window.closed_until).field(window.error_code);
    csv.field(window.money_spent).field(window.money_spent ? credits.currency : "").end_line();
  }
  return std::move(csv).text();
}

}  // namespace quotecache::cli
