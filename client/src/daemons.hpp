// Which daemon to ask, and how often to ask again. Time and chance are arguments.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

namespace quotecache {

using SteadyTime = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

// The pause before try number `round` (from 0) after a failure: anything up to `shortest` times two
// to the power of it, `longest` at most. `chance` is from 0 to 1.
[[nodiscard]] milliseconds backoff(milliseconds shortest,
                                   milliseconds longest,
                                   int round,
                                   double chance) noexcept;

// How the daemons fared. One that failed is left alone for a pause that doubles each time, unless
// all did; when the pause is over one call tries it, and the others go on leaving it alone until
// that one worked. Thread-safe.
class Daemons {
 public:
  Daemons(std::size_t count, milliseconds shortest_pause, milliseconds longest_pause);

  // The next to ask that is not `tried`: the first that is not left alone, else the one that will
  // be so for the shortest time. Nothing: all are tried.
  [[nodiscard]] std::optional<std::size_t> choose(const std::vector<bool>& tried, SteadyTime now);
  void worked(std::size_t daemon);
  void failed(std::size_t daemon, SteadyTime now, double chance);

  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  struct Standing {
    int failures = 0;  // in a row
    SteadyTime alone_until{};
    milliseconds pause{0};
  };

  const std::size_t count_;
  const milliseconds shortest_pause_;
  const milliseconds longest_pause_;
  std::mutex mutex_;
  std::vector<Standing> standings_;
};

// Retries of all calls together are at most a tenth of the calls, beyond a few. Thread-safe.
class RetryBudget {
 public:
  void note_call() noexcept;
  // May one more call be tried again?
  [[nodiscard]] bool take() noexcept;

 private:
  static constexpr int kOfRetry = 10;
  static constexpr int kMost = 10 * kOfRetry;

  std::mutex mutex_;
  int tenths_ = kMost;
};

}  // namespace quotecache
