// The tier chain below memory: keys go down the tiers until found, hits are copied to the tiers
// above with their original age, new entries are written behind.
//
// Owned by the engine and used on its loop only. A tier that fails opens its breaker and is skipped
// at once; a background probe brings it back. A broken tier never fails a lookup. Writes to lower
// tiers queue up to a bound; past it the oldest are dropped and counted.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/breaker.hpp"
#include "base/clock.hpp"
#include "base/durations.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/types.hpp"
#include "cache/entry.hpp"
#include "cache/memory_tier.hpp"
#include "cache/tier.hpp"

namespace quotecached::cache {

// Counters of one tier, written on the engine's loop, read by anyone.
struct TierCounters {
  std::atomic<std::uint64_t> hits{0}, misses{0}, stores{0}, failures{0}, undecodable{0},
      dropped_writes{0};
  Durations lookups, writes;  // of batches of keys and entries, those that failed included
};

struct TierReport {
  std::string_view name;
  Breaker::State state;
  std::string last_error;  // empty when it works
  const TierCounters* counters;
};

// What a lookup found, and where. `tier` is the position in the chain's lower tiers.
struct Hit {
  EntryPtr entry;  // null: nowhere
  std::size_t tier = 0;
};

class Chain {
 public:
  struct Options {
    Breaker::Options breaker;
    std::size_t max_queued_writes = 20000;   // entries, per tier ...
    Bytes max_queued_bytes = mebibytes(64);  // ... and of their text
    std::size_t max_keys_per_lookup = 512;   // keys of one lookup in a tier
    // However late the tiers: what is not found by then counts as not found.
    std::chrono::milliseconds lookup_limit{6000};
  };

  struct Tiers {
    MemoryTier& memory;                        // outlives the chain
    std::vector<std::unique_ptr<Tier>> lower;  // nearest first
  };

  Chain(
      asio::any_io_executor loop, Tiers tiers, Options options, const Clock& clock, const Log& log);
  ~Chain();

  // Looks `keys` up in the lower tiers (memory was asked by the caller already). Keys of the same
  // loop tick share a round trip. A stale copy does not stop the descent: the youngest is returned.
  // What is found younger than in the tiers above is copied up, memory first. What a purge of
  // memory covers is not found in any tier.
  asio::awaitable<std::vector<Hit>> lookup(std::vector<std::string> keys);

  // What each tier holds, memory first: for people. Nothing is copied up, nor counted.
  struct Seen {
    std::string_view tier;
    bool is_up = true;              // it was asked, and answered
    std::vector<EntryPtr> entries;  // one per key, null for a miss
  };
  asio::awaitable<std::vector<Seen>> inspect(std::vector<std::string> keys);

  // What memory alone holds under the key, fresh or not; null: nothing.
  [[nodiscard]] EntryPtr in_memory(std::string_view key) const;

  // Files new entries: in memory before it returns, in the lower tiers behind; `unhurried` ones
  // there behind all others.
  void fill(std::vector<Item> items, std::vector<Item> unhurried = {});

  // Called by each fill(), on the loop, once its entries are in memory; not when a lookup copies an
  // entry up. Who fills waits for it: it returns soon, throws nothing and asks nothing of the chain
  // but what returns at once. For the chain's life, so to be said before the loop runs.
  using FilledObserver = std::function<void(std::span<const Item>)>;
  void on_filled(FilledObserver observer);

  // Removes `keys` from memory and all tiers. Fails with Unavailable when a tier could not be told:
  // it may still hold them, until they expire.
  asio::awaitable<Result<void>> remove(std::vector<std::string> keys);

  // Writes a copy of no asset to a lower tier, reads it back and removes it. Not counted, and its
  // breaker learns nothing. Fails like the tier; with Unavailable while it is down. Requires: not
  // while that tier is tried out already.
  asio::awaitable<Result<void>> try_out(std::size_t tier);
  // The same with memory.
  [[nodiscard]] Result<void> try_out_memory();

  // Thread-safe.
  [[nodiscard]] std::vector<TierReport> report() const;
  [[nodiscard]] std::string_view tier_name(std::size_t tier) const;

  // No lookup and no write is under way.
  [[nodiscard]] bool is_idle() const noexcept;
  // Waits until none is; false when that takes longer than `limit`.
  asio::awaitable<bool> settle(std::chrono::milliseconds limit);

  // Writes what is queued, as far as the tiers answer before `limit`, and ends the probes.
  asio::awaitable<void> stop(std::chrono::milliseconds limit);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace quotecached::cache
