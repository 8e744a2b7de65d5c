#include "cache/memcached_server.hpp"

#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/mutex.hpp"
#include "cache/codec.hpp"
#include "cache/memcached_connection.hpp"
#include "cache/which_wins.hpp"

namespace quotecached::cache {
namespace {

constexpr std::size_t kMaxIdle = 8;  // connections kept open without use

// Comparisons of one value: each but the first because another daemon was faster.
constexpr int kMaxRounds = 4;

using Handle = std::unique_ptr<MemcachedConnection>;
using Offers = std::vector<const MemcachedServer::Value*>;

std::vector<std::string> keys_of(const Offers& offers) {
  std::vector<std::string> keys;
  keys.reserve(offers.size());
  for (const auto* value : offers) keys.push_back(value->key);
  return keys;
}

Result<MemcachedServer::Values> fetch(MemcachedConnection& connection,
                                      const std::vector<std::string>& keys) {
  std::unordered_multimap<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < keys.size(); ++i) places.emplace(keys[i], i);
  MemcachedServer::Values values(keys.size());
  auto got = connection.get(keys, [&](const MemcachedHeld& held) {
    const auto [first, last] = places.equal_range(held.key);
    for (auto place = first; place != last; ++place) values[place->second] = held.bytes;
  });
  if (!got) return std::move(got).failure();
  return values;
}

// What the server holds under a key: nothing, or a value with the number it knows it by.
struct Place {
  std::optional<TimePoint> held_at;  // none: no value of ours
  std::optional<std::uint64_t> cas;
};

using Places = std::unordered_map<std::string, Place>;

Result<Places> look(MemcachedConnection& connection, const Offers& offers) {
  Places places;
  auto got = connection.get(keys_of(offers), [&](const MemcachedHeld& held) {
    places[held.key] = {.held_at = stored_at(held.bytes), .cas = held.cas};
  });
  if (!got) return std::move(got).failure();
  return places;
}

// One comparison of each; returns those that were replaced meanwhile.
Result<Offers> put(MemcachedConnection& connection,
                   const Offers& offers,
                   TimePoint now,
                   std::size_t& too_large) {
  auto places = look(connection, offers);
  if (!places) return std::move(places).failure();
  Offers raced;
  for (const auto* value : offers) {
    const Place place = (*places)[value->key];
    if (place.held_at && !may_replace(*place.held_at, value->fetched_at, now)) continue;
    const auto reply = connection.store({value->key, value->bytes, value->ttl, place.cas});
    if (!reply) return tl::unexpected(reply.error());
    if (*reply == StoreReply::TooLarge) ++too_large;
    if (*reply == StoreReply::Raced) raced.push_back(value);
  }
  return raced;
}

Result<std::size_t> put_all(MemcachedConnection& connection,
                            const std::vector<MemcachedServer::Value>& values,
                            TimePoint now) {
  std::size_t too_large = 0;
  Offers offers;
  for (const auto& value : values) offers.push_back(&value);
  for (int round = 0; round < kMaxRounds && !offers.empty(); ++round) {
    auto raced = put(connection, offers, now, too_large);
    if (!raced) return std::move(raced).failure();
    offers = std::move(*raced);
  }
  return too_large;
}

Result<void> erase(MemcachedConnection& connection, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    auto removed = connection.remove(key);
    if (!removed) return removed;
  }
  return {};
}

}  // namespace

struct MemcachedServer::ConnectionPool {
  const MemcachedAddress address;
  const Options options;
  Mutex mutex;
  std::vector<Handle> idle GUARDED_BY(mutex);

  Handle take_idle() {
    const MutexLock lock(mutex);
    if (idle.empty()) return nullptr;
    Handle handle = std::move(idle.back());
    idle.pop_back();
    return handle;
  }
  void give_back(Handle handle) {
    const MutexLock lock(mutex);
    if (idle.size() < kMaxIdle && handle->is_quiet()) idle.push_back(std::move(handle));
  }

  // Calls `use(connection)`. A kept connection may have been closed by the server meanwhile (a
  // restart closes all), so a failure there other than a timeout is worth one try on a new one.
  template <class Use>
  auto with_connection(Use use) -> decltype(use(std::declval<MemcachedConnection&>())) {
    Handle kept = take_idle();
    if (kept && kept->is_quiet()) {
      auto result = use(*kept);
      if (result) give_back(std::move(kept));
      if (result || result.error().code == ErrorCode::Timeout) return result;
      const MutexLock lock(mutex);
      idle.clear();
    }
    auto fresh = std::make_unique<MemcachedConnection>(options.timeout, options.max_value);
    auto connected = fresh->connect(address);
    if (!connected) return std::move(connected).failure();
    auto result = use(*fresh);
    if (result) give_back(std::move(fresh));
    return result;
  }
};

MemcachedServer::MemcachedServer(MemcachedAddress address, Options options)
    : pool_(new ConnectionPool{std::move(address), options, {}, {}}) {}

MemcachedServer::~MemcachedServer() = default;

Result<MemcachedServer::Values> MemcachedServer::get(const std::vector<std::string>& keys) {
  return pool_->with_connection(
      [&](MemcachedConnection& connection) { return fetch(connection, keys); });
}

Result<std::size_t> MemcachedServer::store(const std::vector<Value>& values, TimePoint now) {
  return pool_->with_connection(
      [&](MemcachedConnection& connection) { return put_all(connection, values, now); });
}

Result<void> MemcachedServer::remove(const std::vector<std::string>& keys) {
  return pool_->with_connection(
      [&](MemcachedConnection& connection) { return erase(connection, keys); });
}

}  // namespace quotecached::cache
