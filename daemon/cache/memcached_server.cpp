#include "cache/memcached_server.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <libmemcached/memcached.h>

#include "base/mutex.hpp"

namespace quotecached::cache {
namespace {

constexpr std::size_t kMaxIdle = 8;  // connections kept open without use

struct Free {
  void operator()(memcached_st* handle) const { memcached_free(handle); }
};
using Handle = std::unique_ptr<memcached_st, Free>;

Handle make_handle(const MemcachedAddress& address, const MemcachedServer::Options& options) {
  Handle handle(memcached_create(nullptr));
  if (!handle) return handle;
  const auto wait = static_cast<std::uint64_t>(options.timeout.count());
  const std::pair<memcached_behavior_t, std::uint64_t> behaviours[] = {
      {MEMCACHED_BEHAVIOR_BINARY_PROTOCOL, options.is_binary ? 1 : 0},
      {MEMCACHED_BEHAVIOR_NO_BLOCK, 1},
      {MEMCACHED_BEHAVIOR_TCP_NODELAY, 1},
      {MEMCACHED_BEHAVIOR_CONNECT_TIMEOUT, wait},
      {MEMCACHED_BEHAVIOR_POLL_TIMEOUT, wait},
      {MEMCACHED_BEHAVIOR_SND_TIMEOUT, wait * 1000},
      {MEMCACHED_BEHAVIOR_RCV_TIMEOUT, wait * 1000},
  };
  for (const auto& [behaviour, value] : behaviours) {
    if (memcached_failed(memcached_behavior_set(handle.get(), behaviour, value))) return nullptr;
  }
  const auto added =
      address.unix_path.empty()
          ? memcached_server_add(handle.get(), address.host.c_str(), address.port)
          : memcached_server_add_unix_socket(handle.get(), address.unix_path.c_str());
  if (memcached_failed(added)) return nullptr;
  return handle;
}

Error to_error(memcached_st* handle, memcached_return_t code) {
  return {code == MEMCACHED_TIMEOUT ? ErrorCode::Timeout : ErrorCode::Unavailable,
          memcached_strerror(handle, code)};
}

// From 30 days up memcached takes the number for a point in time.
std::time_t expiration(std::chrono::seconds ttl) {
  constexpr auto kLongestRelative = std::chrono::hours(24 * 30);
  if (ttl < kLongestRelative) return static_cast<std::time_t>(ttl.count());
  return std::time(nullptr) + static_cast<std::time_t>(ttl.count());
}

Result<MemcachedServer::Values> fetch(memcached_st* handle, const std::vector<std::string>& keys) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  std::unordered_multimap<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    texts.push_back(keys[i].data());
    sizes.push_back(keys[i].size());
    places.emplace(keys[i], i);
  }
  memcached_return_t code = memcached_mget(handle, texts.data(), sizes.data(), keys.size());
  if (code != MEMCACHED_SUCCESS) return tl::unexpected(to_error(handle, code));

  MemcachedServer::Values values(keys.size());
  memcached_result_st result;
  memcached_result_create(handle, &result);
  while (memcached_fetch_result(handle, &result, &code) != nullptr) {
    const std::string_view key(memcached_result_key_value(&result),
                               memcached_result_key_length(&result));
    const auto [first, last] = places.equal_range(key);
    for (auto place = first; place != last; ++place) {
      values[place->second].emplace(memcached_result_value(&result),
                                    memcached_result_length(&result));
    }
  }
  memcached_result_free(&result);
  // After the last result, or without any.
  const bool is_complete =
      code == MEMCACHED_END || code == MEMCACHED_NOTFOUND || code == MEMCACHED_SUCCESS;
  if (!is_complete) return tl::unexpected(to_error(handle, code));
  return values;
}

Result<std::size_t> put(memcached_st* handle, const std::vector<MemcachedServer::Value>& values) {
  std::size_t too_large = 0;
  for (const auto& value : values) {
    const auto code = memcached_set(handle,
                                    value.key.data(),
                                    value.key.size(),
                                    value.bytes.data(),
                                    value.bytes.size(),
                                    expiration(value.ttl),
                                    0);
    if (code == MEMCACHED_E2BIG) {
      ++too_large;
    } else if (code != MEMCACHED_SUCCESS) {
      return tl::unexpected(to_error(handle, code));
    }
  }
  return too_large;
}

Result<void> erase(memcached_st* handle, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    const auto code = memcached_delete(handle, key.data(), key.size(), 0);
    if (code != MEMCACHED_SUCCESS && code != MEMCACHED_NOTFOUND) {
      return tl::unexpected(to_error(handle, code));
    }
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
    if (idle.size() < kMaxIdle) idle.push_back(std::move(handle));
  }

  // Calls `use(handle)`. A kept connection may have been closed by the server meanwhile (a restart
  // closes all), so a failure there other than a timeout is worth one try on a new connection.
  template <class Use>
  auto with_handle(Use use) -> decltype(use(static_cast<memcached_st*>(nullptr))) {
    if (Handle kept = take_idle()) {
      auto result = use(kept.get());
      if (result) give_back(std::move(kept));
      if (result || result.error().code == ErrorCode::Timeout) return result;
      const MutexLock lock(mutex);
      idle.clear();
    }
    Handle fresh = make_handle(address, options);
    if (!fresh) return fail(ErrorCode::Unavailable, "libmemcached refused the settings");
    auto result = use(fresh.get());
    if (result) give_back(std::move(fresh));
    return result;
  }
};

MemcachedServer::MemcachedServer(MemcachedAddress address, Options options)
    : pool_(new ConnectionPool{std::move(address), options, {}, {}}) {}

MemcachedServer::~MemcachedServer() = default;

Result<MemcachedServer::Values> MemcachedServer::get(const std::vector<std::string>& keys) {
  return pool_->with_handle([&](memcached_st* handle) { return fetch(handle, keys); });
}

Result<std::size_t> MemcachedServer::set(const std::vector<Value>& values) {
  return pool_->with_handle([&](memcached_st* handle) { return put(handle, values); });
}

Result<void> MemcachedServer::remove(const std::vector<std::string>& keys) {
  return pool_->with_handle([&](memcached_st* handle) { return erase(handle, keys); });
}

Result<MemcachedAddress> parse_memcached_address(std::string_view text) {
  MemcachedAddress address;
  if (text.starts_with("unix:")) text.remove_prefix(5);
  if (text.starts_with('/')) {
    address.unix_path = std::string(text.substr(text.starts_with("//") ? 2 : 0));
    if (!address.unix_path.starts_with('/')) {
      return fail(ErrorCode::Invalid, "expected an absolute socket path");
    }
    return address;
  }
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return fail(ErrorCode::Invalid, "no ] after the address");
    address.host = std::string(text.substr(1, close - 1));
    rest = text.substr(close + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    address.host = std::string(text.substr(0, colon));
    rest = text.substr(colon);
  }
  if (address.host.empty()) return fail(ErrorCode::Invalid, "no host");
  if (rest.empty()) return address;
  if (rest.front() != ':') return fail(ErrorCode::Invalid, "expected a port");
  rest.remove_prefix(1);
  const char* end = rest.data() + rest.size();
  const auto [stop, error] = std::from_chars(rest.data(), end, address.port);
  if (error != std::errc() || stop != end || address.port == 0) {
    return fail(ErrorCode::Invalid, "bad port");
  }
  return address;
}

}  // namespace quotecached::cache
