// Assets that wait until their names may be paid for (JunkGate), or ride along with a call that is
// made in their lane anyway.
//
// Turns are by client: each has its first name called for before another has its second. Of one
// client the first names of all its asks come before the later names of any, so that an ask of one
// name does not wait behind nine hundred of another. When it is full, whose turn comes last makes
// room. Each waits for a limited time. Bounded; pure. Owned by WantQueue.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "refill/batch_asset.hpp"
#include "refill/junk_gate.hpp"
#include "refill/lane.hpp"

namespace quotecached::refill {

struct ParkedAsset {
  LanePtr lane;
  BatchAsset asset;
  std::size_t turn = 0;    // so many names of the same ask come before it
  JunkGate::Time until{};  // no longer than this
};

class Parking {
 public:
  using Time = JunkGate::Time;

  // Requires: most > 0.
  explicit Parking(std::size_t most) : most_(most) {}

  [[nodiscard]] bool is_empty() const noexcept { return parked_.empty(); }
  // Whether anything of this client waits.
  [[nodiscard]] bool has_of(const std::string& client) const;

  // Adds it. Returns whose turn comes last when there are too many: it waits no more.
  [[nodiscard]] std::optional<BatchAsset> add(ParkedAsset parked);

  // Takes this key out, which somebody else pays for; the others of its asset go on waiting.
  // Requires: it waits here.
  void take_out(const PendingPtr& key);
  // Another ask of the same client wants the key too, with `turn` names before it. Requires: it
  // waits here.
  void hasten(const PendingPtr& key, std::size_t turn);

  // The lane of the asset that may be paid for now and whose turn it is; null when there is none.
  // First the clients, and of those the lanes, that had their last turn longest ago.
  [[nodiscard]] LanePtr open_lane(const JunkGate& gate, Time now) const;
  // When there will be one, or the wait of one ends; empty: nothing waits.
  [[nodiscard]] std::optional<Time> wakeup(const JunkGate& gate, Time now) const;

  // Those of this lane whose turn comes first, at most so many. They have had their turn.
  [[nodiscard]] BatchAssets take(const std::string& lane, std::size_t most);
  // Those that have waited as long as they may.
  [[nodiscard]] BatchAssets take_expired(Time now);

 private:
  [[nodiscard]] std::deque<ParkedAsset>::iterator find(const PendingPtr& key);
  // Positions of all, in the order of their turns.
  [[nodiscard]] std::vector<std::size_t> in_turn() const;
  [[nodiscard]] std::uint64_t last_turn(const std::string& whose) const;
  void note_turn(const ParkedAsset& parked);

  std::size_t most_;
  std::deque<ParkedAsset> parked_;  // oldest first
  std::uint64_t turns_ = 0;
  // When a client, and a client in a lane, had its last turn.
  std::unordered_map<std::string, std::uint64_t> had_turn_;
};

}  // namespace quotecached::refill
