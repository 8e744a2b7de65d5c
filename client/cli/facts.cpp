#include "cli/facts.hpp"

#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include "cli/figures.hpp"
#include "cli/text.hpp"
#include "cli/window_view.hpp"

namespace quotecache::cli {
namespace {

constexpr std::size_t kFactLabel = 11;  // columns before a fact's text

}  // namespace

std::string fact(std::string_view label, std::string_view text, Tone tone, const Look& look) {
  return painted(pad_right(label, kFactLabel), tone, look) +
         paragraph(clean(text, look), kFactLabel, look);
}

std::string heading(const Credits& credits, const Look& look) {
  return fmt::format("{} {} UTC: {}\n",
                     painted("Credits", Tone::Strong, look),
                     second_text(credits.at),
                     painted(to_string(credits.level), tone_of(credits.level), look));
}

std::string mode_fact(const Credits& credits, const Look& look) {
  const ModeState& mode = credits.mode;
  std::string text = fmt::format("{} since {}", to_string(mode.mode), minute_text(mode.since));
  if (mode.manual_until) text += fmt::format(" until {}", minute_text(*mode.manual_until));
  if (!mode.reason.empty()) text += fmt::format(" ({})", mode.reason);
  const bool saves = mode.mode != SpendMode::Normal && mode.mode != SpendMode::Automatic;
  return fact("Mode", text, saves ? Tone::Warning : Tone::Plain, look);
}

std::string freshness_fact(const Credits& credits, const Look& look) {
  const bool is_stretched = std::abs(credits.stretch - 1) >= 0.005;
  const bool has_price = credits.price_of_credit > 0;
  std::string text = "as set";
  if (has_price) text = fmt::format("a credit must save {:.0f} s of age", credits.price_of_credit);
  if (is_stretched) {
    const auto how = fmt::format("copies live {:.2f} times as long", credits.stretch);
    text = has_price ? text + "; " + how : how;
  }
  const bool is_scarce = has_price || is_stretched;
  return fact("Freshness", text, is_scarce ? Tone::Warning : Tone::Plain, look);
}

}  // namespace quotecache::cli
