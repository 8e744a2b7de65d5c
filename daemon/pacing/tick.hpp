// The provider's tick: when the data of an endpoint turns over, learned from what its answers say
// they are of.
//
// A provider that renews its data each minute serves each minute's data so many seconds late: until
// the next turn a further call would bring the same data again, and just after it the youngest that
// can be had. Pure: time is an argument. Not thread-safe; one for each endpoint, owned by Refill.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

#include "base/clock.hpp"

namespace quotecached::pacing {

// By which our clock may be behind the provider's. Data that seems to be of a later time says
// nothing of it.
inline constexpr milliseconds kClockSkew{2000};

class TickClock {
 public:
  // An answer asked for at `asked_at` holds data of `data_at` at best. What is older than an hour
  // or than data that was seen before (coins that are dead or lag behind, a server that does), or
  // from the future, says nothing.
  void note(TimePoint asked_at, TimePoint data_at);

  // How the data turns over.
  struct Tick {
    milliseconds period{0};
    milliseconds served{0};  // so long after its own time data was there ...
    milliseconds due{0};     // ... and so long after it is asked for
  };
  // Empty while there is no clear one: too few answers, data of any moment, or so unevenly late
  // that turns cannot be told.
  [[nodiscard]] std::optional<Tick> tick() const;

 private:
  static constexpr std::size_t kKept = 32;  // answers
  static constexpr std::size_t kFewest = 8;

  struct Seen {
    TimePoint data_at;
    milliseconds age{0};  // of the data, when it was asked for
  };

  [[nodiscard]] milliseconds period() const;
  // Learns anew from what is kept.
  void begin(milliseconds period);
  void learn(const Seen& seen);
  // Is data so unevenly late that its turns cannot be told?
  [[nodiscard]] bool is_uneven() const;

  std::array<Seen, kKept> seen_{};  // a ring
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  // How late data is served lies between these two: so long after its own time it was not there,
  // and was.
  milliseconds absent_{0};
  milliseconds served_{0};
  milliseconds period_{0};  // for which they were learned; 0: for none
  TimePoint youngest_{};    // data that was seen
  TimePoint late_{};        // data that was not there when it should have been
};

// How much younger than `data_at` the data is that a call now is to bring: whole turns.
[[nodiscard]] milliseconds behind(const TickClock::Tick& tick,
                                  TimePoint data_at,
                                  TimePoint now) noexcept;

// The data that a call at `now` is to bring.
[[nodiscard]] TimePoint data_due(const TickClock::Tick& tick, TimePoint now) noexcept;

// Until when a copy asked for at `asked_at`, of `data_at`, is fresh where it may be so for `fresh`:
// to the last turn in that time, so that what renews it brings the youngest data; to the next one
// at least. For `fresh` where `data_at` is no time that the data can be of.
[[nodiscard]] TimePoint fresh_until(const TickClock::Tick& tick,
                                    TimePoint asked_at,
                                    TimePoint data_at,
                                    milliseconds fresh) noexcept;

}  // namespace quotecached::pacing
