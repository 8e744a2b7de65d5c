#include "cli/history_view.hpp"

#include <vector>

#include <fmt/format.h>

#include "cli/csv.hpp"
#include "cli/figures.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "cli/window_view.hpp"

namespace quotecache::cli {
namespace {

using Align = Column::Align;

std::string older(const std::optional<std::string>& next, const Look& look) {
  return next ? fmt::format("\nOlder ones: --cursor {}\n", clean(*next, look)) : std::string{};
}

std::string empty_state(std::string_view what, std::string_view cursor) {
  return fmt::format("No {}{} are recorded.\n", cursor.empty() ? "" : "older ", what);
}

Tone tone_of_state(const Call& call) { return call.state == "lost" ? Tone::Warning : Tone::Plain; }

Tone tone_of_error(const Call& call) {
  return call.error_code.value_or(0) != 0 ? Tone::Warning : Tone::Plain;
}

// A share or an amount; the code of an error as the provider writes it.
std::string figure_text(const Alert& alert, double value) {
  return alert.kind == "key" ? fmt::format("{:.0f}", value) : credits_text(value);
}

// Nothing came back yet, or ever: no figure, rather than a nought.
Cell answered(const std::optional<std::int64_t>& value) {
  const std::int64_t figure = value.value_or(0);
  return {figure == 0 ? "-" : fmt::to_string(figure)};
}

std::vector<Cell> cells_of(const Call& call, const Look& look) {
  const bool is_under_way = call.state == "held";
  return {{second_text(call.at)},
          {clean(call.endpoint, look)},
          {clean(call.cause, look)},
          {clean(call.client, look)},
          count_cell(call.credits),
          {grouped(call.predicted)},
          {clean(call.state, look), tone_of_state(call)},
          is_under_way ? Cell{"-"} : count_cell(call.took_ms),
          count_cell(call.assets),
          {call.riding == 0 ? std::string("-") : grouped(call.riding)},
          answered(call.http_status),
          {answered(call.error_code).text, tone_of_error(call)},
          {fmt::to_string(call.id)}};
}

std::vector<Cell> total_of(const CallsPage& page) {
  std::int64_t credits = 0;
  std::int64_t predicted = 0;
  for (const Call& call : page.calls) {
    credits += call.credits.value_or(0);
    predicted += call.predicted;
  }
  const std::size_t count = page.calls.size();
  const std::string label = fmt::format("{} call{}", count, count == 1 ? "" : "s");
  return {
      {label}, {}, {}, {}, {grouped(credits)}, {grouped(predicted)}, {}, {}, {}, {}, {}, {}, {}};
}

std::vector<Cell> cells_of(const Alert& alert, const Look& look) {
  const Tone tone = alert.is_recovery ? Tone::Good : tone_of(alert.level);
  return {{second_text(alert.at)},
          {std::string(to_string(alert.level)), tone},
          {alert.is_recovery ? "recovered" : "raised", tone},
          {clean(alert.kind, look)},
          {clean(alert.subject, look)},
          {figure_text(alert, alert.value)},
          {figure_text(alert, alert.bound)},
          {alert.until ? minute_text(*alert.until) : "-"},
          {clean(alert.message, look)}};
}

}  // namespace

std::string calls_table(const CallsPage& page, std::string_view cursor, const Look& look) {
  if (page.calls.empty()) return empty_state("calls to the provider", cursor);
  Table table({{"AT (UTC)", Align::Left, 0},
               {"ENDPOINT", Align::Left, 0, 20},
               {"CAUSE", Align::Left, 1},
               {"CLIENT", Align::Left, 5, 12},
               {"CREDITS", Align::Right, 0},
               {"PREDICTED", Align::Right, 8},
               {"STATE", Align::Left, 2},
               {"MS", Align::Right, 3},
               {"ASSETS", Align::Right, 7},
               {"RIDING", Align::Right, 10},
               {"HTTP", Align::Right, 4},
               {"ERROR", Align::Right, 6},
               {"ID", Align::Right, 9}});
  for (const Call& call : page.calls) table.add_row(cells_of(call, look));
  table.set_total(total_of(page));
  return table.render(look) + older(page.next, look);
}

std::string alerts_table(const AlertsPage& page, std::string_view cursor, const Look& look) {
  if (page.alerts.empty() && page.next)
    return "None here that this version knows.\n" + older(page.next, look);
  if (page.alerts.empty()) return empty_state("alerts", cursor);
  Table table({{"AT (UTC)", Align::Left, 0},
               {"LEVEL", Align::Left, 0},
               {"STATE", Align::Left, 1},
               {"KIND", Align::Left, 3},
               {"SUBJECT", Align::Left, 2},
               {"VALUE", Align::Right, 5},
               {"BOUND", Align::Right, 6},
               {"UNTIL (UTC)", Align::Left, 4},
               {"MESSAGE", Align::Left, 0, 36, true}});
  for (const Alert& alert : page.alerts) table.add_row(cells_of(alert, look));
  return table.render(look) + older(page.next, look);
}

std::string calls_csv(const CallsPage& page) {
  Csv csv({"id",
           "at",
           "endpoint",
           "client",
           "cause",
           "credits",
           "predicted",
           "state",
           "took_ms",
           "http_status",
           "error_code",
           "assets",
           "riding"});
  for (const Call& call : page.calls) {
    csv.field(call.id).field(call.at).field(call.endpoint).field(call.client).field(call.cause);
    csv.field(call.credits).field(call.predicted).field(call.state).field(call.took_ms);
    csv.field(call.http_status).field(call.error_code).field(call.assets);
    csv.field(call.riding).end_line();
  }
  return std::move(csv).text();
}

std::string alerts_csv(const AlertsPage& page) {
  Csv csv({"id", "at", "kind", "level", "subject", "state", "value", "bound", "until", "message"});
  for (const Alert& alert : page.alerts) {
    csv.field(alert.id).field(alert.at).field(alert.kind).field(to_string(alert.level));
    csv.field(alert.subject).field(std::string_view(alert.is_recovery ? "recovered" : "raised"));
    csv.field(alert.value).field(alert.bound).field(alert.until).field(alert.message).end_line();
  }
  return std::move(csv).text();
}

}  // namespace quotecache::cli
