// What came of copies that were renewed ahead of their clients: asks that found them fresh, or
// none.
//
// Pure. Owned by the Warmer and used on its loop only. Bounded: of more copies than it has room for
// the oldest are judged early.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "base/clock.hpp"
#include "refill/renewals.hpp"

namespace quotecached::warm {

class Outcomes {
 public:
  // A copy of the key, fresh until `until`, was brought at `now` by the run `run`.
  void note(std::string key,
            std::int64_t run,
            TimePoint until,
            const refill::Renewals& renewals,
            TimePoint now);

  struct Judged {
    std::int64_t run = 0;
    double asks = 0;  // that found it fresh; 0: it was brought for nobody
  };
  // The copies that are not fresh any more.
  template <class Take>
  void judge(const refill::Renewals& renewals, TimePoint now, Take take) {
    while (!copies_.empty() && (copies_.front().until <= now || copies_.size() > kMostCopies)) {
      take(judged(copies_.front(), renewals, now));
      copies_.pop_front();
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return copies_.size(); }

 private:
  static constexpr std::size_t kMostCopies = 20'000;
  struct Copy {
    std::string key;
    std::int64_t run = 0;
    TimePoint since;
    TimePoint until;
    double asks_before = 0;
  };

  [[nodiscard]] static Judged judged(const Copy& copy,
                                     const refill::Renewals& renewals,
                                     TimePoint now);

  std::deque<Copy> copies_;
};

}  // namespace quotecached::warm
