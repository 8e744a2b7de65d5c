// The requests in progress that memory could not answer: what each waits for and why it was missed.
//
// The engine begins and ends them; anyone may read. Of more than `most` at once the later ones are
// not listed, but counted and measured all the same. Time is an argument.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/mutex.hpp"
#include "base/request_tag.hpp"
#include "base/waits.hpp"
#include "proxy/miss_reason.hpp"

namespace quotecached::proxy {

// Shared by the coroutine that serves it and by the list.
struct OpenRequest {
  OpenRequest(std::string what, std::string who, RequestTagPtr of, Waits::Time when)
      : target(std::move(what)),
        client(std::move(who)),
        tag(std::move(of)),
        since(when),
        waits(Wait::Engine, when) {}

  std::uint64_t id = 0;
  const std::string target;  // canonical, without credentials; long ones are cut
  const std::string client;  // token's name, empty in open mode
  const RequestTagPtr tag;   // what its client's request is called; null: it is nobody's
  const Waits::Time since;   // when it was handed to the engine
  Waits waits;
  std::atomic<MissReason> reason{MissReason::Filled};
};
using OpenRequestPtr = std::shared_ptr<OpenRequest>;

class OpenRequests {
 public:
  using Time = Waits::Time;

  struct Options {
    // One that took longer is told to the log when it ends; 0: none is.
    std::chrono::milliseconds slow{5000};
    std::size_t most = 1000;
  };
  // As it stands at a moment.
  struct Row {
    std::uint64_t id = 0;  // in the order of coming
    std::string target;
    std::string client;
    std::string request_id;  // empty: nobody's
    std::string trace_id;    // empty: of no trace
    MissReason reason = MissReason::Filled;
    std::chrono::milliseconds age{0};
    Wait waits_for = Wait::None;
    std::chrono::milliseconds waited{0};  // for that
  };
  struct List {
    std::size_t in_progress = 0;
    std::vector<Row> rows;  // the oldest first
  };

  OpenRequests(Options options, Log log)
      : options_(options), slow_(options.slow), log_(std::move(log)) {}

  // As Options::slow, of requests that end from here on. Any thread.
  void change_slow(std::chrono::milliseconds slow) noexcept {
    slow_.store(slow, std::memory_order_relaxed);
  }

  // Requires: end() follows, once.
  [[nodiscard]] OpenRequestPtr begin(
      std::string target, std::string client, Time since, Time now, RequestTagPtr tag = {});
  void end(const OpenRequest& request, Time now);

  // At most `most` of them.
  [[nodiscard]] List list(std::size_t most, Time now) const;
  // Requests that ended, by why they were missed.
  [[nodiscard]] std::uint64_t misses(MissReason reason) const noexcept;

 private:
  void tell_slow(const OpenRequest& request, Time now) const;

  const Options options_;
  std::atomic<std::chrono::milliseconds> slow_;
  const Log log_;
  std::array<std::atomic<std::uint64_t>, kMissReasons> misses_{};
  mutable Mutex mutex_;
  std::uint64_t last_id_ GUARDED_BY(mutex_) = 0;
  std::size_t in_progress_ GUARDED_BY(mutex_) = 0;
  std::map<std::uint64_t, OpenRequestPtr> listed_ GUARDED_BY(mutex_);
};

}  // namespace quotecached::proxy
