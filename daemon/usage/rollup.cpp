#include "usage/rollup.hpp"

namespace quotecached::usage {

UsageCounts& UsageCounts::operator+=(const UsageCounts& other) noexcept {
  for (const auto& [name, count] : kUsageColumns) this->*count += other.*count;
  for (std::size_t i = 0; i < kUsageLatencies; ++i) latencies[i] += other.latencies[i];
  return *this;
}

UsageCounts& UsageCounts::operator-=(const UsageCounts& other) noexcept {
  for (const auto& [name, count] : kUsageColumns) this->*count -= other.*count;
  for (std::size_t i = 0; i < kUsageLatencies; ++i) latencies[i] -= other.latencies[i];
  return *this;
}

}  // namespace quotecached::usage
