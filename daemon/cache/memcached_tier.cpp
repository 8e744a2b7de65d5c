#include "cache/memcached_tier.hpp"

#include <utility>

#include "cache/held_until.hpp"
#include "cache/memcached_ring.hpp"

namespace quotecached::cache {
namespace {

using Results = std::vector<Result<void>>;  // one per job

milliseconds hold_time(const MemcachedTier::Options& options,
                       std::string_view key,
                       const Entry& entry,
                       TimePoint now) {
  return time_to_hold(entry, cap_of(key, options.cap, options.fresh_times.get()), now);
}

struct LookupResult {
  Results results;
  Found found;
};

// What follows runs on a pool thread, and owns all it touches.

struct LookupWork {
  std::vector<MemcachedJob> jobs;
  std::vector<std::string> keys;
  MemcachedTier::Options options;
  TimePoint now;

  LookupResult operator()() const {
    LookupResult looked;
    looked.found.entries.resize(keys.size());
    for (const MemcachedJob& job : jobs) {
      const auto values = job.server->get(job.keys);
      looked.results.push_back(values.outcome());
      for (std::size_t i = 0; values && i < values->size(); ++i) {
        const auto& value = (*values)[i];
        if (value) take(*value, job.places[i], looked.found);
      }
    }
    return looked;
  }

  void take(const std::string& value, std::size_t place, Found& found) const {
    auto entry = decode(value, keys[place], options.codec);
    if (!entry) {
      ++found.undecodable;
    } else if (hold_time(options, keys[place], **entry, now) > milliseconds(0)) {
      found.entries[place] = std::move(*entry);
    }
  }
};

struct StoreWork {
  std::vector<MemcachedJob> jobs;
  std::vector<Item> items;
  MemcachedTier::Options options;
  TimePoint now;
  std::shared_ptr<std::atomic<std::uint64_t>> too_large;

  Results operator()() const {
    Results results;
    for (const MemcachedJob& job : jobs) {
      std::vector<MemcachedServer::Value> values;
      for (std::size_t i = 0; i < job.places.size(); ++i) {
        add_value(job.keys[i], items[job.places[i]], values);
      }
      const auto refused = job.server->store(values, now);
      results.push_back(refused.outcome());
      if (refused) *too_large += *refused;
    }
    return results;
  }

  void add_value(const std::string& key,
                 const Item& item,
                 std::vector<MemcachedServer::Value>& values) const {
    const milliseconds ttl = hold_time(options, item.key, *item.entry, now);
    if (ttl <= milliseconds(0)) return;
    std::string bytes = encode(*item.entry, item.key, options.codec);
    if (bytes.size() > options.max_value.count) {
      ++*too_large;
      return;
    }
    values.push_back({key,
                      std::move(bytes),
                      std::chrono::ceil<std::chrono::seconds>(ttl),
                      item.entry->fetched_at});
  }
};

struct RemoveWork {
  std::vector<MemcachedJob> jobs;

  Results operator()() const {
    Results results;
    for (const MemcachedJob& job : jobs) results.push_back(job.server->remove(job.keys));
    return results;
  }
};

// A store has a round trip a value and one before, and no caller waits for it.
constexpr int kStorePatience = 5;

}  // namespace

Result<std::unique_ptr<MemcachedTier>> MemcachedTier::make(io::OffloadPool& pool, Options options) {
  if (options.servers.empty()) return fail(ErrorCode::Invalid, "memcached: no servers");
  MemcachedServer::Options wanted;
  wanted.timeout = options.timeout;
  auto ring = std::make_unique<MemcachedRing>();
  for (const std::string& text : options.servers) {
    auto address = parse_memcached_address(text);
    if (!address) return std::move(address).failure("memcached server " + text);
    auto added = ring->add(std::move(*address), wanted);
    if (!added) return std::move(added).failure("memcached server " + text);
  }
  return std::unique_ptr<MemcachedTier>(
      new MemcachedTier(pool, std::move(options), std::move(ring)));
}

MemcachedTier::MemcachedTier(io::OffloadPool& pool,
                             Options options,
                             std::unique_ptr<MemcachedRing> ring)
    : pool_(pool),
      options_(std::move(options)),
      ring_(std::move(ring)),
      too_large_(std::make_shared<std::atomic<std::uint64_t>>(0)) {}

MemcachedTier::~MemcachedTier() = default;

// Each server may have to be connected to before it answers; a little is for the wait for a thread.
milliseconds MemcachedTier::limit_of(std::size_t jobs) const {
  return options_.timeout * static_cast<int>(2 * jobs) + milliseconds(50);
}

asio::awaitable<Result<Found>> MemcachedTier::lookup(std::vector<std::string> keys, TimePoint now) {
  MemcachedShares shares = ring_->share_out(keys);
  const milliseconds limit = limit_of(shares.jobs.size());
  LookupWork work{shares.jobs, std::move(keys), options_, now};
  auto looked = co_await io::offload(pool_, std::move(work), limit);
  if (!looked) {
    ring_->note_all(shares, looked.error());
    co_return std::move(looked).failure("memcached lookup");
  }
  auto noted = ring_->note(shares, looked->results);
  if (!noted) co_return std::move(noted).failure("memcached lookup");
  co_return std::move(looked->found);
}

asio::awaitable<Result<void>> MemcachedTier::store(std::vector<Item> items, TimePoint now) {
  std::vector<std::string> keys;
  keys.reserve(items.size());
  for (const Item& item : items) keys.push_back(item.key);
  MemcachedShares shares = ring_->share_out(keys);
  const milliseconds limit = limit_of(shares.jobs.size()) * kStorePatience;
  StoreWork work{shares.jobs, std::move(items), options_, now, too_large_};
  auto results = co_await io::offload(pool_, std::move(work), limit);
  co_return noted(shares, std::move(results), "memcached store");
}

asio::awaitable<Result<void>> MemcachedTier::remove(std::vector<std::string> keys) {
  MemcachedShares shares = ring_->share_out(keys);
  const milliseconds limit = limit_of(shares.jobs.size()) * kStorePatience;
  RemoveWork work{shares.jobs};
  auto results = co_await io::offload(pool_, std::move(work), limit);
  co_return noted(shares, std::move(results), "memcached remove");
}

asio::awaitable<Result<void>> MemcachedTier::probe() {
  MemcachedShares shares = ring_->all("qc1#probe");
  const milliseconds limit = limit_of(shares.jobs.size());
  RemoveWork work{shares.jobs};
  auto results = co_await io::offload(pool_, std::move(work), limit);
  co_return noted(shares, std::move(results), "memcached probe");
}

Result<void> MemcachedTier::noted(MemcachedShares& shares,
                                  Result<Results> results,
                                  std::string_view what) {
  if (!results) {
    ring_->note_all(shares, results.error());
    return std::move(results).failure(what);
  }
  auto noted = ring_->note(shares, *results);
  if (!noted) return std::move(noted).failure(what);
  return {};
}

}  // namespace quotecached::cache
