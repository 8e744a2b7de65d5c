// A lower tier of the chain: Redis, Memcached or SQLite.
//
// All calls are made on the engine's loop and resume there. Implementations own their connections,
// bound their queues and answer within their own timeout; they do not know breakers or other tiers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "cache/entry.hpp"

namespace quotecached::cache {

namespace asio = boost::asio;

struct Found {
  std::vector<EntryPtr> entries;  // one per key, null for a miss
  std::size_t undecodable = 0;    // values that were there but did not decode: misses, counted
};

class Tier {
 public:
  virtual ~Tier() = default;

  // Its name in base/tier_kind.hpp.
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;

  // All keys in one round trip. Fails with Unavailable or Timeout; a miss is not a failure.
  virtual asio::awaitable<Result<Found>> lookup(std::vector<std::string> keys, TimePoint now) = 0;

  // Files entries until the tier's cap or their stale_until, counted from fetched_at; one that is
  // past that already is skipped.
  virtual asio::awaitable<Result<void>> store(std::vector<Item> items, TimePoint now) = 0;

  virtual asio::awaitable<Result<void>> remove(std::vector<std::string> keys) = 0;

  // Asks whether the tier works: the cheapest round trip it has.
  virtual asio::awaitable<Result<void>> probe() = 0;

  // Does the tier do all it is for? Files a short-lived copy under `key`, reads it back and removes
  // it. Fails like these, and with Unavailable when the copy does not come back. Requires: nobody
  // else uses the key.
  virtual asio::awaitable<Result<void>> try_out(std::string key, TimePoint now);
};

}  // namespace quotecached::cache
