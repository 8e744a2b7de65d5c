#include "demand/demand.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace quotecached::test {
namespace {

constexpr int kStep = 60;  // seconds that are drawn together
constexpr int kDay = 86400;

double one_peak(double hour) {
  const double daylight = std::max(0.0, std::sin((hour - 6) / 16 * std::numbers::pi));
  return 0.25 + (hour > 6 && hour < 22 ? 1.5 * daylight : 0);
}

// Bells about the peaks, on the circle of a day.
double two_peaks(double hour) {
  const auto bell = [hour](double peak, double width) {
    const double apart = std::remainder(hour - peak, 24.0) / width;
    return std::exp(-apart * apart / 2);
  };
  return 0.3 + 2.2 * bell(9.5, 1.6) + 1.7 * bell(21, 2);
}

}  // namespace

DemandShape steady_month() { return {}; }

DemandShape drifting_month() {
  DemandShape shape;
  shape.day = DemandShape::Day::TwoPeaks;
  shape.per_second = 0.0135;
  shape.bursts_per_day = 0.5;
  shape.burst_least = 12;
  shape.burst_spread = 12;
  shape.hot_share = 0.9;
  shape.taste_lasts = std::chrono::hours(7 * 24);
  shape.taste_share = 0.3;
  return shape;
}

DemandShape restless_day() {
  DemandShape shape;
  shape.start += std::chrono::days(2);  // a Tuesday
  shape.days = 1;
  shape.assets = 2000;
  shape.per_second = 0.25;
  shape.taste_lasts = std::chrono::hours(1);
  shape.taste_share = 0.2;
  return shape;
}

Demand::Demand(const DemandShape& shape, unsigned seed) : shape_(shape), random_(seed) {
  double sum = 0;
  for (std::size_t place = 0; place < shape_.assets; ++place) {
    sum += 1 / static_cast<double>(place + 1);  // Zipf
    popularity_.push_back(sum);
    places_.push_back(static_cast<Asset>(place));
  }
  const auto lasts = static_cast<int>(shape_.taste_lasts.count());
  for (int second = 0; second < shape_.days * kDay; second += kStep) {
    if (lasts > 0 && second > 0 && second % lasts == 0) change_tastes();
    add(second);
  }
}

Asset Demand::popular() {
  const auto found =
      std::lower_bound(popularity_.begin(), popularity_.end(), draw() * popularity_.back());
  const auto last = static_cast<std::ptrdiff_t>(popularity_.size()) - 1;
  return places_[static_cast<std::size_t>(std::min(found - popularity_.begin(), last))];
}

double Demand::rhythm(int second) const {
  if (shape_.day == DemandShape::Day::Flat) return 1;
  const double hour = second % kDay / 3600.0;
  const std::chrono::weekday day{
      std::chrono::floor<std::chrono::days>(shape_.start + std::chrono::seconds(second))};
  const bool is_weekend = day == std::chrono::Saturday || day == std::chrono::Sunday;
  const double of_day = shape_.day == DemandShape::Day::OnePeak ? one_peak(hour) : two_peaks(hour);
  return of_day * (is_weekend ? 0.5 : 1.15);
}

// Pairs of assets change places, so that some rise and as many fall.
void Demand::change_tastes() {
  const double pairs = shape_.taste_share * static_cast<double>(shape_.assets) / 2;
  for (int i = 0; i < static_cast<int>(pairs); ++i) {
    const auto one = static_cast<std::size_t>(whole(static_cast<double>(shape_.assets)));
    const auto other = static_cast<std::size_t>(whole(static_cast<double>(shape_.assets)));
    std::swap(places_[one], places_[other]);
  }
}

void Demand::begin_burst(int second) {
  burst_ = shape_.burst_least + shape_.burst_spread * draw();
  burst_until_ = second + 600 + whole(3000);
  hot_ = popular();
}

void Demand::add(int second) {
  if (second >= burst_until_) {
    burst_ = 1;
    if (draw() < shape_.bursts_per_day * kStep / kDay) begin_burst(second);
  }
  const double expected = shape_.per_second * rhythm(second) * burst_ * kStep;
  const int count = std::poisson_distribution<>(expected)(random_);
  std::vector<int> seconds;
  for (int i = 0; i < count; ++i) seconds.push_back(second + whole(kStep));
  std::sort(seconds.begin(), seconds.end());
  for (const int at : seconds) add_request(at);
}

void Demand::add_request(int second) {
  const double fraction = draw();
  const int count = 1 + static_cast<int>(fraction * fraction * shape_.most_assets);
  requests_.push_back(
      {second, static_cast<std::uint32_t>(assets_.size()), static_cast<std::uint32_t>(count)});
  for (int i = 0; i < count; ++i)
    assets_.push_back(burst_ > 1 && draw() < shape_.hot_share ? hot_ : popular());
}

}  // namespace quotecached::test
