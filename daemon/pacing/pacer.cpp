#include "pacing/pacer.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace quotecached::pacing {
namespace {

using std::chrono::hours;
using HoursLong = std::chrono::duration<double, hours::period>;

constexpr double kEightInTen = 1.2816;  // standard deviations around the mean of a normal

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

// Credits per hour that demand is taken for until something was seen: half of what would last.
double prior_of(const ledger::WindowUse& use, TimePoint now) {
  const double to_go = HoursLong(use.window.end - now).count();
  return use.cap > 0 && to_go > 0 ? static_cast<double>(use.left()) / to_go / 2 : 0;
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

Pacer::Pacer(Options options) : options_(options), demand_(options.pattern_half_life) {}

void Pacer::note(Credits charged, double stretch, TimePoint now) {
  demand_.note(static_cast<double>(charged.count) * std::max(1.0, stretch), now);
}

double Pacer::stretch(const ledger::WindowUses& uses, TimePoint now) const {
  double result = 1;
  for (const ledger::WindowKind kind : {ledger::WindowKind::Day, ledger::WindowKind::Month}) {
    const ledger::WindowUse& use = uses[static_cast<std::size_t>(kind)];
    if (use.cap <= 0) continue;
    const auto expected = demand_.expected(prior_of(use, now));
    double demand = 0;
    each_hour(use.window, now, [&](std::size_t hour, double part, std::int64_t) {
      demand += expected.hours[hour] * part;
    });
    const double budget = static_cast<double>(use.left()) * (1 - options_.safety);
    // Without a budget any demand is too much.
    const double needed = demand < budget * options_.max_stretch
                              ? demand / budget
                              : (demand > 0 ? options_.max_stretch : 1);
    result = std::max(result, needed);
  }
  return result;
}

Forecast Pacer::forecast(const ledger::WindowUse& use, double stretch, TimePoint now) const {
  const auto expected = demand_.expected(prior_of(use, now));
  Forecast result;
  Crossing earliest(use, now);
  Crossing middle(use, now);
  Crossing latest(use, now);
  double mean = 0;
  double variance = 0;
  each_hour(use.window, now, [&](std::size_t hour, double part, std::int64_t end) {
    const double cost = expected.hours[hour] * part / std::max(1.0, stretch);
    mean += cost;
    variance += cost * cost * expected.deviation * expected.deviation / std::max(part, 0.01);
    const double doubt = mean * expected.doubt;
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
