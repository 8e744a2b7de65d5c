// Builds what keeps copies: the tiers, and the chain that asks them in turn.
#include <array>
#include <utility>
#include <vector>

#include "app/build.hpp"
#include "app/parts.hpp"
#include "base/tier_kind.hpp"
#include "cache/chain.hpp"
#include "cache/claims.hpp"
#include "cache/key_cap.hpp"
#include "cache/memcached_tier.hpp"
#include "cache/memory_tier.hpp"
#include "cache/redis_tier.hpp"
#include "cache/sqlite_tier.hpp"
#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"
#include "io/offload.hpp"

namespace quotecached::app {
namespace {

constexpr io::OffloadPool::Options kBlockingThreads{.threads = 2, .max_queued = 256};

// A claim outlives the upstream call it is for by this.
constexpr std::chrono::milliseconds kClaimMargin{5000};

// Daemons that share a Redis share their fetches.
Result<void> build_claims(Parts& parts) {
  const auto& wanted = parts.settings.tiers.redis;
  cache::Claims::Options options;
  options.url = wanted.url;
  options.password = wanted.password.reveal();
  options.timeout = wanted.timeout;
  options.life = parts.settings.upstream.timeout + kClaimMargin;
  auto claims = cache::Claims::make(parts.engine.get_executor(), std::move(options));
  if (!claims) return std::move(claims).failure();
  parts.claims = std::move(*claims);
  return {};
}

Result<std::unique_ptr<cache::Tier>> build_redis(Parts& parts) {
  const auto& wanted = parts.settings.tiers.redis;
  cache::RedisTier::Options options;
  options.url = wanted.url;
  options.password = wanted.password.reveal();
  options.cap = wanted.cap;
  options.fresh_times = parts.fresh_times;
  options.timeout = wanted.timeout;
  auto tier = cache::RedisTier::make(parts.engine.get_executor(), std::move(options));
  if (!tier) return std::move(tier).failure("tiers.redis");
  if (auto built = build_claims(parts); !built) return std::move(built).failure("tiers.redis");
  return std::move(*tier);
}

Result<std::unique_ptr<cache::Tier>> build_memcached(Parts& parts) {
  const auto& wanted = parts.settings.tiers.memcached;
  parts.memcached_pool = std::make_unique<io::OffloadPool>(kBlockingThreads);
  cache::MemcachedTier::Options options;
  options.servers = wanted.servers;
  options.cap = wanted.cap;
  options.fresh_times = parts.fresh_times;
  options.timeout = wanted.timeout;
  auto tier = cache::MemcachedTier::make(*parts.memcached_pool, std::move(options));
  if (!tier) return std::move(tier).failure("tiers.memcached");
  return std::move(*tier);
}

// Null without a database.
Result<std::unique_ptr<cache::Tier>> build_sqlite(Parts& parts) {
  if (!parts.writer) return std::unique_ptr<cache::Tier>();
  const auto& wanted = parts.settings.tiers.sqlite;
  cache::SqliteTier::Options options;
  options.fresh_cap = wanted.cap;
  options.fresh_times = parts.fresh_times;
  options.lookup_timeout = wanted.timeout;
  options.max_bytes = wanted.max_bytes;
  return std::make_unique<cache::SqliteTier>(
      *parts.writer, parts.readers, *parts.sqlite_pool, options);
}

// By TierKind: how a lower tier is built; null: memory, which the chain knows apart.
using TierBuilder = Result<std::unique_ptr<cache::Tier>> (*)(Parts&);
constexpr auto kTierBuilders =
    std::to_array<TierBuilder>({nullptr, build_redis, build_memcached, build_sqlite});
static_assert(kTierBuilders.size() == kTiers.size());

}  // namespace

// A tier keeps what was paid for at least as long as the settings have it fresh.
void set_fresh_times(Parts& parts) {
  for (const auto& endpoint : parts.catalogue->endpoints())
    parts.fresh_times->set(endpoint.name, endpoint.freshness.get().fresh);
}

Result<void> build_tiers(Parts& parts) {
  parts.fresh_times = std::make_shared<cache::FreshTimes>();
  set_fresh_times(parts);
  parts.fresh_times->set(catalog::kAliases, parts.settings.freshness.names);
  parts.memory = std::make_unique<cache::MemoryTier>(
      cache::MemoryTier::Options{.max_bytes = parts.settings.tiers.memory.max_bytes});
  std::vector<std::unique_ptr<cache::Tier>> lower;
  for (const auto& name : parts.settings.tiers.order) {
    const TierBuilder build = kTierBuilders[index_of(tier_kind(name).value())];
    if (build == nullptr) continue;
    auto tier = build(parts);
    if (!tier) return std::move(tier).failure();
    if (*tier) lower.push_back(std::move(*tier));
  }
  parts.chain = std::make_unique<cache::Chain>(parts.engine.get_executor(),
                                               cache::Chain::Tiers{*parts.memory, std::move(lower)},
                                               cache::Chain::Options{},
                                               *parts.clock,
                                               parts.log);
  return {};
}

}  // namespace quotecached::app
