#include "pacing/tick.hpp"

#include <algorithm>

namespace quotecached::pacing {
namespace {

using std::chrono::seconds;

constexpr std::chrono::hours kOldest{1};

// Looked for from the longest on: what turns each five minutes also falls on whole minutes.
constexpr std::array kPeriods{seconds(300), seconds(60), seconds(30), seconds(10)};

// Of the answers, so many in ten must fit; the others came from a server that was behind.
constexpr std::size_t kFitting = 9;

// The data may be so unevenly late, in parts of a period.
constexpr double kUneven = 0.34;

// Data is asked for so long after it was seen to be there.
constexpr milliseconds kMargin{1000};
// That is near enough. Where the lateness is known less well it is asked for half way between when
// it was seen to be there and when not: that is how the turn is found in calls that are made
// anyway.
constexpr milliseconds kKnown{3000};

// With each answer what was learned before is held for a little less certain, so that a lateness
// that changes is followed: then it is tried once in a hundred calls whether data is there sooner.
constexpr milliseconds kFading{10};

bool is_whole(TimePoint time, milliseconds period) {
  return time.time_since_epoch() % period == milliseconds(0);
}

}  // namespace

void TickClock::note(TimePoint asked_at, TimePoint data_at) {
  const milliseconds age = asked_at - data_at;
  if (age < -kClockSkew || age > kOldest || data_at < youngest_) return;
  youngest_ = data_at;
  seen_[next_] = {data_at, age};
  next_ = (next_ + 1) % kKept;
  count_ = std::min(count_ + 1, kKept);
  const milliseconds every = period();
  if (every != period_) return begin(every);
  if (every != milliseconds(0)) learn({data_at, age});
}

void TickClock::begin(milliseconds period) {
  period_ = period;
  if (period == milliseconds(0)) return;
  served_ = kOldest;
  absent_ = milliseconds(0);
  for (std::size_t i = 0; i < count_; ++i) learn(seen_[i]);
}

// Data of that age was there, and what followed it was not.
void TickClock::learn(const Seen& seen) {
  if (!is_whole(seen.data_at, period_)) return;
  served_ += kFading;
  absent_ -= kFading;
  // Data that was late has come: what was learned before does not hold any more.
  const bool has_come = seen.data_at == late_;
  served_ = has_come ? seen.age : std::min(served_, seen.age);
  if (has_come) late_ = TimePoint{};
  const milliseconds absent = seen.age - period_;
  // It stands still.
  if (absent >= served_ + period_) return;
  absent_ = std::max(absent_, std::min(absent, served_));
  if (absent > served_) late_ = seen.data_at + period_;
}

bool TickClock::is_uneven() const {
  std::array<milliseconds, kKept> ages{};
  std::size_t fitting = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    const milliseconds age = seen_[i].age;
    // Where whole turns are missing the provider stands still.
    if (is_whole(seen_[i].data_at, period_) && age < served_ + 2 * period_) ages[fitting++] = age;
  }
  if (fitting == 0) return false;
  std::sort(ages.begin(), ages.begin() + static_cast<std::ptrdiff_t>(fitting));
  // An outlier at either end proves nothing.
  const std::size_t outliers = fitting / 16;
  const milliseconds spread = ages[fitting - 1 - outliers] - period_ - ages[outliers];
  return spread > period_ * kUneven;
}

milliseconds TickClock::period() const {
  const auto end = seen_.begin() + static_cast<std::ptrdiff_t>(count_);
  std::size_t turns = 0;  // of which answers were seen
  for (auto one = seen_.begin(); one != end; ++one) {
    const auto is_same = [&](const Seen& other) { return other.data_at == one->data_at; };
    if (std::find_if(seen_.begin(), one, is_same) == one) ++turns;
  }
  if (count_ < kFewest || turns < kFewest / 2) return milliseconds(0);
  for (const milliseconds period : kPeriods) {
    const auto fits = [&](const Seen& one) { return is_whole(one.data_at, period); };
    const auto fitting = static_cast<std::size_t>(std::count_if(seen_.begin(), end, fits));
    if (fitting * 10 >= count_ * kFitting) return period;
  }
  return milliseconds(0);
}

std::optional<TickClock::Tick> TickClock::tick() const {
  if (period_ == milliseconds(0) || is_uneven()) return std::nullopt;
  const milliseconds width = served_ - absent_;
  return Tick{period_, served_, width > kKnown ? absent_ + width / 2 : served_ + kMargin};
}

TimePoint data_due(const TickClock::Tick& tick, TimePoint now) noexcept {
  const milliseconds since = now.time_since_epoch() - tick.due;
  return TimePoint(since / tick.period * tick.period);
}

milliseconds behind(const TickClock::Tick& tick, TimePoint data_at, TimePoint now) noexcept {
  return std::max(milliseconds(0), data_due(tick, now) - data_at);
}

TimePoint fresh_until(const TickClock::Tick& tick,
                      TimePoint asked_at,
                      TimePoint data_at,
                      milliseconds fresh) noexcept {
  if (data_at > asked_at + kClockSkew) return asked_at + fresh;
  if (asked_at + kMargin < data_at + tick.period + tick.due) {
    const milliseconds wanted = asked_at + fresh + 2 * kMargin - data_at - tick.due;
    const auto turns = std::max<milliseconds::rep>(1, wanted / tick.period);
    const TimePoint end = data_at + tick.due + turns * tick.period;
    // When it turns is known to within what few answers tell: no copy lives on that.
    return std::min(end, asked_at + std::max<milliseconds>(fresh, tick.period) + 2 * kMargin);
  }
  // It should have turned by now. What was asked for too early is there when it was before; what is
  // late is waited for as long again as it is late already.
  const milliseconds off = asked_at - data_at - tick.period - tick.served;
  return asked_at + std::clamp(std::chrono::abs(off), kMargin, std::max(kMargin, fresh));
}

}  // namespace quotecached::pacing
