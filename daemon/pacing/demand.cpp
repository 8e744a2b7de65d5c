#include "pacing/demand.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace quotecached::pacing {
namespace {

using std::chrono::hours;

// How many observations the next coarser view is worth.
constexpr double kPriorHours = 3;
constexpr double kOfMean = 0.5;
constexpr double kOfDay = 2;

constexpr double kLevelDecay = 0.97;     // per hour: about a day counts
constexpr double kLevelHours = 12;       // of ordinary demand hold the level down
constexpr double kVarianceShare = 0.03;  // of the newest hour
// By simulation, so that eight in ten forecasts' bands held.
constexpr double kLeastDoubt = 0.08;
constexpr double kHoursAlike = 4;  // hours that follow each other err alike

}  // namespace

std::size_t hour_of_week(TimePoint time) noexcept {
  // 1970 began on a Thursday.
  const std::int64_t since_monday =
      std::chrono::floor<hours>(time).time_since_epoch().count() + std::int64_t{3} * 24;
  constexpr std::int64_t kWeek = kHoursOfWeek;
  return static_cast<std::size_t>((since_monday % kWeek + kWeek) % kWeek);
}

Demand::Demand(double half_life) noexcept : decay_(std::pow(0.5, 1 / half_life)) {}

void Demand::note(double amount, TimePoint now) {
  const auto hour = std::chrono::floor<hours>(now);
  if (!last_ || running_.start != hour) {
    close();
    running_ = {hour, 0, 0};
  }
  if (last_ && now >= *last_ && now - *last_ <= kLongestGap) {
    running_.observed += std::chrono::duration<double, hours::period>(now - *last_).count();
  }
  running_.amount += amount;
  last_ = now;
}

void Demand::close() {
  if (running_.observed < kLeastObserved) return;
  const std::size_t at = hour_of_week(running_.start);
  const double amount = running_.amount / running_.observed;
  const Summary known = summary(amount);
  const double foretold = typical(at, known);
  // An hour of the day that was never seen says nothing about how this day compares.
  if (known.weight[at % 24] > 0.5 && foretold > 0) {
    seen_ = seen_ * kLevelDecay + running_.amount;
    foretold_ = foretold_ * kLevelDecay + foretold * running_.observed;
    const double off = amount / foretold - 1;
    variance_ += kVarianceShare * running_.observed * (off * off - variance_);
  }
  auto& hour = pattern_.hours[at];
  const double before = hour.weight * decay_;
  hour.weight = before + running_.observed;
  hour.amount = (hour.amount * before + running_.amount) / hour.weight;
}

Demand::Summary Demand::summary(double prior) const {
  Summary result;
  double sum = running_.amount;
  result.observed = running_.observed;
  for (std::size_t hour = 0; hour < kHoursOfWeek; ++hour) {
    const auto& [amount, weight] = pattern_.hours[hour];
    result.hours[hour % 24] += amount * weight;
    result.weight[hour % 24] += weight;
    sum += amount * weight;
    result.observed += weight;
  }
  const double mean = (sum + prior * kPriorHours) / (result.observed + kPriorHours);
  for (std::size_t hour = 0; hour < 24; ++hour) {
    result.hours[hour] = (result.hours[hour] + mean * kOfMean) / (result.weight[hour] + kOfMean);
  }
  return result;
}

double Demand::observed() const {
  double hours = running_.observed;
  for (const auto& hour : pattern_.hours) hours += hour.weight;
  return hours;
}

double Demand::typical(std::size_t hour, const Summary& known) const {
  const auto& [amount, weight] = pattern_.hours[hour];
  return (amount * weight + known.hours[hour % 24] * kOfDay) / (weight + kOfDay);
}

Demand::Expected Demand::expected(double prior) const {
  const Summary known = summary(prior);
  Expected result;
  double sum = 0;
  for (std::size_t hour = 0; hour < kHoursOfWeek; ++hour) {
    result.hours[hour] = typical(hour, known);
    sum += result.hours[hour];
  }
  const double ordinary = sum / kHoursOfWeek * kLevelHours;
  const double all = foretold_ + ordinary;
  const double level = all > 0 ? (seen_ + ordinary) / all : 1;
  for (double& hour : result.hours) hour *= level;
  result.deviation = std::sqrt(variance_);
  result.doubt = kLeastDoubt + result.deviation * std::sqrt(kHoursAlike / (1 + known.observed));
  return result;
}

}  // namespace quotecached::pacing
