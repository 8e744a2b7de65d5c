#include "cache/memcached_ring.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include <libmemcached/memcached.h>

#include "base/hash.hpp"

namespace quotecached::cache {
namespace {

constexpr std::size_t kMaxKey = 250;

std::chrono::steady_clock::time_point steady_now() { return std::chrono::steady_clock::now(); }

// One failure takes a server out, since each costs a caller the whole timeout.
Breaker make_breaker() {
  Breaker::Options options;
  options.failures_to_open = 1;
  return Breaker(options);
}

}  // namespace

std::string memcached_key(const std::string& key) {
  const bool is_plain = std::all_of(key.begin(), key.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f;
  });
  if (is_plain && !key.empty() && key.size() <= kMaxKey) return key;
  return "qc1#" + hash128_hex(key);
}

void MemcachedRing::Free::operator()(memcached_st* handle) const { memcached_free(handle); }

MemcachedRing::MemcachedRing() : ring_(memcached_create(nullptr)) {
  memcached_behavior_set(
      ring_.get(), MEMCACHED_BEHAVIOR_DISTRIBUTION, MEMCACHED_DISTRIBUTION_CONSISTENT_KETAMA);
}

MemcachedRing::~MemcachedRing() = default;

Result<void> MemcachedRing::add(MemcachedAddress address, const MemcachedServer::Options& options) {
  const auto added = address.unix_path.empty()
                         ? memcached_server_add(ring_.get(), address.host.c_str(), address.port)
                         : memcached_server_add_unix_socket(ring_.get(), address.unix_path.c_str());
  if (added != MEMCACHED_SUCCESS) {
    return fail(ErrorCode::Invalid, memcached_strerror(ring_.get(), added));
  }
  auto server = std::make_shared<MemcachedServer>(std::move(address), options);
  servers_.push_back({std::move(server), make_breaker()});
  return {};
}

MemcachedShares MemcachedRing::share_out(const std::vector<std::string>& keys) {
  std::map<std::size_t, MemcachedJob> by_server;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    std::string key = memcached_key(keys[i]);
    MemcachedJob& job = by_server[memcached_generate_hash(ring_.get(), key.data(), key.size())];
    job.places.push_back(i);
    job.keys.push_back(std::move(key));
  }
  MemcachedShares shares;
  for (const bool wants_sound : {true, false}) {
    for (auto& [index, job] : by_server) {
      const bool is_sound = servers_[index].breaker.state() == Breaker::State::Closed;
      if (is_sound == wants_sound && job.server == nullptr) add_share(index, job, shares);
    }
  }
  return shares;
}

// A server that stands alone is always asked: the chain has a breaker for the tier as a whole.
void MemcachedRing::add_share(std::size_t index, MemcachedJob& job, MemcachedShares& shares) {
  Server& server = servers_[index];
  const bool is_alone = servers_.size() == 1;
  auto attempt = is_alone ? server.breaker.insist() : server.breaker.allow(steady_now());
  if (!attempt) return;
  job.server = server.server;
  shares.attempts.push_back(std::move(*attempt));
  shares.jobs.push_back(job);
}

MemcachedShares MemcachedRing::all(const std::string& key) {
  MemcachedShares shares;
  for (Server& server : servers_) {
    shares.attempts.push_back(server.breaker.insist());
    shares.jobs.push_back({server.server, {0}, {key}});
  }
  return shares;
}

Result<void> MemcachedRing::note(MemcachedShares& shares,
                                 const std::vector<Result<void>>& results) {
  Error last{ErrorCode::Unavailable, "no server answers"};
  for (std::size_t i = 0; i < shares.attempts.size(); ++i) {
    if (results[i]) {
      shares.attempts[i].succeeded();
    } else {
      shares.attempts[i].failed(steady_now());
      last = results[i].error();
    }
  }
  const bool is_any_sound = std::any_of(servers_.begin(), servers_.end(), [](const Server& each) {
    return each.breaker.state() == Breaker::State::Closed;
  });
  if (is_any_sound) return {};
  return tl::unexpected(std::move(last));
}

void MemcachedRing::note_all(MemcachedShares& shares, const Error& error) {
  for (Breaker::Attempt& attempt : shares.attempts) {
    if (error.code == ErrorCode::Timeout) {
      attempt.failed(steady_now());
    } else {
      attempt.abandoned();  // there was no thread for it, which is not the server's fault
    }
  }
}

}  // namespace quotecached::cache
