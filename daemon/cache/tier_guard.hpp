// A lower tier and what the chain knows about it: whether it works, its counters, and the entries
// waiting to be written to it.
//
// Reads and writes have a breaker each: a tier that cannot be written to (a full disk, a replica)
// still answers. Owned by the chain and used on its loop; report() is thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/breaker.hpp"
#include "base/log.hpp"
#include "base/mutex.hpp"
#include "cache/chain.hpp"
#include "cache/tier.hpp"
#include "cache/write_queue.hpp"

namespace quotecached::cache {

class TierGuard {
 public:
  TierGuard(std::unique_ptr<Tier> tier, const Chain::Options& options, Log log);

  [[nodiscard]] std::string_view name() const noexcept { return tier_->name(); }
  [[nodiscard]] bool is_up() const noexcept { return reads_.state() == Breaker::State::Closed; }

  // What the tier has, null for what it has not; all null when it fails. Entries that nobody may
  // use any more, or from the future, count as misses. Requires: is_up().
  asio::awaitable<std::vector<EntryPtr>> lookup(std::vector<std::string> keys, TimePoint now);

  // What the tier has, for people: as it stands there, and not counted. Fails like the tier, and
  // with Unavailable while it is down.
  asio::awaitable<Result<Found>> peek(std::vector<std::string> keys, TimePoint now);

  // Tries the tier out, whatever it holds: not counted, and the breakers learn nothing. Fails like
  // the tier, and with Unavailable while it is down.
  asio::awaitable<Result<void>> try_out(std::string key, TimePoint now);

  // Queues a write, unless the tier is down. True: the caller has to start flush().
  [[nodiscard]] bool enqueue(Item item, Haste haste = Haste::Usual);

  // Writes what is queued, batch by batch, after a moment for more to come.
  asio::awaitable<void> flush(const Clock* clock);

  // Drops what is queued.
  void drop_writes();

  asio::awaitable<Result<void>> remove(std::vector<std::string> keys);

  // True when the tier is down and nobody probes: the caller has to start probe_until_up().
  [[nodiscard]] bool claim_probe() noexcept;
  asio::awaitable<void> probe_until_up();

  [[nodiscard]] TierReport report() const;

 private:
  void note_read(Breaker::Attempt& attempt, const Result<void>& result);
  void note_write(Breaker::Attempt& attempt, const Result<void>& result);
  void keep_error(const Result<void>& result);
  asio::awaitable<bool> write_batch(TimePoint now, std::size_t most);

  std::unique_ptr<Tier> tier_;
  Log log_;
  Breaker reads_;
  Breaker writes_;
  WriteQueue queue_;
  bool is_flushing_ = false;  // flush() runs or is about to
  bool is_probing_ = false;   // likewise
  bool has_error_ = false;

  TierCounters counters_;
  std::atomic<Breaker::State> state_{Breaker::State::Closed};
  mutable Mutex mutex_;
  std::string last_error_ GUARDED_BY(mutex_);
};

}  // namespace quotecached::cache
