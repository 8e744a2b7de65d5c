// What a piece of work waits for: now, since when, and how long for each so far.
//
// The words are a closed set, the same in the list of requests, in the log and in the code. A
// request follows the record of the batch it waits for, which is kept in one place for all of them.
// Pure: time is an argument. Thread-safe: the engine writes, whoever is curious reads.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/mutex.hpp"

namespace quotecached {

enum class Wait : std::uint8_t {
  None,        // for nothing: it is being worked on
  Engine,      // its turn on the engine's loop
  Chain,       // the lower tiers
  Batch,       // its batch collects other assets, or waits for a free call
  Neighbour,   // another daemon fetches it, or may
  Plan,        // the first reading of the plan's limits, at the start
  MinuteTurn,  // room in the minute's requests
  Commit,      // the call's hold to be on disk
  Call,        // the provider's answer
  Retry,       // the pause before a call is tried again
};
inline constexpr std::size_t kWaits = 10;

[[nodiscard]] std::string_view to_string(Wait wait) noexcept;  // in snake_case

class Waits {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Spent = std::array<std::chrono::nanoseconds, kWaits>;  // by Wait

  struct Now {
    Wait what = Wait::None;
    Time since{};
  };

  Waits(Wait what, Time now) : now_{what, now} {}

  // What was waited for until `now` is over.
  void begin(Wait what, Time now);
  // Waits for whatever `other` waits for. Requires: `other` is not null, and does not follow
  // this one, nor anybody who does.
  void follow(std::shared_ptr<const Waits> other, Time now);

  [[nodiscard]] Now current() const;
  // Up to `now`, that of the present wait included.
  [[nodiscard]] Spent spent(Time now) const;

 private:
  [[nodiscard]] Spent spent_until(Time now) const REQUIRES(mutex_);

  mutable Mutex mutex_;
  Now now_ GUARDED_BY(mutex_);
  Spent spent_ GUARDED_BY(mutex_){};  // before now_.since
  std::shared_ptr<const Waits> followed_ GUARDED_BY(mutex_);
  Spent spent_before_ GUARDED_BY(mutex_){};  // by the one that is followed, when that began
};
using WaitsPtr = std::shared_ptr<Waits>;

// "chain 3 ms, call 5021 ms": what took a millisecond or more, without None.
[[nodiscard]] std::string to_text(const Waits::Spent& spent);

}  // namespace quotecached
