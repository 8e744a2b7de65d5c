// The simulator's time: the system clock plus an offset that tests move forward, or a clock that
// stands where they put it; and ticks on it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace cmcsim {

using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

// `2023-09-13T15:39:00.000Z`, always three decimals.
[[nodiscard]] std::string iso_text(TimePoint time);

// Reads `2023-09-13T15:39:00Z`; nothing for any other form.
[[nodiscard]] std::optional<TimePoint> parse_iso(const std::string& text);

class SimClock {
 public:
  // Without `stands_at` it goes on with the system's clock.
  explicit SimClock(std::optional<TimePoint> stands_at = {}) : stands_at_(stands_at) {}

  [[nodiscard]] TimePoint now() const;
  void advance(std::chrono::milliseconds by) { offset_ += by; }

 private:
  std::optional<TimePoint> stands_at_;
  std::chrono::milliseconds offset_{0};
};

// One generation of prices: all answers of one tick carry the same figures.
struct Tick {
  std::uint64_t index = 0;
  TimePoint start;  // What last_updated says.
  TimePoint now;    // When the request came.
};

// A zero `period` makes every call a tick of its own, numbered by `call`.
[[nodiscard]] Tick tick_at(TimePoint now, std::chrono::milliseconds period, std::uint64_t call);

// How long after its start a tick is served, drawn anew for each: a provider's data are late.
struct Lateness {
  std::chrono::milliseconds least{0}, most{0};

  // `40:160`, in seconds; nothing for any other form.
  [[nodiscard]] static std::optional<Lateness> parse(const std::string& text);
};

// The last tick that is served by `now`. The same seed draws the same. Requires: a period.
[[nodiscard]] Tick late_tick_at(TimePoint now,
                                std::chrono::milliseconds period,
                                Lateness late,
                                std::uint64_t seed);

}  // namespace cmcsim
