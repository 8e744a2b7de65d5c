// One shard of the memory tier: a table of nodes and one list of them, newest first.
//
// SIEVE: a hand walks the list from the oldest towards the newest; a node that was looked up since
// the hand last passed is spared once, one that was not is evicted. A lookup sets a bit and moves
// nothing. Bytes are counted for the tier as a whole (`MemoryRoom`). Thread-safe; internal to the
// memory tier.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "base/mutex.hpp"
#include "cache/entry.hpp"

namespace quotecached::cache {

// The bytes all shards share.
struct MemoryRoom {
  std::uint64_t max = 0;
  std::atomic<std::uint64_t> used{0};
  std::atomic<std::uint64_t> purges{0};  // how often the tier was purged

  [[nodiscard]] bool is_over() const noexcept { return used.load(std::memory_order_relaxed) > max; }
};

// A key and its hash, computed once per call.
struct MemoryProbe {
  std::string_view key;
  std::uint64_t hash;
};

// A node; the bytes of its key stand behind it in the same allocation.
struct MemoryNode {
  std::uint64_t hash = 0;
  EntryPtr entry;
  MemoryNode* newer = nullptr;
  MemoryNode* older = nullptr;
  std::size_t cost = 0;
  std::uint32_t key_size = 0;
  bool was_asked = false;

  [[nodiscard]] std::string_view key() const noexcept {
    return {reinterpret_cast<const char*>(this + 1), key_size};
  }
};

// What keeping `entry` under `key` takes, the allocator's and the table's share included.
[[nodiscard]] std::size_t memory_cost(std::string_view key, const Entry& entry);

class alignas(64) MemoryShard {
 public:
  explicit MemoryShard(MemoryRoom& room) : room_(room) {}
  ~MemoryShard() { clear(); }
  MemoryShard(const MemoryShard&) = delete;
  MemoryShard& operator=(const MemoryShard&) = delete;

  [[nodiscard]] EntryPtr lookup(const MemoryProbe& probe) {
    const MutexLock lock(mutex_);
    const auto at = nodes_.find(probe);
    if (at == nodes_.end()) return nullptr;
    MemoryNode* node = *at;
    if (!node->was_asked) node->was_asked = true;
    return node->entry;
  }

  enum class Filing : std::uint8_t { Filed, Refused, Outdated };

  // Files `entry` unless a younger one is held, and makes room in this shard. Refused when its cost
  // is above `max_cost`; what was held goes all the same. Outdated: the room was purged more often
  // than `purges` times, whether the entry may be filed is to be looked at again.
  Filing store(const MemoryProbe& probe,
               EntryPtr entry,
               std::size_t max_cost,
               std::uint64_t purges);
  void evict();  // until there is room, or nothing left here
  void remove(const MemoryProbe& probe);
  // False when it is another entry by now, or none.
  bool remove(const MemoryProbe& probe, const EntryPtr& held);
  [[nodiscard]] std::vector<Item> items() const;
  void remove_if(const std::function<bool(std::string_view key, const Entry&)>& matches,
                 std::vector<std::string>& removed);
  void clear();

  [[nodiscard]] std::uint64_t entries() const;
  [[nodiscard]] std::uint64_t evictions() const;

 private:
  struct Hash {
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(const MemoryNode* node) const noexcept { return node->hash; }
    std::size_t operator()(const MemoryProbe& probe) const noexcept { return probe.hash; }
  };
  struct Same {
    using is_transparent = void;
    bool operator()(const MemoryNode* a, const MemoryNode* b) const noexcept { return a == b; }
    bool operator()(const MemoryProbe& a, const MemoryNode* b) const noexcept {
      return a.hash == b->hash && a.key == b->key();
    }
    bool operator()(const MemoryNode* a, const MemoryProbe& b) const noexcept {
      return (*this)(b, a);
    }
  };
  class Discarded;  // nodes taken out under the lock, freed after it

  void link(MemoryNode* node) REQUIRES(mutex_);
  void discard(MemoryNode* node, Discarded& discarded) REQUIRES(mutex_);
  MemoryNode* pick(const MemoryNode* kept) REQUIRES(mutex_);
  void evict_locked(const MemoryNode* kept, Discarded& discarded) REQUIRES(mutex_);

  MemoryRoom& room_;
  mutable Mutex mutex_;
  boost::unordered_flat_set<MemoryNode*, Hash, Same> nodes_ GUARDED_BY(mutex_);
  MemoryNode* newest_ GUARDED_BY(mutex_) = nullptr;
  MemoryNode* oldest_ GUARDED_BY(mutex_) = nullptr;
  MemoryNode* hand_ GUARDED_BY(mutex_) = nullptr;
  std::uint64_t evictions_ GUARDED_BY(mutex_) = 0;
};

}  // namespace quotecached::cache
