// Decides which upstream calls to make: collects wanted assets lane by lane into batches, closes a
// batch when it is full or has waited long enough, and lets batches start by priority.
//
// Pure: no clock, no I/O. Owned by WantQueue.
//
// Invariant: an asset handed to add() stands in exactly one batch until that batch is finished, and
// no more than `max_calls` batches are in flight.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "credit/call.hpp"
#include "refill/lane.hpp"

namespace quotecached::refill {

// Who waits, most urgent first. Weighted, not absolute: the urgent go first, nobody starves.
enum class Priority : std::uint8_t { Foreground, Refresh, Warm, Backfill };
inline constexpr std::size_t kPriorities = 4;

// Why something is fetched: how soon it shall be, and as what its call is booked.
struct Reason {
  Priority priority = Priority::Foreground;
  credit::Cause cause = credit::Cause::Miss;
  std::int64_t run = 0;  // of warm/, for which it is; 0: none
};

using BatchId = std::uint64_t;

struct Batch {
  BatchId id = 0;
  LanePtr lane;
  std::vector<std::string> assets;  // in the order they were added
  Reason reason;                    // of the most urgent asset in it: all share its call
};

class Planner {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Options {
    std::chrono::milliseconds window{5};        // how long a batch collects
    std::chrono::milliseconds window_max{100};  // ... while its lane has a call in flight
    std::size_t max_calls = 5;                  // in flight at once
    std::size_t max_waiting = 20000;            // assets not yet in flight
  };

  explicit Planner(Options options) : options_(options) {}

  // Puts `asset` into its lane's open batch and returns that batch; empty when too much waits.
  // Requires: the asset waits in no batch of this lane. WantQueue, which knows all keys that are
  // fetched, asserts that: a search here would take longer the fuller the batch is.
  std::optional<BatchId> add(const LanePtr& lane, std::string asset, Reason reason, Time now);

  // Whether add() would find that too much waits.
  [[nodiscard]] bool is_full() const noexcept { return waiting_ >= options_.max_waiting; }

  // Somebody more urgent waits for a batch that has not started.
  void promote(BatchId batch, Reason reason);

  // The next batch to call now, in flight from here on; empty when none may start.
  std::optional<Batch> start(Time now);

  // The assets of the lane's batch that still collects, in the order they were added; null: there
  // is none.
  [[nodiscard]] const std::vector<std::string>* collecting(const LanePtr& lane) const;

  // The call of a started batch is over.
  void finish(BatchId batch);

  // When start() may have something although nothing else happened; empty: not before an event.
  [[nodiscard]] std::optional<Time> wakeup() const;

  // Lowers or restores the number of calls at once (the provider complained about our address).
  void limit_calls(std::size_t max_calls) { options_.max_calls = max_calls; }

 private:
  struct OpenBatch {
    Batch batch;
    Time opened;
  };
  // Takes the lanes of one name for the same.
  struct ByName {
    std::size_t operator()(const LanePtr& lane) const noexcept {
      return std::hash<std::string>()(lane->name());
    }
    bool operator()(const LanePtr& one, const LanePtr& other) const noexcept {
      return one == other || one->name() == other->name();
    }
  };
  template <class Value>
  using ByLane = std::unordered_map<LanePtr, Value, ByName, ByName>;

  void close_due(Time now);
  void close(const LanePtr& lane);
  [[nodiscard]] Time closes_at(const OpenBatch& open) const;
  [[nodiscard]] bool may_start(Priority priority) const;
  [[nodiscard]] std::optional<std::size_t> pick_queue();

  Options options_;
  BatchId last_id_ = 0;
  std::size_t waiting_ = 0;
  ByLane<OpenBatch> open_;
  std::array<std::deque<Batch>, kPriorities> closed_;
  std::array<std::int64_t, kPriorities> turn_{};  // smooth weighted round robin
  std::unordered_map<BatchId, LanePtr> in_flight_;
  ByLane<std::size_t> lane_calls_;  // in flight
};

}  // namespace quotecached::refill
