#include "cli/forecast_view.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "cli/csv.hpp"
#include "cli/facts.hpp"
#include "cli/figures.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "cli/window_view.hpp"

namespace quotecache::cli {
namespace {

using Align = Column::Align;

constexpr std::size_t kWindowLabel = 8;  // columns before a forecast's sentence

// In a good case the window may last, and there is no latest time.
std::string band(const Forecast& forecast) {
  if (!forecast.earliest) return {};
  const std::string earliest = minute_text(*forecast.earliest);
  if (!forecast.latest) return fmt::format(" (not before {})", earliest);
  return fmt::format(" (between {} and {})", earliest, minute_text(*forecast.latest));
}

std::string exhaustion(const Window& window, const Forecast& forecast, TimePoint at) {
  return fmt::format("will be spent at {} UTC{}, {} before its reset",
                     minute_text(at),
                     band(forecast),
                     duration_text(window.ends_at - at));
}

std::string endurance(const Window& window, const Forecast& forecast) {
  const std::string expected = grouped(forecast.spent_at_end, 0);
  const std::int64_t cap = window.cap.value_or(0);
  if (cap <= 0)
    return fmt::format("no limit; {} {} are expected by its reset", expected, window.unit);
  return fmt::format("lasts until its reset, by when {} {} are expected, {} of {}",
                     expected,
                     window.unit,
                     percent_text(forecast.spent_at_end / static_cast<double>(cap)),
                     grouped(cap));
}

std::string sentence(const Window& window, const Forecast& forecast, TimePoint now) {
  if (!forecast.exhausted_at) return endurance(window, forecast);
  if (*forecast.exhausted_at <= now)
    return fmt::format("is spent, {} before its reset", duration_text(window.ends_at - now));
  return exhaustion(window, forecast, *forecast.exhausted_at);
}

std::string forecast_table(const Credits& credits, const Look& look) {
  Table table({{"WINDOW", Align::Left, 0},
               {"EXPECTED", Align::Left, 3},
               {"%", Align::Right, 1},
               {"SPENT", Align::Right, 4},
               {"BY THEN", Align::Right, 0},
               {"CAP", Align::Right, 2},
               {"RESETS (UTC)", Align::Left, 5},
               {"SPENT AT (UTC)", Align::Left, 0},
               {"EARLIEST", Align::Left, 6},
               {"LATEST", Align::Left, 6}});
  const auto moment = [](const std::optional<TimePoint>& time) {
    return Cell{time ? minute_text(*time) : "-"};
  };
  for (const Window& window : credits.windows) {
    if (!window.forecast) continue;
    const auto share = used_share(std::llround(window.forecast->spent_at_end), 0, window.cap);
    table.add_row({{clean(window.name, look)},
                   bar_cell(share, look),
                   percent_cell(share),
                   {grouped(window.spent)},
                   {grouped(window.forecast->spent_at_end, 0)},
                   count_cell(window.cap),
                   {minute_text(window.ends_at)},
                   moment(window.forecast->exhausted_at),
                   moment(window.forecast->earliest),
                   moment(window.forecast->latest)});
  }
  return table.render(look);
}

}  // namespace

std::string forecast_lines(const Credits& credits, const Look& look) {
  std::string text;
  for (const Window& window : credits.windows) {
    const auto& forecast = window.forecast;
    const std::string says =
        forecast ? sentence(window, *forecast, credits.at) : window.forecast_missing;
    if (says.empty()) continue;
    const Tone tone = forecast && forecast->exhausted_at ? Tone::Warning : Tone::Plain;
    text += painted(pad_right(clean(window.name, look), kWindowLabel), tone, look) +
            paragraph(clean(says, look), kWindowLabel, look);
  }
  return text;
}

std::string forecast_text(const Credits& credits, const Look& look) {
  const std::string lines = forecast_lines(credits, look);
  if (lines.empty()) return "No forecast yet: no window is limited, or too little was spent.\n";
  const bool has_some = std::any_of(credits.windows.begin(),
                                    credits.windows.end(),
                                    [](const Window& window) { return window.forecast; });
  const std::string table = has_some ? forecast_table(credits, look) + '\n' : "";
  return heading(credits, look) + '\n' + table + lines + '\n' + mode_fact(credits, look) +
         freshness_fact(credits, look);
}

std::string forecast_csv(const Credits& credits) {
  Csv csv({"at",
           "window",
           "unit",
           "spent",
           "cap",
           "ends_at",
           "exhausted_at",
           "earliest",
           "latest",
           "spent_at_end",
           "missing"});
  for (const Window& window : credits.windows) {
    const auto& forecast = window.forecast;
    if (!forecast && window.forecast_missing.empty()) continue;
    const Forecast told = forecast.value_or(Forecast{});
    csv.field(credits.at).field(window.name).field(window.unit).field(window.spent);
    csv.field(window.cap).field(window.ends_at).field(told.exhausted_at);
    csv.field(told.earliest).field(told.latest);
    csv.field(forecast ? std::optional(told.spent_at_end) : std::nullopt);
    csv.field(window.forecast_missing).end_line();
  }
  return std::move(csv).text();
}

}  // namespace quotecache::cli
