#include "usage/question.hpp"

#include <algorithm>
#include <array>

namespace quotecached::usage {
namespace {

constexpr std::array<std::string_view, 5> kWords{"endpoint", "client", "asset", "cause", "day"};

}  // namespace

std::string_view to_string(ReportBy by) noexcept { return kWords[static_cast<std::size_t>(by)]; }

std::optional<ReportBy> parse_report_by(std::string_view word) noexcept {
  const auto at = std::ranges::find(kWords, word);
  if (at == kWords.end()) return std::nullopt;
  return static_cast<ReportBy>(at - kWords.begin());
}

}  // namespace quotecached::usage
