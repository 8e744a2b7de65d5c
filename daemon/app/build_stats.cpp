// Gathers how the cache does, for GET /admin/stats.
#include <map>
#include <string>
#include <utility>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include "admin/stats.hpp"
#include "app/build.hpp"
#include "app/parts.hpp"
#include "base/tier_kind.hpp"
#include "cache/chain.hpp"
#include "cache/memory_tier.hpp"
#include "credit/governor.hpp"
#include "http/server.hpp"
#include "io/offload.hpp"
#include "purge/desk.hpp"
#include "refill/refill.hpp"
#include "routing/admin.hpp"
#include "store/reader.hpp"

namespace quotecached::app {

namespace asio = boost::asio;

namespace {

// Behind lookups, which go first.
constexpr std::chrono::milliseconds kCountLimit{5000};

struct Held {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
};

// What the database holds, on a pool thread.
struct CountRows {
  std::shared_ptr<store::ReaderPool> readers;

  Result<Held> operator()() const {
    return readers->read([](store::Reader& reader) {
      auto& row = reader.statement("SELECT count(*), coalesce(sum(length(value)), 0) FROM entries");
      (void)row.executeStep();
      const Held held{static_cast<std::uint64_t>(row.getColumn(0).getInt64()),
                      static_cast<std::uint64_t>(row.getColumn(1).getInt64())};
      row.reset();
      return held;
    });
  }
};

// By outcome, and those that are hits by tier.
struct Counts {
  std::map<std::string, std::uint64_t, std::less<>> outcomes;
  std::map<std::string, std::uint64_t, std::less<>> tiers;
};

Counts counts_of(const http::Server& server) {
  Counts counts;
  for (const auto& [way, requests] : server.answered()) {
    counts.outcomes[way.outcome] += requests;
    if (!way.tier.empty()) counts.tiers[way.tier] += requests;
  }
  return counts;
}

admin::TierStats memory_of(const Parts& parts, const Counts& counts) {
  const auto usage = parts.memory->usage();
  admin::TierStats stats;
  stats.name = to_string(TierKind::Memory);
  stats.entries = usage.entries;
  stats.bytes = usage.bytes;
  const auto found = counts.tiers.find(stats.name);
  if (found != counts.tiers.end()) stats.answered = found->second;
  return stats;
}

admin::TierStats lower_of(const cache::TierReport& tier, const Counts& counts) {
  admin::TierStats stats;
  stats.name = tier.name;
  stats.is_up = tier.state == Breaker::State::Closed;
  stats.error = tier.last_error;
  stats.found = tier.counters->hits.load(std::memory_order_relaxed);
  stats.not_found = tier.counters->misses.load(std::memory_order_relaxed);
  const auto found = counts.tiers.find(tier.name);
  if (found != counts.tiers.end()) stats.answered = found->second;
  return stats;
}

void add_credits(const Parts& parts, admin::Stats& stats) {
  const auto view = parts.governor->view();
  if (!view) return;
  const auto window = [&view](ledger::WindowKind kind) {
    const auto& use = view->book.uses[ledger::index_of(kind)];
    return admin::WindowStats{use.spent, use.cap > 0 ? std::optional(use.cap) : std::nullopt};
  };
  stats.day = window(ledger::WindowKind::Day);
  stats.month = window(ledger::WindowKind::Month);
}

asio::awaitable<Result<std::string>> stats_of(Parts* parts) {
  admin::Stats stats;
  stats.at = parts->clock->now();
  const auto counts = counts_of(*parts->server);
  for (const auto& [outcome, requests] : counts.outcomes)
    stats.requests.emplace_back(outcome, requests);
  stats.tiers.push_back(memory_of(*parts, counts));
  for (const auto& tier : parts->chain->report()) stats.tiers.push_back(lower_of(tier, counts));
  add_credits(*parts, stats);
  const auto health = parts->refill->upstream_health();
  stats.is_upstream_up = health.breaker == Breaker::State::Closed;
  stats.upstream_error = health.last_error;
  stats.upstream_latency = health.average_latency;
  stats.purges = parts->purge->rules();
  if (parts->readers) {
    CountRows counting{parts->readers};
    const auto held = co_await io::offload(*parts->sqlite_pool, std::move(counting), kCountLimit);
    for (auto& tier : stats.tiers) {
      if (!held || tier.name != to_string(TierKind::Sqlite)) continue;
      tier.entries = held->entries;
      tier.bytes = held->bytes;
    }
  }
  co_return admin::to_json(stats);
}

}  // namespace

void add_stats_actions(Parts& parts, routing::AdminActions& actions) {
  actions.stats = [&parts] { return stats_of(&parts); };
}

}  // namespace quotecached::app
