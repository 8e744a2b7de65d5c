// How long an answer takes: a constant, or log-normal by its median and 99th percentile.
#pragma once

#include <chrono>
#include <optional>
#include <random>
#include <string_view>

namespace cmcsim {

class Latency {
 public:
  Latency() = default;
  // `25`, or `lognormal:80:400`, in milliseconds. Null when it is neither.
  [[nodiscard]] static std::optional<Latency> parse(std::string_view text);

  [[nodiscard]] std::chrono::microseconds draw(std::mt19937_64& random) const;

 private:
  double median_ms_ = 0;
  double sigma_ = 0;
};

}  // namespace cmcsim
