#include "cli/window_view.hpp"

#include <fmt/format.h>

#include "cli/figures.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

constexpr std::size_t kBarColumns = 16;
constexpr std::size_t kLabel = 8;  // columns before a forecast's sentence

std::string exhaustion(const Window& window, const Forecast& forecast, TimePoint at) {
  std::string text = fmt::format("will be spent at {} UTC", minute_text(at));
  if (forecast.earliest && forecast.latest)
    text += fmt::format(
        " (between {} and {})", minute_text(*forecast.earliest), minute_text(*forecast.latest));
  return text + fmt::format(", {} before its reset", duration_text(window.ends_at - at));
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

std::string sentence(const Window& window, const Forecast& forecast) {
  if (!forecast.exhausted_at) return endurance(window, forecast);
  return exhaustion(window, forecast, *forecast.exhausted_at);
}

}  // namespace

std::optional<double> used_share(std::int64_t spent,
                                 std::int64_t held,
                                 const std::optional<std::int64_t>& cap) {
  if (!cap) return std::nullopt;
  if (*cap <= 0) return 1.0;
  return static_cast<double>(spent + held) / static_cast<double>(*cap);
}

Tone tone_of(const std::optional<double>& share) {
  if (!share) return Tone::Plain;
  if (*share >= 0.9) return Tone::Bad;
  return *share >= 0.8 ? Tone::Warning : Tone::Good;
}

Tone tone_of(Level level) {
  switch (level) {
    case Level::Ok: return Tone::Good;
    case Level::Warning: return Tone::Warning;
    case Level::Critical: return Tone::Bad;
  }
  return Tone::Plain;
}

Cell bar_cell(const std::optional<double>& share, const Look& look) {
  if (!share) return {};
  return {bar(*share, kBarColumns, look), tone_of(share)};
}

Cell percent_cell(const std::optional<double>& share) {
  if (!share) return {"-"};
  return {percent_text(*share), tone_of(share)};
}

Cell count_cell(const std::optional<std::int64_t>& value) {
  return {value ? grouped(*value) : "-"};
}

std::string forecast_lines(const Credits& credits, const Look& look) {
  std::string text;
  for (const Window& window : credits.windows) {
    if (!window.forecast) continue;
    const Tone tone = window.forecast->exhausted_at ? Tone::Warning : Tone::Plain;
    text += painted(pad_right(clean(window.name, look), kLabel), tone, look) +
            paragraph(clean(sentence(window, *window.forecast), look), kLabel, look);
  }
  return text;
}

}  // namespace quotecache::cli
