// The Memcached tier: one or more servers behind consistent hashing, called on offload threads.
//
// A server of several that fails is left out for a while: what it held are misses, what would go
// there is dropped, the others work on. The tier itself fails only when no server answers. Keys
// that memcached cannot take are hashed; the stored form knows the whole key, so nothing is mixed
// up. A copy is replaced only by one that is not older. Used on its loop only, the pool apart.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/tier_kind.hpp"
#include "cache/codec.hpp"
#include "cache/key_cap.hpp"
#include "cache/tier.hpp"
#include "io/offload.hpp"

namespace quotecached::cache {

class MemcachedRing;
struct MemcachedShares;

class MemcachedTier final : public Tier {
 public:
  struct Options {
    std::vector<std::string> servers = {"127.0.0.1:11211"};  // see memcached_address.hpp
    std::chrono::milliseconds cap = default_cap(TierKind::Memcached);
    FreshTimesPtr fresh_times;  // what is fresh for longer than the cap is held for longer
    std::chrono::milliseconds timeout{100};  // to connect, and for each wait
    Bytes max_value{1'000'000};              // of the stored form; larger ones are skipped
    CodecLimits codec;
  };

  // Does not connect yet. `pool` must outlive the tier. Fails with Invalid when there is no server
  // or an address is not one.
  static Result<std::unique_ptr<MemcachedTier>> make(io::OffloadPool& pool, Options options);
  ~MemcachedTier() override;

  [[nodiscard]] std::string_view name() const noexcept override {
    return to_string(TierKind::Memcached);
  }
  asio::awaitable<Result<Found>> lookup(std::vector<std::string> keys, TimePoint now) override;
  asio::awaitable<Result<void>> store(std::vector<Item> items, TimePoint now) override;
  asio::awaitable<Result<void>> remove(std::vector<std::string> keys) override;
  asio::awaitable<Result<void>> probe() override;

  // Values that were skipped for their size. Thread-safe.
  [[nodiscard]] std::uint64_t too_large() const noexcept { return *too_large_; }

 private:
  MemcachedTier(io::OffloadPool& pool, Options options, std::unique_ptr<MemcachedRing> ring);

  [[nodiscard]] std::chrono::milliseconds limit_of(std::size_t jobs) const;
  Result<void> noted(MemcachedShares& shares,
                     Result<std::vector<Result<void>>> results,
                     std::string_view what);

  io::OffloadPool& pool_;
  Options options_;
  std::unique_ptr<MemcachedRing> ring_;
  std::shared_ptr<std::atomic<std::uint64_t>> too_large_;  // shared with the work on the pool
};

}  // namespace quotecached::cache
