// When the data of each endpoint turns over, as its answers tell.
//
// Pure: time is an argument. Owned by Renewals and used on the engine's loop only.
#pragma once

#include <optional>
#include <unordered_map>

#include "base/clock.hpp"
#include "catalog/endpoint.hpp"
#include "pacing/tick.hpp"

namespace quotecached::refill {

class Ticks {
 public:
  // An answer of the endpoint, asked for at `asked_at`, holds data of `data_at` at best.
  void note(const catalog::Endpoint& endpoint, TimePoint asked_at, TimePoint data_at) {
    auto& [clock, tick] = known_[&endpoint];
    clock.note(asked_at, data_at);
    tick = clock.tick();
  }

  // How its data turns over, as far as that is clear.
  [[nodiscard]] std::optional<pacing::TickClock::Tick> tick(
      const catalog::Endpoint& endpoint) const {
    const auto found = known_.find(&endpoint);
    return found == known_.end() ? std::nullopt : found->second.tick;
  }

 private:
  struct Known {
    pacing::TickClock clock;
    std::optional<pacing::TickClock::Tick> tick;  // as it was last made out
  };

  std::unordered_map<const catalog::Endpoint*, Known> known_;
};

}  // namespace quotecached::refill
