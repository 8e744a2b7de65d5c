// Whether enough was seen to foretell what will be spent. Pure.
//
// The rule: an hour must have been observed, and in the first day ten calls charged. Of n charges
// that come independently the count is off by 1/sqrt(n) of itself: of ten by a third, of three by
// more than half. After a day few charges are no want of data any more, but say that little is
// spent.
#pragma once

#include <cstdint>
#include <string>

namespace quotecached::pacing {

struct Evidence {
  double hours = 0;          // observed, older ones counting less
  std::int64_t charges = 0;  // calls that cost something; more than kLeastCharges need not count
};

inline constexpr double kLeastHours = 1;
inline constexpr double kHoursOfDay = 24;
inline constexpr std::int64_t kLeastCharges = 10;

// "too early to tell: ..."; empty: enough was seen.
[[nodiscard]] std::string why_too_early(const Evidence& evidence);

}  // namespace quotecached::pacing
