#include "credit/pacer.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace quotecached::credit {
namespace {

using std::chrono::hours;
using HoursLong = std::chrono::duration<double, hours::period>;

constexpr double kEightInTen = 1.2816;  // standard deviations around the mean of a normal
constexpr double kWidest = 2;           // an hour's stretch goes up or down by this at most
constexpr int kSteps = 20;              // of the bisection: a millionth of the range

// How long each hour of the week still comes until `window` ends, in hours.
std::array<double, kHoursOfWeek> hours_left(const Window& window, TimePoint now) {
  std::array<double, kHoursOfWeek> left{};
  const auto last = std::chrono::floor<hours>(window.end);
  const auto first = std::chrono::floor<hours>(now);
  if (now >= window.end) return left;
  const std::int64_t whole = (last - first).count();
  constexpr std::int64_t kWeek = kHoursOfWeek;
  left.fill(static_cast<double>(whole / kWeek));
  const std::size_t at = hour_of_week(now);
  for (std::size_t i = 0; i < static_cast<std::size_t>(whole % kWeek); ++i) {
    left[(at + i) % kHoursOfWeek] += 1;
  }
  left[at] -= HoursLong(now - first).count();
  left[hour_of_week(window.end)] += HoursLong(window.end - last).count();
  return left;
}

// By how much an hour's stretch departs from the base: freshness for given credits is best where
// the time between fetches goes with one over the square root of the rate of readers.
double shape_of(double demand, double mean) {
  if (demand <= 0 || mean <= 0) return 1;
  return std::clamp(std::sqrt(mean / demand), 1 / kWidest, kWidest);
}

}  // namespace

struct Pacer::Outlook {
  Demand::Expected expected;
  std::array<double, kHoursOfWeek> left{};   // hours
  std::array<double, kHoursOfWeek> shape{};  // of the stretch
  double budget = 0;
};

Pacer::Pacer(Options options) : options_(options), demand_(options.pattern_half_life) {}

void Pacer::note(Credits charged, double stretch, TimePoint now) {
  demand_.note(static_cast<double>(charged.count) * std::max(1.0, stretch), now);
}

Pacer::Outlook Pacer::outlook(const WindowUse& use, TimePoint now) const {
  Outlook result;
  const double left = static_cast<double>(use.left());
  const double to_go = HoursLong(use.window.end - now).count();
  result.expected = demand_.expected(use.cap > 0 && to_go > 0 ? left / to_go : 0);
  result.left = hours_left(use.window, now);
  double mean = 0;
  for (const double hour : result.expected.hours) mean += hour / kHoursOfWeek;
  for (std::size_t hour = 0; hour < kHoursOfWeek; ++hour) {
    result.shape[hour] = shape_of(result.expected.hours[hour], mean);
  }
  result.budget = left * (1 - options_.safety);
  return result;
}

double Pacer::stretch_at(double base, double shape) const noexcept {
  if (base >= options_.max_stretch) return options_.max_stretch;
  return std::min(options_.max_stretch, 1 + (base - 1) * shape);
}

double Pacer::base_of(const Outlook& outlook) const {
  const auto fits = [&](double base) {
    double cost = 0;
    for (std::size_t hour = 0; hour < kHoursOfWeek; ++hour) {
      cost +=
          outlook.expected.hours[hour] * outlook.left[hour] / stretch_at(base, outlook.shape[hour]);
    }
    return cost <= outlook.budget;
  };
  double low = 1;
  if (fits(low)) return low;
  double high = options_.max_stretch;
  for (int step = 0; step < kSteps; ++step) {
    const double middle = (low + high) / 2;
    (fits(middle) ? high : low) = middle;
  }
  return high;
}

double Pacer::base(const WindowUses& uses, TimePoint now) const {
  double result = 1;
  for (const WindowKind kind : {WindowKind::Day, WindowKind::Month}) {
    const WindowUse& use = uses[static_cast<std::size_t>(kind)];
    if (use.cap > 0) result = std::max(result, base_of(outlook(use, now)));
  }
  return result;
}

double Pacer::stretch(const WindowUses& uses, TimePoint now) const {
  double result = 1;
  for (const WindowKind kind : {WindowKind::Day, WindowKind::Month}) {
    const WindowUse& use = uses[static_cast<std::size_t>(kind)];
    if (use.cap <= 0) continue;
    const Outlook ahead = outlook(use, now);
    result = std::max(result, stretch_at(base_of(ahead), ahead.shape[hour_of_week(now)]));
  }
  return result;
}

Forecast Pacer::forecast(const WindowUse& use, double base, TimePoint now) const {
  const Outlook ahead = outlook(use, now);
  const auto left = static_cast<double>(use.left());
  Forecast result;
  double mean = 0;
  double variance = 0;
  for (TimePoint at = now; at < use.window.end;) {
    const TimePoint next =
        std::min<TimePoint>(std::chrono::floor<hours>(at) + hours(1), use.window.end);
    const std::size_t hour = hour_of_week(at);
    const double cost = ahead.expected.hours[hour] * HoursLong(next - at).count() /
                        stretch_at(base, ahead.shape[hour]);
    mean += cost;
    variance += cost * cost * ahead.expected.deviation * ahead.expected.deviation;
    const double doubt = mean * ahead.expected.doubt;
    const double band = kEightInTen * std::sqrt(variance + doubt * doubt);
    if (use.cap > 0 && !result.earliest && mean + band >= left) result.earliest = next;
    if (use.cap > 0 && !result.exhausted_at && mean >= left) result.exhausted_at = next;
    if (use.cap > 0 && !result.latest && mean - band >= left) result.latest = next;
    at = next;
  }
  result.spent_at_end = static_cast<double>(use.spent + use.held) + mean;
  return result;
}

}  // namespace quotecached::credit
