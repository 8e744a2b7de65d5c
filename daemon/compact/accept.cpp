#include "compact/accept.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/ascii.hpp"

namespace quotecached::compact {
namespace {

constexpr std::array<std::pair<std::string_view, Format>, 5> kTypes{{
    {"application/json", Format::Json},
    {"text/csv", Format::Csv},
    {"application/x-ndjson", Format::Ndjson},
    {"application/*", Format::Json},
    {"*/*", Format::Json},
}};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes what stands before `separator` off the front of `rest`.
std::string_view take(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const auto part = trimmed(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

// The weight among the parameters of a media type, in thousandths.
int weight_in(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto one = take(parameters, ';');
    if (one.size() < 3 || (one[0] != 'q' && one[0] != 'Q') || one[1] != '=') continue;
    double weight = 0;
    std::from_chars(one.data() + 2, one.data() + one.size(), weight);
    return static_cast<int>(std::clamp(weight, 0.0, 1.0) * 1000);
  }
  return 1000;
}

}  // namespace

Format format_accepted(std::string_view accept) {
  Format best = Format::Json;
  int best_weight = 0;
  while (!accept.empty()) {
    auto range = take(accept, ',');
    const auto type = take(range, ';');
    const auto* const known = std::ranges::find_if(
        kTypes, [&](const auto& one) { return equal_ignoring_case(one.first, type); });
    const auto weight = weight_in(range);
    if (known == kTypes.end() || weight <= best_weight) continue;
    best = known->second;
    best_weight = weight;
  }
  return best;
}

}  // namespace quotecached::compact
