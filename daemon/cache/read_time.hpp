// How long reading stored copies may take.
#pragma once

#include <algorithm>

#include "base/clock.hpp"
#include "base/types.hpp"

namespace quotecached::cache {

// A listing of 8 MB takes 1 to 2 MiB as it is stored. After a restart it comes from the disk: to
// wait for it costs less than to pay for it again.
inline constexpr milliseconds kReadPerMebibyte{500};
inline constexpr milliseconds kLongestExtra{4000};

// What a small read may take, and more the more there is to read.
[[nodiscard]] inline milliseconds time_to_read(Bytes size, milliseconds for_small) noexcept {
  const auto per_byte = static_cast<double>(kReadPerMebibyte.count()) / (1024.0 * 1024.0);
  const auto extra = std::min(static_cast<double>(size.count) * per_byte,
                              static_cast<double>(kLongestExtra.count()));
  return for_small + milliseconds(static_cast<milliseconds::rep>(extra));
}

}  // namespace quotecached::cache
