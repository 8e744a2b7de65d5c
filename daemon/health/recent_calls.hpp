// The last upstream calls: how long they took, and whether upstream answered.
//
// Pure: time is an argument. Not thread-safe; owned by whoever is told of calls.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

namespace quotecached::health {

class RecentCalls {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Call {
    Time ended;
    std::chrono::milliseconds took{0};  // of one that was answered
    bool is_answered = false;           // with whatever status
    bool is_failed = false;             // not answered, or upstream says that it fails itself
  };
  struct Summary {
    std::size_t calls = 0;
    std::size_t failed = 0;
    std::size_t failed_in_row = 0;                    // the last ones
    std::optional<std::chrono::milliseconds> median;  // of those answered; empty: none was
    std::chrono::milliseconds slowest{0};
    std::optional<std::chrono::milliseconds> since_last;  // ended; empty: there was none
  };

  void note(const Call& call);
  // Of the last kRecentCalls, as far as they are not older than kRecent.
  [[nodiscard]] Summary summary(Time now) const;

 private:
  std::deque<Call> calls_;  // oldest first
};

}  // namespace quotecached::health
