#include "load/page_text.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_set>

namespace quotecached::load {
namespace {

template <class Number>
std::optional<Number> number_at(std::string_view text) {
  Number number{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<double> metric_sum(std::string_view page, std::string_view name) {
  std::optional<double> sum;
  while (!page.empty()) {
    const auto line = page.substr(0, page.find('\n'));
    page.remove_prefix(std::min(line.size() + 1, page.size()));
    if (!line.starts_with(name)) continue;
    const auto rest = line.substr(name.size());
    if (!rest.starts_with(' ') && !rest.starts_with('{')) continue;
    const auto value = number_at<double>(line.substr(line.rfind(' ') + 1));
    if (value) sum = sum.value_or(0) + *value;
  }
  return sum;
}

std::vector<std::int64_t> ids_in(std::string_view answer) {
  constexpr std::string_view kSign = "\"id\":";
  std::vector<std::int64_t> ids;
  std::unordered_set<std::int64_t> seen;
  for (auto at = answer.find(kSign); at != std::string_view::npos; at = answer.find(kSign, at)) {
    at += kSign.size();
    const auto id = number_at<std::int64_t>(answer.substr(at));
    if (id && *id > 0 && seen.insert(*id).second) ids.push_back(*id);
  }
  return ids;
}

}  // namespace quotecached::load
