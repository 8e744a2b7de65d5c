#include "coding/choice.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace quotecached::coding {
namespace {

bool begins_with(std::string_view text, std::string_view start) noexcept {
  return equal_ignoring_case(text.substr(0, start.size()), start);
}

bool ends_with(std::string_view text, std::string_view end) noexcept {
  return text.size() >= end.size() &&
         equal_ignoring_case(text.substr(text.size() - end.size()), end);
}

// What the client gives the most weight, what we prefer among equals.
Coding best_of(const Accepted& accepted, const Levels& levels) noexcept {
  auto best = Coding::Identity;
  std::uint16_t weight = 0;
  for (const auto coding : kPreferred) {
    if (levels.of(coding) <= 0 || accepted.of(coding) <= weight) continue;
    best = coding;
    weight = accepted.of(coding);
  }
  return best;
}

}  // namespace

bool is_compressible(std::string_view content_type) noexcept {
  auto type = content_type.substr(0, std::min(content_type.find(';'), content_type.size()));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  if (begins_with(type, "text/")) return !equal_ignoring_case(type, "text/event-stream");
  if (ends_with(type, "+json") || ends_with(type, "+xml")) return true;
  constexpr std::string_view kTexts[] = {
      "application/json", "application/x-ndjson", "application/xml", "application/javascript"};
  return std::ranges::any_of(
      kTexts, [type](std::string_view text) { return equal_ignoring_case(type, text); });
}

Coding choose(const Accepted& accepted,
              std::string_view content_type,
              std::size_t size,
              const Rules& rules) noexcept {
  const bool is_worth_it = size >= rules.min_size || (accepted.refuses_identity && size > 0);
  if (!is_worth_it) return Coding::Identity;
  const auto best = best_of(accepted, rules.levels);
  if (best == Coding::Identity) return best;
  const bool prefers_identity =
      !accepted.refuses_identity && accepted.of(Coding::Identity) > accepted.of(best);
  return !prefers_identity && is_compressible(content_type) ? best : Coding::Identity;
}

}  // namespace quotecached::coding
