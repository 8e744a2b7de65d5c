#include "cache/memory_shard.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace quotecached::cache {
namespace {

// What the allocator takes for `size` bytes: rounded to 16 with its own 8 in front.
constexpr std::size_t allocated(std::size_t size) {
  return std::max<std::size_t>(32, (size + 8 + 15) / 16 * 16);
}

// A table slot: a pointer and a byte of metadata, at the mean load of a table that doubles.
constexpr std::size_t kTableCost = 16;

MemoryNode* make_node(const MemoryProbe& probe, EntryPtr entry) {
  void* room = ::operator new(sizeof(MemoryNode) + probe.key.size());
  auto* node = new (room) MemoryNode;
  node->hash = probe.hash;
  node->entry = std::move(entry);
  node->key_size = static_cast<std::uint32_t>(probe.key.size());
  std::memcpy(static_cast<char*>(room) + sizeof(MemoryNode), probe.key.data(), probe.key.size());
  return node;
}

void free_node(MemoryNode* node) {
  node->~MemoryNode();
  ::operator delete(node);
}

}  // namespace

std::size_t memory_cost(std::string_view key, const Entry& entry) {
  static const std::size_t inline_text = std::string().capacity();
  const Fragment& fragment = entry.fragment;
  std::size_t cost = kTableCost + allocated(sizeof(MemoryNode) + key.size()) +
                     allocated(sizeof(Entry) + 2 * sizeof(void*));
  if (fragment.text.capacity() > inline_text) cost += allocated(fragment.text.capacity() + 1);
  if (fragment.slots.capacity() > 0) cost += allocated(fragment.slots.capacity() * sizeof(Slot));
  if (entry.origins.capacity() > 0)
    cost += allocated(entry.origins.capacity() * sizeof(std::uint64_t));
  return cost;
}

class MemoryShard::Discarded {
 public:
  Discarded() = default;
  Discarded(const Discarded&) = delete;
  Discarded& operator=(const Discarded&) = delete;
  ~Discarded() {
    while (first_ != nullptr) {
      MemoryNode* node = first_;
      first_ = node->older;
      free_node(node);
    }
  }
  void add(MemoryNode* node) {
    node->older = first_;
    first_ = node;
  }

 private:
  MemoryNode* first_ = nullptr;
};

void MemoryShard::link(MemoryNode* node) {
  nodes_.insert(node);
  node->older = newest_;
  if (newest_ != nullptr) newest_->newer = node;
  newest_ = node;
  if (oldest_ == nullptr) oldest_ = node;
}

void MemoryShard::discard(MemoryNode* node, Discarded& discarded) {
  nodes_.erase(node);
  if (hand_ == node) hand_ = node->newer;
  (node->newer != nullptr ? node->newer->older : newest_) = node->older;
  (node->older != nullptr ? node->older->newer : oldest_) = node->newer;
  room_.used.fetch_sub(node->cost, std::memory_order_relaxed);
  discarded.add(node);
}

// The node to evict next, never `kept`; null when there is no other. Ends within two rounds, since
// the first clears every bit.
MemoryNode* MemoryShard::pick(const MemoryNode* kept) {
  if (oldest_ == nullptr || (oldest_ == kept && newest_ == kept)) return nullptr;
  while (true) {
    MemoryNode* node = hand_ != nullptr ? hand_ : oldest_;
    hand_ = node->newer;
    if (node == kept) continue;
    if (!node->was_asked) return node;
    node->was_asked = false;
  }
}

void MemoryShard::evict_locked(const MemoryNode* kept, Discarded& discarded) {
  while (room_.is_over()) {
    MemoryNode* node = pick(kept);
    if (node == nullptr) return;
    discard(node, discarded);
    ++evictions_;
  }
}

MemoryShard::Filing MemoryShard::store(const MemoryProbe& probe,
                                       EntryPtr entry,
                                       std::size_t max_cost,
                                       std::uint64_t purges) {
  const std::size_t cost = memory_cost(probe.key, *entry);
  Discarded discarded;
  const MutexLock lock(mutex_);
  // A purge counts first, then sweeps each shard under its lock: what is filed here by an old count
  // is swept, what comes after the sweep sees the new one.
  if (room_.purges != purges) return Filing::Outdated;
  const auto at = nodes_.find(probe);
  MemoryNode* node = at == nodes_.end() ? nullptr : *at;
  if (node != nullptr && node->entry->fetched_at > entry->fetched_at) return Filing::Refused;
  if (cost > max_cost) {
    if (node != nullptr) discard(node, discarded);
    return Filing::Refused;
  }
  room_.used.fetch_add(cost, std::memory_order_relaxed);
  if (node == nullptr) {
    node = make_node(probe, std::move(entry));
    link(node);
  } else {
    room_.used.fetch_sub(node->cost, std::memory_order_relaxed);
    node->entry.swap(entry);  // what it held is dropped by the caller, after the lock
  }
  node->cost = cost;
  evict_locked(node, discarded);
  return Filing::Filed;
}

void MemoryShard::evict() {
  Discarded discarded;
  const MutexLock lock(mutex_);
  evict_locked(nullptr, discarded);
}

void MemoryShard::remove(const MemoryProbe& probe) {
  Discarded discarded;
  const MutexLock lock(mutex_);
  const auto at = nodes_.find(probe);
  if (at != nodes_.end()) discard(*at, discarded);
}

bool MemoryShard::remove(const MemoryProbe& probe, const EntryPtr& held) {
  Discarded discarded;
  const MutexLock lock(mutex_);
  const auto at = nodes_.find(probe);
  if (at == nodes_.end() || (*at)->entry != held) return false;
  discard(*at, discarded);
  return true;
}

std::vector<Item> MemoryShard::items() const {
  std::vector<Item> items;
  const MutexLock lock(mutex_);
  items.reserve(nodes_.size());
  for (const MemoryNode* node = oldest_; node != nullptr; node = node->newer)
    items.push_back({std::string(node->key()), node->entry});
  return items;
}

void MemoryShard::remove_if(const std::function<bool(std::string_view key, const Entry&)>& matches,
                            std::vector<std::string>& removed) {
  Discarded discarded;
  const MutexLock lock(mutex_);
  for (MemoryNode* node = oldest_; node != nullptr;) {
    MemoryNode* next = node->newer;
    if (matches(node->key(), *node->entry)) {
      removed.emplace_back(node->key());
      discard(node, discarded);
    }
    node = next;
  }
}

void MemoryShard::clear() {
  Discarded discarded;
  const MutexLock lock(mutex_);
  while (oldest_ != nullptr) discard(oldest_, discarded);
}

std::uint64_t MemoryShard::entries() const {
  const MutexLock lock(mutex_);
  return nodes_.size();
}

std::uint64_t MemoryShard::evictions() const {
  const MutexLock lock(mutex_);
  return evictions_;
}

}  // namespace quotecached::cache
