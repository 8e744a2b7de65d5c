// What upstream may be asked, given what it was asked before: one call for one thing. Pure.
#pragma once

#include <span>

#include "model/call.hpp"
#include "model/finding.hpp"
#include "model/timeline.hpp"

namespace quotecached::model {

struct CallRules {
  // How long what a good call brought is there for certain, by the daemon's clock.
  milliseconds holds_for{55'000};
  // When something was lost on purpose (a kill, emptied tiers): what came before is not counted on.
  std::vector<milliseconds> losses{};
  // Does the daemon have no room for what it bought? Then it may buy again.
  bool forgets = false;
  // May what is held ride along in a call that is made for something else?
  bool rides = true;
};

// Requires: calls in the order of their arrival.
[[nodiscard]] Findings check_calls(std::span<const Call> calls,
                                   const Timeline& timeline,
                                   const CallRules& rules);

}  // namespace quotecached::model
