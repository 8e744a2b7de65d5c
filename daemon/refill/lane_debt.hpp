// What a lane owes its clients, and what a call for it is worth now.
//
// What was served: each ask adds the age of the copy that answered it. As a trigger that sum is
// left to luck: how many asks came, when they came, and how many assets the last of them was for.
// So a request that finds a stale copy is judged by what is to be expected instead. A call now
// saves the ages that the request itself would be served, and brings forward what the next call is
// made for anyway: with r asks a second, and a copies' age of t now, r (T t - t^2 / 2), where T is
// the age at which an ordinary request has a call made (pacing::seconds_to_owe), and t no more than
// T. That is the rule that makes age and credits together least where requests come at random. r is
// what lately was asked for, corrected by what came since the last call. What clients were served
// beyond the age of the copies is owed as it is. Pure. One for each lane with one convert; 136
// bytes.
#pragma once

#include <chrono>

#include "base/clock.hpp"
#include "pacing/age.hpp"

namespace quotecached::refill {

class LaneDebt {
 public:
  // So many asks are answered by a copy so old.
  void note(double asks, pacing::Age age, TimePoint now) noexcept;
  // One of them is part of a request that may have a call made.
  void note_requested(pacing::Age age, TimePoint now) noexcept;
  // More than its copies' age was served.
  void add(pacing::Age age) noexcept {
    owed_.served += age;
    owed_.more += age;
  }

  // A call is made: the debt is taken for paid. Should nothing come of it, it is owed again.
  void pay(TimePoint now) noexcept;
  // Something came of it.
  void settle() noexcept { paid_ = {}; }
  // 1970: there was no call yet.
  [[nodiscard]] TimePoint paid_at() const noexcept { return paid_at_; }

  // The age that clients were served since the last call, or the last but one when that brought
  // nothing within `throttle`.
  [[nodiscard]] pacing::Age served(milliseconds throttle, TimePoint now) noexcept;

  // What a call is worth for the request that was noted just now: it is to be made when that comes
  // to `price`. `rate`: asks a second, lately. Without such a request it is what was served.
  [[nodiscard]] pacing::Age worth(double rate, pacing::Age price, TimePoint now) const noexcept;

  // That request is decided on: learns how many assets such requests are for.
  void learn_size(TimePoint now) noexcept;

 private:
  // Since the last call.
  struct Owed {
    pacing::Age served{0};  // what the asks were served
    pacing::Age more{0};    // of that, beyond the age of the copies
    pacing::Age ages{0};    // what they would be served at `at`
    double asks = 0;
    TimePoint at{};
    TimePoint since{};

    void move_to(TimePoint now) noexcept;
  };
  // What came with one request.
  struct Request {
    pacing::Age ages{0};
    double asks = 0;
    TimePoint at{};
  };
  [[nodiscard]] Request request(TimePoint now) const noexcept;

  Owed owed_;
  Owed paid_;  // by a call that is not known to have brought anything
  TimePoint paid_at_{};
  Request request_;
  double assets_ = 1;  // of a request, on average
};

}  // namespace quotecached::refill
