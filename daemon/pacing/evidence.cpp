#include "pacing/evidence.hpp"

#include <cmath>

#include <fmt/format.h>

namespace quotecached::pacing {

std::string why_too_early(const Evidence& evidence) {
  if (evidence.hours < kLeastHours)
    return fmt::format("too early to tell: {:.0f} min were observed, and an hour is needed",
                       std::floor(evidence.hours * 60));
  if (evidence.hours < kHoursOfDay && evidence.charges < kLeastCharges)
    return fmt::format("too early to tell: {} {} charged, and in the first day {} are needed",
                       evidence.charges,
                       evidence.charges == 1 ? "call was" : "calls were",
                       kLeastCharges);
  return {};
}

}  // namespace quotecached::pacing
