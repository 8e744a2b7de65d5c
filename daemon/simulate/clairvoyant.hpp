// The least age that clients could have seen for a number of calls, had one known all requests
// beforehand: what any policy is measured against.
//
// A call renews everything, and helps only at the moment of a request, which then sees the age 0.
// So a schedule of calls is a choice among the requests, the first of which always makes one; each
// request sees the time since the last call, once for each of its assets. The least sum of ages is
// convex in the number of calls (the costs of the stretches between calls have the Monge property),
// so a price put on calls finds the optimum of every number, and a hull of lines finds the optimum
// of a price in time linear in the requests. All of it in whole numbers, so that nothing is
// rounded.
//
// Exact for one lane whose assets a call holds all; otherwise no policy can do better than this.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.hpp"

namespace quotecached::simulate {

// A request, as far as it counts here.
struct Ask {
  milliseconds at{0};
  std::int64_t assets = 0;
};

struct LeastAge {
  std::int64_t calls = 0;           // made: as many as allowed, or as help
  std::int64_t age_sum = 0;         // milliseconds, over all assets of all requests
  std::int64_t one_more_saves = 0;  // milliseconds that one more call would take off the sum

  // Seconds; 0 without assets.
  [[nodiscard]] double mean_seconds(std::int64_t assets) const noexcept;
};

class Clairvoyant {
 public:
  // Requires: `asks` in the order of time, none with fewer than one asset. Asks of one moment count
  // as one. Where the assets times the length of the trace come to 2^59 ms, nothing is found.
  explicit Clairvoyant(std::span<const Ask> asks);

  // Over all asks.
  [[nodiscard]] std::int64_t assets() const noexcept { return weights_.back(); }

  // With `calls` calls at most; nothing when there is an ask and no call is allowed, and where the
  // sums would be too large.
  [[nodiscard]] std::optional<LeastAge> least_age(std::int64_t calls) const;

 private:
  // The optimum when a call costs half a millisecond more than `price`: such a price has no ties
  // between numbers of calls, for what a call saves is a whole number.
  struct Schedule {
    std::int64_t calls = 0;
    std::int64_t age_sum = 0;
  };
  [[nodiscard]] Schedule best_above(std::int64_t price) const;

  std::vector<std::int64_t> times_;    // of the moments at which somebody asks
  std::vector<std::int64_t> weights_;  // assets asked for before each of them, and in all
  std::vector<std::int64_t> moments_;  // the same, each times its time
  bool is_too_large_ = false;
};

}  // namespace quotecached::simulate
