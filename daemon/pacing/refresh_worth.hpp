// Tells which stale copies are worth a credit while economising (Refreshes::Worthwhile).
//
// A refresh is worth its price once the requests that were answered with stale copies since the
// last one have together seen that much age (the rule of who rents skis until the rent has reached
// the price): soon for a popular asset, late for a rare one.
// Pure. Not thread-safe; owned by the engine. Memory is fixed: of more keys than it has room for,
// those asked longest ago are forgotten, which only delays their refresh.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/types.hpp"

namespace quotecached::pacing {

using Age = std::chrono::duration<double>;

// The age that a credit must save while freshness is stretched by `stretch`: nothing at 1. It grows
// with the square of the stretch, as the age that the readers of a copy see does.
[[nodiscard]] Age worth_of_credit(double stretch) noexcept;

// A stale copy that somebody asked for.
struct StaleCopy {
  std::string_view key;
  TimePoint fetched_at;
};

class RefreshWorth {
 public:
  // `keys`: how many are remembered, at least.
  explicit RefreshWorth(std::size_t keys = 16384);

  // To be asked once for each request, with all of its copies that are not fresh and that one
  // refresh would renew for `price`: whether to make it.
  [[nodiscard]] bool is_worth(std::span<const StaleCopy> copies,
                              Credits price,
                              double stretch,
                              TimePoint now);

 private:
  static constexpr std::size_t kWays = 4;  // places where a key may be
  struct Row {
    std::uint64_t hash = 0;
    TimePoint fetched_at;  // another one: the copy was renewed
    TimePoint asked_at;
    Age seen{0};  // by requests, since it was fetched
  };

  Row& row_of(const StaleCopy& copy);

  std::vector<Row> rows_;
};

}  // namespace quotecached::pacing
