// The month that simulations of credits run through (demand/demand.hpp), in whole seconds.
#pragma once

#include "demand/demand.hpp"

namespace quotecached::test {

inline constexpr std::size_t kAssets = 300;
inline constexpr TimePoint kMonthStart = kFirstOfNovember;
inline constexpr int kMonthSeconds = 30 * 86400;

class MonthTrace : public Demand {
 public:
  explicit MonthTrace(unsigned seed) : Demand(steady_month(), seed) {}
};

}  // namespace quotecached::test
