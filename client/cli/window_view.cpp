#include "cli/window_view.hpp"

#include "cli/figures.hpp"

namespace quotecache::cli {
namespace {

constexpr std::size_t kBarColumns = 16;

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

}  // namespace quotecache::cli
