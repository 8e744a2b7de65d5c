// A circuit breaker: stops using a dependency that keeps failing, and probes it until it is back.
//
// Pure: time is an argument. Not thread-safe; owned by whoever owns the dependency's client.
#pragma once

#include <chrono>
#include <cstdint>

namespace quotecached {

class Breaker {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Options {
    int failures_to_open = 3;                          // consecutive failures
    std::chrono::milliseconds first_probe_after{500};  // doubled after every failed probe ...
    std::chrono::milliseconds last_probe_after{4000};  // ... up to this
  };
  enum class State : std::uint8_t { Closed, Open, Probing };

  explicit Breaker(Options options) : options_(options) {}

  // May a call be made now? While open, says yes to one caller once the probe is due; that caller
  // must report how it went with succeeded(), failed() or abandoned().
  [[nodiscard]] bool allow(Time now);

  // Each returns true when the state turned: closed by a success, opened by a failure.
  bool succeeded();
  bool failed(Time now);

  // A call that was allowed was never made, or ended without telling anything.
  void abandoned();

  [[nodiscard]] State state() const noexcept { return state_; }

  // When the next probe is due, while open.
  [[nodiscard]] Time probe_at() const noexcept { return probe_at_; }

 private:
  Options options_;
  State state_ = State::Closed;
  int failures_ = 0;
  std::chrono::milliseconds wait_{0};
  Time probe_at_{};
};

}  // namespace quotecached
