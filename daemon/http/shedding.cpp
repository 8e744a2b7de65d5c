#include "http/shedding.hpp"

#include <algorithm>
#include <tuple>

namespace quotecached::http {
namespace {

bool may_go(const Standing& standing, Standing::Time now) {
  switch (standing.doing) {
    case Standing::Doing::Nothing: return true;
    case Standing::Doing::Sending:
    case Standing::Doing::Taking: return now - standing.since >= kStalled;
    case Standing::Doing::Waiting: break;
  }
  return false;
}

}  // namespace

std::vector<std::size_t> pick_to_shed(std::span<const Standing> connections,
                                      Standing::Time now,
                                      std::size_t most) {
  std::vector<std::size_t> picked;
  for (std::size_t i = 0; i < connections.size(); ++i)
    if (may_go(connections[i], now)) picked.push_back(i);
  const auto goes_before = [&](std::size_t a, std::size_t b) {
    const auto& one = connections[a];
    const auto& other = connections[b];
    return std::tie(one.doing, one.is_unix, one.since, a) <
           std::tie(other.doing, other.is_unix, other.since, b);
  };
  const auto end = picked.begin() + static_cast<std::ptrdiff_t>(std::min(most, picked.size()));
  std::partial_sort(picked.begin(), end, picked.end(), goes_before);
  picked.erase(end, picked.end());
  return picked;
}

std::size_t kept_free(std::size_t most) noexcept {
  return std::clamp<std::size_t>(most / 16, 2, 64);
}

Entry entry_when(std::size_t open, std::size_t most, bool is_unix) noexcept {
  if (open < most) return Entry::Any;
  const auto beyond = open - most;
  if (is_unix) return beyond < kept_free(most) ? Entry::Any : Entry::None;
  return beyond < kept_free(most) / 2 ? Entry::OwnRoutes : Entry::None;
}

}  // namespace quotecached::http
