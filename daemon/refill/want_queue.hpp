// What is wanted and not fetched yet: the keys under way by name, the batches that collect them,
// and the assets that are parked until their names may be paid for.
//
// Pure: decides who joins whose fetch, who is refused at once, and what is called next; Refill
// carries it out. Time is an argument. Owned by Refill and used on the engine's loop only.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "refill/batch_asset.hpp"
#include "refill/counters.hpp"
#include "refill/hold_off.hpp"
#include "refill/junk_gate.hpp"
#include "refill/lane.hpp"
#include "refill/parking.hpp"
#include "refill/pending.hpp"
#include "refill/planner.hpp"
#include "refill/rider.hpp"
#include "refill/want.hpp"

namespace quotecached::refill {

class WantQueue {
 public:
  using Time = Planner::Time;

  // All must outlive it.
  struct Parts {
    const HoldOffs& hold_offs;
    JunkGate& junk;
    Counters& counters;
  };
  struct Started {
    BatchId id = 0;
    BatchWork work;
  };

  WantQueue(const Planner::Options& options, const Parts& parts)
      : parts_(parts), planner_(options), parking_(kMaxParked) {}

  // Joins the fetches of what is wanted, or begins them; adds one Wanted for each key, in order.
  // What is refused is resolved at once. Requires: no key twice.
  void add(Want want, Time now, std::vector<Wanted>& wanted);

  // The lanes whose batches began to collect since this was asked last.
  [[nodiscard]] std::vector<LanePtr> take_opened() { return std::exchange(opened_, {}); }
  // The assets of the lane's batch that still collects; null: there is none.
  [[nodiscard]] const std::vector<std::string>* collecting(const LanePtr& lane) const {
    return planner_.collecting(lane);
  }

  // The next batch to call, with those that ride along; empty when none may start.
  [[nodiscard]] std::optional<Started> start(Time now);

  // Is the key fetched already, or better not asked for by who has a copy?
  [[nodiscard]] bool is_busy(std::string_view key, Time now) const;
  // Adds assets to a batch that was just started. `copy_of`: what is held under a key. Requires:
  // there is room for them, and no key of theirs is busy.
  using CopyOf = std::function<cache::EntryPtr(std::string_view key)>;
  void ride(Started& batch, std::vector<Rider> riders, const CopyOf& copy_of, Time now);

  // The call of a started batch is over: what it was for may be wanted anew, but for what is still
  // to be filed.
  void finish(BatchId batch, std::span<const PendingPtr> ended);
  // That was filed.
  void forget(std::span<const PendingPtr> filed);
  // Is the key brought by an answer and not in memory yet?
  [[nodiscard]] bool awaits_filing(std::string_view key) const;

  // When start() may have something although nothing else happened; empty: not before an event.
  [[nodiscard]] std::optional<Time> wakeup(Time now) const;

  // Lowers or restores the number of calls at once.
  void limit_calls(std::size_t max_calls) { planner_.limit_calls(max_calls); }

  // Nothing is wanted that was not brought or refused.
  [[nodiscard]] bool is_empty() const noexcept { return pending_.empty(); }

  // From now on nothing more is begun.
  void close() noexcept { is_closed_ = true; }

 private:
  static constexpr std::size_t kMaxParked = 1000;

  // Joins the fetch of the key that is under way; null when there is none.
  [[nodiscard]] PendingPtr join(const WantedKey& one, Reason reason, Time now);
  // Otherwise makes one, which is to be begun, and takes the key. What is parked for longer than
  // who asks would wait is taken over, where that may be, and is to be begun as well.
  [[nodiscard]] Wanted join_or_make(
      WantedKey& one, const Want& want, const std::string& name, bool may_take, Time now);
  void begin(const LanePtr& lane, BatchAsset asset, Reason reason, Time now);
  // Puts the asset where it waits. Why it may not wait; null when it does.
  [[nodiscard]] calling::FailurePtr accept(const LanePtr& lane,
                                           BatchAsset asset,
                                           Reason reason,
                                           Time now);
  [[nodiscard]] calling::FailurePtr held_off(const Lane& lane,
                                             const BatchAsset& asset,
                                             Time now) const;
  // Whether it has to wait until its name may be paid for.
  [[nodiscard]] bool must_park(const Lane& lane, const BatchAsset& asset, Time now);
  [[nodiscard]] calling::FailurePtr park(const LanePtr& lane, BatchAsset asset, Time now);
  // Whether keys of the asset at this position would be begun if they were taken over.
  [[nodiscard]] bool may_take_over(const Want& want, std::size_t asset, Time now) const;
  // Whether `parked` is called for sooner when the client of `want`, which has no copy, pays for
  // it.
  [[nodiscard]] bool is_sooner_for(const Want& want,
                                   const std::string& name,
                                   const PendingPtr& parked,
                                   Time now) const;
  void take_over(const PendingPtr& parked, const std::string& client);
  // The client goes on waiting for what is parked.
  void wait_along(const PendingPtr& parked, const std::string& client);
  // When the next name of the ask at hand would have its turn.
  [[nodiscard]] Time next_turn(const Lane& lane, const std::string& client, Time now) const;
  // It waits no longer, and is not called for.
  void turn_away(const BatchAsset& asset, Time now);
  [[nodiscard]] calling::FailurePtr out_of_turn(const BatchAsset& asset, Time now) const;
  // Puts it into its lane's batch.
  [[nodiscard]] calling::FailurePtr enter(const LanePtr& lane,
                                          BatchAsset asset,
                                          Reason reason,
                                          Time now);
  void release_parked(Time now);
  void release(const LanePtr& lane, BatchAsset asset, Time now);
  void note_started(const BatchAssets& assets);

  Parts parts_;
  Planner planner_;
  Parking parking_;
  PendingSet pending_;                                // until its batch ends
  std::unordered_map<BatchId, BatchAssets> batches_;  // not started yet
  std::vector<LanePtr> opened_;
  // Of the want at hand: its names that were to be parked, and whether its client had any before.
  std::size_t turn_ = 0;
  bool has_parked_ = false;
  bool is_closed_ = false;
};

}  // namespace quotecached::refill
