// The memory tier: a sharded map bounded in bytes, with SIEVE eviction (scan-resistant: an entry
// that was never asked for again is the first to go).
//
// Thread-safe; the one structure on the hot path that threads share. Synchronous: no I/O, no
// allocation on lookup, a shard's lock is held for a table probe only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/types.hpp"
#include "cache/entry.hpp"
#include "cache/purges.hpp"

namespace quotecached::cache {

class MemoryTier {
 public:
  struct Options {
    Bytes max_bytes = mebibytes(64);
    std::size_t shards = 16;  // a power of two
  };
  struct Usage {
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;
    std::uint64_t evictions = 0;
  };

  explicit MemoryTier(Options options);
  ~MemoryTier();
  MemoryTier(const MemoryTier&) = delete;
  MemoryTier& operator=(const MemoryTier&) = delete;

  // The entry under `key`, fresh or not, or null. The second, for who has `hash` of the key
  // already.
  [[nodiscard]] EntryPtr lookup(std::string_view key) const;
  [[nodiscard]] EntryPtr lookup(std::string_view key, std::uint64_t hash) const;

  // Files `entry` unless the tier holds a younger one (by fetched_at); one larger than a quarter of
  // the tier is not kept, nor is one that a purge covers. Returns whether it was filed.
  bool store(std::string_view key, EntryPtr entry);

  void remove(std::string_view key);

  // Files the item, whatever was purged, looks it up and removes it. Requires: nobody else uses its
  // key.
  [[nodiscard]] bool try_out(const Item& item);

  // Removes what `matches`; returns the keys. Holds a shard's lock while it asks.
  std::vector<std::string> remove_if(
      const std::function<bool(std::string_view key, const Entry&)>& matches);
  void clear();

  // From now on these rules hold. On return nothing that they cover is held, nor will it be: who
  // files such an entry meanwhile files it in vain. Returns how many there were. A shard is locked
  // for as long as its list takes to copy.
  std::size_t purge(PurgeRules rules);
  // The same where nothing is held that any other of them covers than those that were `added`: only
  // these are looked for.
  std::size_t purge(PurgeRules rules, const PurgeRules& added);
  [[nodiscard]] const Purges& purges() const noexcept;
  // How often it was purged: for who keeps what it read here.
  [[nodiscard]] std::uint64_t purge_count() const noexcept;

  // Shows all that is held to `see`, while nothing is locked.
  void visit(const std::function<void(const Item&)>& see) const;

  [[nodiscard]] Usage usage() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quotecached::cache
