// A circuit breaker: stops using a dependency that keeps failing, and probes it until it is back.
//
// Every call of the dependency is an attempt, which reports once how it went: in words, or by its
// end that nothing was learnt. So a probe that is cancelled never leaves the breaker waiting for
// it. Pure: time is an argument. Not thread-safe; owned by whoever owns the dependency's client.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace quotecached {

class Breaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  class Attempt;

  struct Options {
    int failures_to_open = 3;                          // consecutive failures
    std::chrono::milliseconds first_probe_after{500};  // doubled after every failed probe ...
    std::chrono::milliseconds last_probe_after{4000};  // ... up to this
  };
  enum class State : std::uint8_t { Closed, Open, Probing };

  explicit Breaker(Options options) : options_(options) {}

  // Nothing when no call may be made now. While open, one caller gets an attempt once the probe is
  // due, and no other does before that attempt has ended.
  [[nodiscard]] std::optional<Attempt> allow(Time now);

  // An attempt in any state, for calls that are made whatever the breaker thinks. Takes no turn.
  [[nodiscard]] Attempt insist();

  // The dependency is known to fail. True when this opened the breaker.
  bool open(Time now);

  // The dependency is another now than the one that failed. True when this closed the breaker.
  bool reset();

  [[nodiscard]] State state() const noexcept { return state_; }

  // It has seen a failure since the last success.
  [[nodiscard]] bool is_troubled() const noexcept { return failures_ > 0; }

  // When the next probe is due, while open.
  [[nodiscard]] Time probe_at() const noexcept { return probe_at_; }

 private:
  bool note_failure(Time now);
  void give_back(std::uint64_t probe);

  Options options_;
  State state_ = State::Closed;
  int failures_ = 0;
  std::uint64_t probe_ = 0;  // number of the latest probe
  std::chrono::milliseconds wait_{0};
  Time probe_at_{};
};

// One call of the dependency. Must not outlive the breaker, which must not move meanwhile: kept in
// the frame that makes the call, beside what keeps the breaker's owner alive.
class [[nodiscard]] Breaker::Attempt {
 public:
  Attempt(Attempt&& other) noexcept
      : breaker_(std::exchange(other.breaker_, nullptr)), probe_(other.probe_) {}
  Attempt& operator=(Attempt&&) = delete;
  ~Attempt() { abandoned(); }

  // How it went, reported once; each returns true when the breaker's state turned: closed by a
  // success, opened by a failure. Requires: nothing was reported yet.
  bool succeeded();
  bool failed(Time now);

  // The call was never made, or told nothing: a probe gives its turn to the next caller. Does
  // nothing after a report.
  void abandoned() noexcept;

 private:
  friend class Breaker;
  Attempt(Breaker& breaker, std::uint64_t probe) : breaker_(&breaker), probe_(probe) {}

  Breaker& end();

  Breaker* breaker_;     // null once reported
  std::uint64_t probe_;  // 0: no probe
};

}  // namespace quotecached
