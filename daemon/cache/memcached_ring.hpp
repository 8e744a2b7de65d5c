// Several memcached servers: which key goes to which, and which servers may be asked now.
//
// Consistent hashing (ketama) without redistribution: while a server is left out, its keys are
// misses. Owned by the memcached tier and used on its loop; jobs run on any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/breaker.hpp"
#include "base/result.hpp"
#include "cache/memcached_server.hpp"

struct memcached_st;

namespace quotecached::cache {

// What one server has to do of a call.
struct MemcachedJob {
  std::shared_ptr<MemcachedServer> server;
  std::vector<std::size_t> places;  // of its keys among those of the call
  std::vector<std::string> keys;    // as memcached takes them
};

// A call shared out: one job per server, and the attempt of each. Must not outlive the ring.
struct MemcachedShares {
  std::vector<Breaker::Attempt> attempts;
  std::vector<MemcachedJob> jobs;
};

// The key itself, or a hash of it when it is too long or has blanks or control characters in it.
[[nodiscard]] std::string memcached_key(const std::string& key);

class MemcachedRing {
 public:
  MemcachedRing();
  ~MemcachedRing();
  MemcachedRing(const MemcachedRing&) = delete;
  MemcachedRing& operator=(const MemcachedRing&) = delete;

  // Fails with Invalid when libmemcached does not take the address.
  Result<void> add(MemcachedAddress address, const MemcachedServer::Options& options);

  // Shares `keys` out among the servers that may be asked now; those in doubt come last. To be
  // reported with note() or note_all().
  [[nodiscard]] MemcachedShares share_out(const std::vector<std::string>& keys);

  // One key for every server, also for those left out: a probe.
  [[nodiscard]] MemcachedShares all(const std::string& key);

  // How the jobs went, one result each. Fails, with the last failure, when no server is left that
  // works.
  Result<void> note(MemcachedShares& shares, const std::vector<Result<void>>& results);
  // None of the jobs came to an end.
  static void note_all(MemcachedShares& shares, const Error& error);

 private:
  struct Server {
    std::shared_ptr<MemcachedServer> server;
    Breaker breaker;
  };
  struct Free {
    void operator()(memcached_st* handle) const;
  };

  void add_share(std::size_t index, MemcachedJob& job, MemcachedShares& shares);

  std::unique_ptr<memcached_st, Free> ring_;  // knows the names; never connects
  std::vector<Server> servers_;               // all of them before the first share
};

}  // namespace quotecached::cache
