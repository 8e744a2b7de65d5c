#include "latency.hpp"

#include <charconv>
#include <cmath>

namespace cmcsim {

namespace {

// The 99th percentile of the standard normal distribution.
constexpr double kP99 = 2.3263478740408408;

std::optional<double> non_negative(std::string_view text) {
  double value = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end || !(value >= 0)) return std::nullopt;
  return value;
}

}  // namespace

std::optional<Latency> Latency::parse(std::string_view text) {
  constexpr std::string_view prefix = "lognormal:";
  Latency latency;
  if (!text.starts_with(prefix)) {
    const auto constant = non_negative(text);
    if (!constant) return std::nullopt;
    latency.median_ms_ = *constant;
    return latency;
  }
  text.remove_prefix(prefix.size());
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto median = non_negative(text.substr(0, colon));
  const auto p99 = non_negative(text.substr(colon + 1));
  if (!median || !p99 || *median <= 0 || *p99 < *median) return std::nullopt;
  latency.median_ms_ = *median;
  latency.sigma_ = std::log(*p99 / *median) / kP99;
  return latency;
}

std::chrono::microseconds Latency::draw(std::mt19937_64& random) const {
  double milliseconds = median_ms_;
  if (sigma_ > 0) {
    milliseconds = std::lognormal_distribution<>(std::log(median_ms_), sigma_)(random);
  }
  return std::chrono::microseconds(std::llround(milliseconds * 1000));
}

}  // namespace cmcsim
