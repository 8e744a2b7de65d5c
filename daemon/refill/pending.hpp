// A key being fetched: many requests may wait for it, one upstream call brings it.
//
// Owned by the engine's loop; resolved once.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/clock.hpp"
#include "base/request_tag.hpp"
#include "base/types.hpp"
#include "base/waits.hpp"
#include "cache/entry.hpp"
#include "calling/failure.hpp"
#include "io/event.hpp"
#include "refill/planner.hpp"

namespace quotecached::refill {

struct Pending {
  std::string key;
  io::Event resolved;
  cache::EntryPtr entry;           // once resolved: the entry, or null and `failure` says why
  bool is_from_neighbour = false;  // another daemon fetched it: it came out of a shared tier
  calling::FailurePtr failure;
  // What the provider sent beside the last answer that was to bring it: lines of a head. May be
  // null.
  std::shared_ptr<const std::string> headers;
  cache::EntryPtr copy;  // what a waiter can fall back to; null while none has a copy
  Credits cost;  // its client's part of the calls, on the first key of that client in the batch
  BatchId batch = 0;
  WaitsPtr waits;      // of its batch, shared by all in it, or its own while it is parked; null
                       // when it was refused at once
  std::string client;  // who pays for it: whose request started it, or took it over; empty:
                       // nobody's
  RequestTagPtr tag;   // what that request is called; null: it is nobody's
  std::uint32_t owners = 0;  // how often another request took it over
  bool is_needed = false;    // a waiter has no stale copy to fall back to
  bool rides = false;     // it is fetched since there was room in a call, and costs nobody anything
  bool is_wanted = true;  // somebody asked for it; of one that rides not at first
  bool awaits_filing = false;  // an answer has brought it, and is not in memory yet
  // It waits until its name may be paid for (Parking), no longer than this; 0: it does not.
  std::chrono::steady_clock::time_point parked_until{};
  std::chrono::steady_clock::time_point started{};  // when it was first wanted
  std::chrono::steady_clock::time_point last_wanted{};
};
using PendingPtr = std::shared_ptr<Pending>;

[[nodiscard]] inline bool is_parked(const Pending& pending) noexcept {
  return !pending.resolved.is_set() &&
         pending.parked_until != std::chrono::steady_clock::time_point{};
}

// Pendings, to be found by the keys that they hold.
struct PendingHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view key) const noexcept {
    return std::hash<std::string_view>()(key);
  }
  std::size_t operator()(const PendingPtr& one) const noexcept { return (*this)(one->key); }
};
struct PendingEqual {
  using is_transparent = void;
  bool operator()(const PendingPtr& a, const PendingPtr& b) const noexcept {
    return a->key == b->key;
  }
  bool operator()(const PendingPtr& one, std::string_view key) const noexcept {
    return one->key == key;
  }
  bool operator()(std::string_view key, const PendingPtr& one) const noexcept {
    return one->key == key;
  }
};
using PendingSet = std::unordered_set<PendingPtr, PendingHash, PendingEqual>;

// A request's part in a fetch.
struct Wanted {
  PendingPtr pending;
  bool started_it = false;  // or took it over
  std::uint32_t owner = 0;  // which of its owners that makes this request
};

// Whose request started the fetch, or was the last to take it over, bears its cost.
[[nodiscard]] inline bool bears_cost(const Wanted& one) noexcept {
  return one.started_it && one.owner == one.pending->owners;
}

}  // namespace quotecached::refill
