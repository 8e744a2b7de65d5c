#include "cache/memory_tier.hpp"

#include <bit>
#include <cassert>

#include "base/hash.hpp"
#include "cache/memory_shard.hpp"

namespace quotecached::cache {
namespace {

// The part of the tier that one entry may take.
constexpr std::uint64_t kLargestPart = 4;

}  // namespace

struct MemoryTier::State {
  State(Options options) : shard_mask(options.shards - 1) {
    assert(std::has_single_bit(options.shards));
    room.max = options.max_bytes.count;
    for (std::size_t i = 0; i < options.shards; ++i) {
      shards.push_back(std::make_unique<MemoryShard>(room));
    }
  }

  // A table goes by the lowest byte and the highest bits of a hash, so shards go by those between.
  MemoryShard& shard_of(std::uint64_t hash) { return *shards[(hash >> 8) & shard_mask]; }

  Purges purges;
  MemoryRoom room;
  std::size_t shard_mask;
  std::vector<std::unique_ptr<MemoryShard>> shards;
};

MemoryTier::MemoryTier(Options options) : state_(std::make_unique<State>(options)) {}
MemoryTier::~MemoryTier() = default;

EntryPtr MemoryTier::lookup(std::string_view key) const { return lookup(key, hash64(key)); }

EntryPtr MemoryTier::lookup(std::string_view key, std::uint64_t hash) const {
  return state_->shard_of(hash).lookup({key, hash});
}

bool MemoryTier::store(std::string_view key, EntryPtr entry) {
  const MemoryProbe probe{key, hash64(key)};
  MemoryShard& shard = state_->shard_of(probe.hash);
  auto filing = MemoryShard::Filing::Outdated;
  while (filing == MemoryShard::Filing::Outdated) {
    const std::uint64_t seen = state_->room.purges;
    if (state_->purges.covers(key, *entry)) return false;
    filing = shard.store(probe, entry, state_->room.max / kLargestPart, seen);
  }
  if (filing == MemoryShard::Filing::Refused) return false;
  // A large entry may need more room than its own shard had to give.
  for (auto& other : state_->shards) {
    if (!state_->room.is_over()) break;
    if (other.get() != &shard) other->evict();
  }
  return true;
}

void MemoryTier::remove(std::string_view key) {
  const MemoryProbe probe{key, hash64(key)};
  state_->shard_of(probe.hash).remove(probe);
}

bool MemoryTier::try_out(const Item& item) {
  const MemoryProbe probe{item.key, hash64(item.key)};
  MemoryShard& shard = state_->shard_of(probe.hash);
  const auto comes_back = [&] {
    auto filing = MemoryShard::Filing::Outdated;
    while (filing == MemoryShard::Filing::Outdated)
      filing = shard.store(probe, item.entry, state_->room.max / kLargestPart, state_->room.purges);
    return shard.lookup(probe) == item.entry && shard.remove(probe, item.entry);
  };
  // Another thread that makes room may take it away meanwhile; hardly twice in a row.
  return comes_back() || comes_back();
}

std::vector<std::string> MemoryTier::remove_if(
    const std::function<bool(std::string_view key, const Entry&)>& matches) {
  std::vector<std::string> removed;
  for (auto& shard : state_->shards) shard->remove_if(matches, removed);
  return removed;
}

void MemoryTier::clear() {
  for (auto& shard : state_->shards) shard->clear();
}

std::size_t MemoryTier::purge(PurgeRules rules) {
  const auto added = rules;
  return purge(std::move(rules), added);
}

std::size_t MemoryTier::purge(PurgeRules rules, const PurgeRules& added) {
  state_->purges.set(std::move(rules));
  ++state_->room.purges;  // behind the rules, before the sweep; see MemoryShard::store()
  std::size_t removed = 0;
  if (added.empty()) return removed;
  visit([&](const Item& item) {
    if (!covers(added, item.key, *item.entry)) return;
    const MemoryProbe probe{item.key, hash64(item.key)};
    if (state_->shard_of(probe.hash).remove(probe, item.entry)) ++removed;
  });
  return removed;
}

const Purges& MemoryTier::purges() const noexcept { return state_->purges; }

std::uint64_t MemoryTier::purge_count() const noexcept { return state_->room.purges; }

void MemoryTier::visit(const std::function<void(const Item&)>& see) const {
  for (const auto& shard : state_->shards) {
    for (const Item& item : shard->items()) see(item);
  }
}

MemoryTier::Usage MemoryTier::usage() const {
  Usage usage;
  usage.bytes = state_->room.used.load(std::memory_order_relaxed);
  for (const auto& shard : state_->shards) {
    usage.entries += shard->entries();
    usage.evictions += shard->evictions();
  }
  return usage;
}

}  // namespace quotecached::cache
