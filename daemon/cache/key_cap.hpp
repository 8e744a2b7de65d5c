// How long a tier may hold the copy under a key: its cap, and never less than the copy's family is
// fresh, since what was paid for would be bought again otherwise.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace quotecached::cache {

// By the second word of a key, the endpoint: for how long its answers are fresh. Immutable, shared.
using FreshTimes = std::map<std::string, milliseconds, std::less<>>;
using FreshTimesPtr = std::shared_ptr<const FreshTimes>;

// `fresh_times` may be null: then `cap` is all.
[[nodiscard]] milliseconds cap_of(std::string_view key,
                                  milliseconds cap,
                                  const FreshTimes* fresh_times) noexcept;

}  // namespace quotecached::cache
