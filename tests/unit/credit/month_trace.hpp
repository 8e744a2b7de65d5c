// Thirty days of requests as clients make them: a rhythm of days and weeks, bursts of five to ten
// times as many, a few assets that everybody asks for and hundreds that hardly anybody does. The
// same seed gives the same month.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <span>
#include <vector>

#include "base/clock.hpp"

namespace quotecached::test {

using Asset = std::uint16_t;
inline constexpr std::size_t kAssets = 300;

// A Sunday, and the first of a month of 30 days.
inline const TimePoint kMonthStart{
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 1).time_since_epoch()};
inline constexpr int kMonthSeconds = 30 * 86400;

class MonthTrace {
 public:
  struct Request {
    int second;  // since the month began
    std::uint32_t first;
    std::uint32_t count;  // of assets
  };

  explicit MonthTrace(unsigned seed) : random_(seed) {
    double sum = 0;
    for (std::size_t rank = 1; rank <= kAssets; ++rank) {
      sum += 1 / static_cast<double>(rank);  // Zipf
      popularity_.push_back(sum);
    }
    for (int second = 0; second < kMonthSeconds; second += kStep) add(second);
  }

  [[nodiscard]] const std::vector<Request>& requests() const { return requests_; }
  [[nodiscard]] std::span<const Asset> assets(const Request& request) const {
    return std::span(assets_).subspan(request.first, request.count);
  }

 private:
  static constexpr int kStep = 60;             // seconds
  static constexpr double kPerSecond = 0.012;  // requests, on average without bursts
  static constexpr double kBurstsPerDay = 2;
  static constexpr double kMostAssets = 8;  // per request; few ask for many

  double draw() { return std::uniform_real_distribution<>(0, 1)(random_); }
  int whole(double below) { return static_cast<int>(draw() * below); }

  Asset popular() {
    const auto found =
        std::lower_bound(popularity_.begin(), popularity_.end(), draw() * popularity_.back());
    return static_cast<Asset>(std::min<std::ptrdiff_t>(found - popularity_.begin(), kAssets - 1));
  }

  // Of the average: busiest at two in the afternoon, a quarter at night, half on Sundays and
  // Saturdays.
  static double rhythm(int second) {
    const double hour = second % 86400 / 3600.0;
    const double daylight = std::max(0.0, std::sin((hour - 6) / 16 * std::numbers::pi));
    const int day = second / 86400 % 7;
    return (0.25 + (hour > 6 && hour < 22 ? 1.5 * daylight : 0)) *
           (day == 0 || day == 6 ? 0.5 : 1.15);
  }

  void add(int second) {
    if (second >= burst_until_) {
      burst_ = 1;
      if (draw() < kBurstsPerDay * kStep / 86400) {
        burst_ = 5 + 5 * draw();
        burst_until_ = second + 600 + whole(3000);
        hot_ = popular();
      }
    }
    const double expected = kPerSecond * rhythm(second) * burst_ * kStep;
    const int count = std::poisson_distribution<>(expected)(random_);
    std::vector<int> seconds;
    for (int i = 0; i < count; ++i) seconds.push_back(second + whole(kStep));
    std::sort(seconds.begin(), seconds.end());
    for (const int at : seconds) add_request(at);
  }

  void add_request(int second) {
    const double fraction = draw();
    const int count = 1 + static_cast<int>(fraction * fraction * kMostAssets);
    requests_.push_back(
        {second, static_cast<std::uint32_t>(assets_.size()), static_cast<std::uint32_t>(count)});
    for (int i = 0; i < count; ++i) {
      assets_.push_back(burst_ > 1 && draw() < 0.3 ? hot_ : popular());
    }
  }

  std::mt19937 random_;
  std::vector<double> popularity_;  // summed up
  double burst_ = 1;
  int burst_until_ = 0;
  Asset hot_ = 0;  // what the burst is about
  std::vector<Request> requests_;
  std::vector<Asset> assets_;
};

}  // namespace quotecached::test
