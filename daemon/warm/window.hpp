// A window of the day in which a list of assets is kept warm. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/time_zone.hpp"

namespace quotecached::warm {

struct Window {
  std::string name;
  // By the clock on the wall of `zone`, from midnight; `to` up to 24 hours. With `to` not after
  // `from` it lasts past midnight.
  std::chrono::minutes from{0};
  std::chrono::minutes to{1440};
  std::uint8_t days = 0x7f;  // on which it begins; bit 0: Monday
  TimeZone zone;
  std::vector<std::string> assets;  // by id
  std::size_t popular = 0;          // the most asked assets beside these

  friend bool operator==(const Window&, const Window&) = default;
};

// The day on which the window began that is open now; empty: it is closed. One that is open twice
// on a day, since the clock on the wall was set back, is one.
[[nodiscard]] std::optional<std::chrono::local_days> open_since(const Window& window,
                                                                TimePoint now);

}  // namespace quotecached::warm
