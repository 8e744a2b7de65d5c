#include "pacing/pacer.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace quotecached::pacing {
namespace {

using std::chrono::hours;
using HoursLong = std::chrono::duration<double, hours::period>;

constexpr double kEightInTen = 1.2816;  // standard deviations around the mean of a normal

// The model is held against what was spent for about two days, and believed at first.
constexpr double kForgotten = 0.98;  // per hour
constexpr double kBelieved = 10;     // credits

constexpr double kPartsOfOwing = 3;  // in a ninth of the age that makes a call

constexpr int kHalvings = 24;  // of the range in which a price is looked for
constexpr Age kLeastPrice{1};  // less is as good as nothing

// Calls `visit(hour of the week, how much of it, end)` for each hour until `window` ends. Runs
// every second over hours of a month, so it counts in plain numbers.
template <class F>
void each_hour(const ledger::Window& window, TimePoint now, F visit) {
  constexpr std::int64_t kHour = milliseconds(hours(1)).count();
  const std::int64_t last = window.end.time_since_epoch().count();
  std::int64_t at = now.time_since_epoch().count();
  std::int64_t end = TimePoint(std::chrono::floor<hours>(now)).time_since_epoch().count() + kHour;
  std::size_t hour = hour_of_week(now);
  while (at < last) {
    end = std::min(end, last);
    visit(hour, static_cast<double>(end - at) / kHour, end);
    at = end;
    end += kHour;
    hour = (hour + 1) % kHoursOfWeek;
  }
}

// Asks an hour that demand is taken for until something was seen: such that half of what is left
// would be spent at no price. Of a lane that is fresh for a minute that is at most 60 credits.
double asks_at_first(const ledger::WindowUse& use, double hours_left) {
  if (use.cap <= 0 || hours_left <= 0) return 0;
  const double credits = std::min(30.0, static_cast<double>(use.left()) / hours_left / 2);
  return credits <= 0 ? 0 : 3600 / (3600 / credits - 60);
}

double hours_left(const ledger::WindowUse& use, TimePoint now) {
  return std::max(0.0, HoursLong(use.window.end - now).count());
}

// How much of each hour of the week is left of the window.
std::array<double, kHoursOfWeek> parts_left(const ledger::Window& window, TimePoint now) {
  std::array<double, kHoursOfWeek> parts{};
  each_hour(window, now, [&](std::size_t hour, double part, std::int64_t) { parts[hour] += part; });
  return parts;
}

// Finds when what is spent from now on reaches what is left.
class Crossing {
 public:
  Crossing(const ledger::WindowUse& use, TimePoint now)
      : end_(use.window.end), left_(static_cast<double>(use.left())), is_capped_(use.cap > 0) {
    at_ = static_cast<double>(now.time_since_epoch().count());
    if (is_capped_ && left_ <= 0) when_ = now;
  }

  // By `end`, which is after that of the call before, so much is spent: evenly since then.
  void reach(double spent, std::int64_t end) {
    if (is_capped_ && !when_ && spent >= left_) {
      const double share = (left_ - spent_) / (spent - spent_);
      const double at = at_ + share * (static_cast<double>(end) - at_);
      when_ = TimePoint(milliseconds(static_cast<std::int64_t>(at)));
    }
    spent_ = spent;
    at_ = static_cast<double>(end);
  }

  // Empty when it is not before the window's end.
  [[nodiscard]] std::optional<TimePoint> when() const {
    return when_ && *when_ < end_ ? when_ : std::nullopt;
  }

 private:
  TimePoint end_;
  double left_;
  bool is_capped_;
  double spent_ = 0;
  double at_ = 0;
  std::optional<TimePoint> when_;
};

}  // namespace

Pacer::Pacer(Options options)
    : options_(options),
      asks_(options.pattern_half_life),
      foreground_(options.pattern_half_life),
      lanes_(1) {}

void Pacer::set_lanes(std::vector<LaneDemand> lanes) {
  lanes_ = lanes.empty() ? std::vector<LaneDemand>(1) : std::move(lanes);
}

void Pacer::restore(const PacerMemory& memory) {
  asks_.restore(memory.asks);
  foreground_.restore(memory.foreground);
  if (memory.asks != Pattern{}) filling_.end();
}

void Pacer::note(const Spending& spending, TimePoint now) {
  asks_.note(spending.asks, now);
  const auto start = std::chrono::floor<hours>(now);
  if (hour_.start != start) {
    close_hour();
    hour_ = {.start = start};
  }
  const bool follows = last_ && now >= *last_ && now - *last_ <= kLongestGap;
  const double passed = follows ? HoursLong(now - *last_).count() : 0;
  last_ = now;
  const auto foreground = static_cast<double>(spending.foreground.count);
  if (filling_.is_over()) {
    foreground_.note(foreground, now);
  } else {
    filling_.note(foreground, passed);
  }
  // What was not paid for says nothing of what renewals cost.
  if (!spending.renews || !follows) return;
  hour_.asks += spending.asks;
  hour_.credits += static_cast<double>(spending.renewals.count);
  hour_.observed += passed;
  hour_.prices += spending.price.count() * passed;
}

void Pacer::close_hour() {
  if (hour_.observed < kLeastObserved) return;
  const double asks = hour_.asks / hour_.observed;
  const Age price(hour_.prices / hour_.observed);
  spent_ = spent_ * kForgotten + hour_.credits;
  foretold_ = foretold_ * kForgotten + credits_of_hour(lanes_, asks, price) * hour_.observed;
}

double Pacer::renewals(double asks, Age price) const {
  return credits_of_hour(lanes_, asks, price) * (spent_ + kBelieved) / (foretold_ + kBelieved);
}

Age Pacer::price(const ledger::WindowUses& uses, TimePoint now) const {
  Age highest{0};
  for (const ledger::WindowKind kind : {ledger::WindowKind::Day, ledger::WindowKind::Month}) {
    const ledger::WindowUse& use = uses[static_cast<std::size_t>(kind)];
    if (use.cap > 0) highest = std::max(highest, price_of(use, now));
  }
  return highest;
}

Age Pacer::price_of(const ledger::WindowUse& use, TimePoint now) const {
  const auto parts = parts_left(use.window, now);
  const auto asks = asks_.expected(asks_at_first(use, hours_left(use, now))).hours;
  const auto misses = foreground_.expected(filling_.rate()).hours;
  double budget = static_cast<double>(use.left()) * (1 - options_.safety);
  if (filling_.is_over()) {
    for (std::size_t hour = 0; hour < kHoursOfWeek; ++hour) budget -= parts[hour] * misses[hour];
  } else {
    budget -= filling_.expected(0, hours_left(use, now));
  }
  const auto cost = [&](Age price) {
    double sum = 0;
    for (std::size_t hour = 0; hour < kHoursOfWeek; ++hour) {
      if (parts[hour] > 0) sum += parts[hour] * renewals(asks[hour], price);
    }
    return sum;
  };
  if (cost(Age(0)) <= budget) return Age(0);
  // The price is looked for by its logarithm: it may be seconds or days.
  double low = std::log(kLeastPrice.count());
  double high = std::log(kMostPrice.count());
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (cost(Age(std::exp(middle))) > budget ? low : high) = middle;
  }
  return Age(std::exp(high));
}

double Pacer::stretch(Age price, TimePoint now) const {
  const double asks = asks_.expected(0).hours[hour_of_week(now)];
  const auto most = std::ranges::max_element(lanes_, {}, &LaneDemand::share);
  const double rate = most->share * asks / 3600;
  if (rate <= 0 || most->fresh <= 0) return 1;
  const double seconds = seconds_to_owe(rate, price * most->credits) / kPartsOfOwing;
  return std::clamp(seconds / most->fresh, 1.0, std::max(1.0, options_.max_stretch));
}

Forecast Pacer::forecast(const ledger::WindowUse& use, Age price, TimePoint now) const {
  const auto asks = asks_.expected(asks_at_first(use, hours_left(use, now)));
  const auto misses = foreground_.expected(filling_.rate()).hours;
  double ahead = 0;  // hours
  Forecast result;
  Crossing earliest(use, now);
  Crossing middle(use, now);
  Crossing latest(use, now);
  double mean = 0;
  double variance = 0;
  each_hour(use.window, now, [&](std::size_t hour, double part, std::int64_t end) {
    const double lacking =
        filling_.is_over() ? misses[hour] * part : filling_.expected(ahead, ahead + part);
    ahead += part;
    const double cost = lacking + renewals(asks.hours[hour], price) * part;
    mean += cost;
    variance += cost * cost * asks.deviation * asks.deviation / std::max(part, 0.01);
    const double doubt = mean * asks.doubt;
    const double band = kEightInTen * std::sqrt(variance + doubt * doubt);
    earliest.reach(mean + band, end);
    middle.reach(mean, end);
    latest.reach(mean - band, end);
  });
  result.earliest = earliest.when();
  result.exhausted_at = middle.when();
  result.latest = latest.when();
  result.spent_at_end = static_cast<double>(use.spent + use.held) + mean;
  return result;
}

}  // namespace quotecached::pacing
