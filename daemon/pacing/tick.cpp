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

constexpr milliseconds kMargin{1000};  // after a turn

// Calls are made just after the turn is expected, so they tell only that it was before them. Each
// time a little earlier is aimed at: otherwise what is learned of them would drift ever later.
constexpr milliseconds kEarlier{100};

bool is_whole(TimePoint time, milliseconds period) {
  return time.time_since_epoch() % period == milliseconds(0);
}

}  // namespace

void TickClock::note(TimePoint asked_at, TimePoint data_at) {
  const milliseconds age = asked_at - data_at;
  if (age < -kClockSkew || age > kOldest) return;
  seen_[next_] = {data_at, age};
  next_ = (next_ + 1) % kKept;
  count_ = std::min(count_ + 1, kKept);
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
  const milliseconds every = period();
  if (every == milliseconds(0)) return std::nullopt;
  std::array<milliseconds, kKept> ages{};
  std::size_t fitting = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    if (is_whole(seen_[i].data_at, every)) ages[fitting++] = seen_[i].age;
  }
  std::sort(ages.begin(), ages.begin() + static_cast<std::ptrdiff_t>(fitting));
  // Data is served from its lateness on until that of the next: the oldest that was seen shows when
  // the next was there at the latest. An outlier at either end proves nothing.
  const std::size_t outliers = fitting / 16;
  const milliseconds youngest = ages[outliers];
  const milliseconds oldest = ages[fitting - 1 - outliers];
  const milliseconds seen = std::max(milliseconds(0), youngest - kMargin - kEarlier);
  const milliseconds latest = std::max(seen, oldest - every);
  if (latest - youngest > every * kUneven) return std::nullopt;
  return Tick{every, std::min(youngest, latest + kMargin), latest};
}

TimePoint may_turn_at(const TickClock::Tick& tick, TimePoint data_at) noexcept {
  return data_at + tick.period + tick.earliest;
}

TimePoint fresh_until(const TickClock::Tick& tick,
                      TimePoint asked_at,
                      TimePoint data_at,
                      milliseconds fresh) noexcept {
  if (data_at > asked_at + kClockSkew) return asked_at + fresh;
  const TimePoint turn = data_at + tick.latest + kMargin;  // of the data that it holds
  const milliseconds wanted = asked_at + fresh + 2 * kMargin - turn;
  const auto turns = wanted / tick.period;
  const TimePoint end = turn + std::max<milliseconds::rep>(1, turns) * tick.period;
  // Data that should have turned by now is late: nothing is known of when it will.
  if (end <= asked_at + kMargin) return asked_at + fresh;
  // When it turns is known to within what few answers tell: no copy lives on that.
  return std::min(end, asked_at + std::max<milliseconds>(fresh, tick.period) + 2 * kMargin);
}

}  // namespace quotecached::pacing
