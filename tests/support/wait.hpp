// Waiting for something to become true, with a limit: never a sleep that hopes.
#pragma once

#include <chrono>
#include <functional>

namespace quotecached::test {

using std::chrono::milliseconds;

inline constexpr milliseconds kStartLimit{15'000};  // for a server to start on a busy machine

// Asks every 2 ms until `is_true` says so; false when the limit passes first.
[[nodiscard]] bool wait_until(const std::function<bool()>& is_true,
                              milliseconds limit = milliseconds(20'000));

}  // namespace quotecached::test
