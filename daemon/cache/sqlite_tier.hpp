// The lowest tier: entries in the SQLite database, which survive restarts and need no server.
//
// Reads run on the offload pool, writes as one writer job per batch. A row is replaced only by one
// that is not older. The tier keeps stale copies until their stale_until, but vouches for freshness
// only up to its cap. A read has time by what there is to read. It prunes itself when stores come
// in.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/tier_kind.hpp"
#include "base/types.hpp"
#include "cache/codec.hpp"
#include "cache/key_cap.hpp"
#include "cache/tier.hpp"

namespace quotecached::io {
class OffloadPool;
}
namespace quotecached::store {
class ReaderPool;
class Writer;
}  // namespace quotecached::store

namespace quotecached::cache {

class SqliteTier final : public Tier {
 public:
  struct Options {
    milliseconds fresh_cap =
        default_cap(TierKind::Sqlite);  // from fetched_at; older entries come back stale
    FreshTimesPtr fresh_times;          // what is fresh for longer than the cap comes back fresh
    milliseconds lookup_timeout{250};   // of small values; larger ones have more (read_time.hpp)
    milliseconds store_timeout{5000};
    milliseconds prune_every{60'000};
    milliseconds write_trial_every{60'000};
    Bytes max_bytes = mebibytes(1024);  // of the database; past it, what ends first goes
    CodecLimits codec;
  };

  // The writer and the pool must outlive the tier; the readers live as long as a read needs them.
  SqliteTier(store::Writer& writer,
             std::shared_ptr<store::ReaderPool> readers,
             io::OffloadPool& pool,
             const Options& options);

  [[nodiscard]] std::string_view name() const noexcept override {
    return to_string(TierKind::Sqlite);
  }

  // Rows past their stale_until are misses.
  asio::awaitable<Result<Found>> lookup(std::vector<std::string> keys, TimePoint now) override;
  asio::awaitable<Result<void>> store(std::vector<Item> items, TimePoint now) override;
  asio::awaitable<Result<void>> remove(std::vector<std::string> keys) override;

  // Reads; and writes too when the last write failed.
  asio::awaitable<Result<void>> probe() override;

  // Its writes, two commits, are made at most every `write_trial_every` while all jobs of the
  // writer go well and none waits: an idle disk stays idle. In between as probe().
  asio::awaitable<Result<void>> try_out(std::string key, TimePoint now) override;

  // Queues the deletion of expired rows, and of those that end first while the database is larger
  // than it may be, in chunks between other jobs. Called by store(), at most every `prune_every`.
  void prune(TimePoint now);

 private:
  store::Writer& writer_;
  std::shared_ptr<store::ReaderPool> readers_;
  io::OffloadPool& pool_;
  const Options options_;
  TimePoint last_prune_{};
  TimePoint last_write_trial_{};   // that went well
  std::uint64_t failed_jobs_ = 0;  // of the writer, then
};

}  // namespace quotecached::cache
