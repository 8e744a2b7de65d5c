// Who may wait for the engine, and how many: what decides, for WaitingRoom.
//
// Pure. A client may have as many requests waiting as are left free: who has the most is refused
// first, and who has few gets in for as long as there is any room. N clients that want all they can
// get have each the same share and leave one such share free.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "base/refused_by.hpp"

namespace quotecached::http {

struct WaitingNow {
  std::size_t all = 0;          // requests, this one not among them
  std::size_t bound = 0;        // the most there may be
  std::size_t of_client = 0;    // of those; a client without a token is one connection: 0
  std::size_t client_most = 0;  // its own limit; 0: there is none
};

// Nobody: the request may wait. Else TokenConcurrent or Overload.
[[nodiscard]] Refuser may_wait(const WaitingNow& now) noexcept;

// How many may wait: fewer while the engine is late with all that it is handed, since what is
// accepted then waits for the engine itself rather than for tiers or the provider.
//
// The engine is late when all that was handed to it within a second had to wait: many that come at
// once (a stampede for one thing, which costs one call) or one long turn make nobody be refused,
// however slow the machine is. Once fewer may wait each tenth of a second is looked at by itself,
// until as many may wait as before.
class EngineBound {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds kForgotten{2};  // without any all is as in the beginning

  // `late`: 0: the engine never is.
  EngineBound(std::size_t most, std::chrono::milliseconds late)
      : most_(most), late_(late), bound_(most) {}

  // A request was begun with `delay` after it was handed over, while `waiting` waited in all.
  void note(Time::duration delay, std::size_t waiting, Time now);
  [[nodiscard]] std::size_t bound() const noexcept { return bound_; }

 private:
  void let_more_wait();
  void note_delay(Time::duration delay, Time now);
  void judge(std::size_t waiting);

  const std::size_t most_;
  const std::chrono::milliseconds late_;
  std::size_t bound_;
  Time noted_at_{};
  Time judge_at_{};
  Time::duration least_ = Time::duration::max();  // since it was judged
  // Of requests that were late one after the other: when the first and the last were handed over.
  std::optional<Time> late_from_;
  Time late_until_{};
};

}  // namespace quotecached::http
