#include "simulate/clairvoyant.hpp"

#include <algorithm>
#include <cassert>
#include <deque>

namespace quotecached::simulate {
namespace {

constexpr double kMostAge = 0x1p59;  // milliseconds: sums are doubled, and two of them added

// What all up to a moment costs if the last call is at a certain one: `base - slope * weight`,
// where `weight` is what was asked for before the moment.
struct Line {
  std::int64_t slope = 0;
  std::int64_t base = 0;
  std::int64_t calls = 0;  // those before its own
  std::int64_t from = 0;   // the least weight at which it costs no more than the line before it

  [[nodiscard]] std::int64_t at(std::int64_t weight) const { return base - slope * weight; }
};

std::int64_t ceil_div(std::int64_t number, std::int64_t by) {
  return number / by + (number % by > 0 ? 1 : 0);
}

// The lower hull of lines whose slopes grow, for weights that grow.
class Hull {
 public:
  void add(Line line) {
    while (!lines_.empty()) {
      const Line& last = lines_.back();
      line.from = ceil_div(line.base - last.base, line.slope - last.slope);
      if (line.from > last.from) break;
      lines_.pop_back();
    }
    if (lines_.empty()) line.from = INT64_MIN;
    lines_.push_back(line);
  }

  const Line& best(std::int64_t weight) {
    while (lines_.size() > 1 && lines_[1].from <= weight) lines_.pop_front();
    return lines_.front();
  }

 private:
  std::deque<Line> lines_;
};

}  // namespace

double LeastAge::mean_seconds(std::int64_t assets) const noexcept {
  if (assets == 0) return 0;
  return static_cast<double>(age_sum) / 1000 / static_cast<double>(assets);
}

Clairvoyant::Clairvoyant(std::span<const Ask> asks) {
  std::int64_t weight = 0;
  std::int64_t moment = 0;
  for (const Ask& ask : asks) {
    assert(ask.assets > 0);
    // From the first on, which keeps the numbers small.
    const auto at = (ask.at - asks.front().at).count();
    assert(times_.empty() || at >= times_.back());
    if (times_.empty() || at > times_.back()) {
      times_.push_back(at);
      weights_.push_back(weight);
      moments_.push_back(moment);
    }
    weight += ask.assets;
    is_too_large_ =
        is_too_large_ || static_cast<double>(weight) * static_cast<double>(at) >= kMostAge;
    if (!is_too_large_) moment += ask.assets * at;
  }
  weights_.push_back(weight);
  moments_.push_back(moment);
}

// Costs are doubled, so that half a millisecond is a whole number. With the last call at j, all
// before i cost cost(j) + price + sum of weight x time from j to i - time(j) x weight from j to i.
Clairvoyant::Schedule Clairvoyant::best_above(std::int64_t price) const {
  const std::int64_t doubled = 2 * price + 1;
  Hull hull;
  std::int64_t cost = 0;  // of all before i, without what is the same for every schedule
  std::int64_t calls = 0;
  for (std::size_t i = 0; i < times_.size(); ++i) {
    const auto slope = 2 * times_[i];
    hull.add({slope, cost + doubled + slope * weights_[i], calls, 0});
    const Line& best = hull.best(weights_[i + 1]);
    cost = best.at(weights_[i + 1]);
    calls = best.calls + 1;
  }
  return {calls, (cost - doubled * calls) / 2 + moments_.back()};
}

std::optional<LeastAge> Clairvoyant::least_age(std::int64_t calls) const {
  if (times_.empty()) return LeastAge{};
  if (calls <= 0 || is_too_large_) return std::nullopt;
  // The lowest price at which no more calls are worth it. Below the second bound one call is.
  std::int64_t low = 0;
  std::int64_t high = std::max<std::int64_t>(1, moments_.back());
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    if (best_above(middle).calls <= calls) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  const Schedule best = best_above(low);
  // Those that are left save exactly the price each: between two corners of the hull.
  const auto more = low == 0 ? 0 : calls - best.calls;
  return LeastAge{best.calls + more, best.age_sum - more * low, low};
}

}  // namespace quotecached::simulate
