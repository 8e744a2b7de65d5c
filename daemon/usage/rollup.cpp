#include "usage/rollup.hpp"

#include <numeric>

namespace quotecached::usage {

std::int64_t UsageCounts::all_hits() const noexcept {
  return std::accumulate(hits.begin(), hits.end(), std::int64_t{0});
}

UsageCounts& UsageCounts::operator+=(const UsageCounts& other) noexcept {
  for (const auto& [name, count] : kUsageColumns) this->*count += other.*count;
  for (std::size_t i = 0; i < hits.size(); ++i) hits[i] += other.hits[i];
  for (std::size_t i = 0; i < kUsageLatencies; ++i) latencies[i] += other.latencies[i];
  return *this;
}

UsageCounts& UsageCounts::operator-=(const UsageCounts& other) noexcept {
  for (const auto& [name, count] : kUsageColumns) this->*count -= other.*count;
  for (std::size_t i = 0; i < hits.size(); ++i) hits[i] -= other.hits[i];
  for (std::size_t i = 0; i < kUsageLatencies; ++i) latencies[i] -= other.latencies[i];
  return *this;
}

AgeCounts& AgeCounts::operator+=(const AgeCounts& other) noexcept {
  asks += other.asks;
  age_ms += other.age_ms;
  return *this;
}

AgeCounts& AgeCounts::operator-=(const AgeCounts& other) noexcept {
  asks -= other.asks;
  age_ms -= other.age_ms;
  return *this;
}

}  // namespace quotecached::usage
