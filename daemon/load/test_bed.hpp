// Whom a load test loads: a daemon of its own with a provider of its own, or one that runs.
//
// Used on one loop only; what it starts ends with it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "load/canned_upstream.hpp"
#include "load/child_daemon.hpp"
#include "load/peer.hpp"
#include "load/scratch_folder.hpp"

namespace quotecached::load {

// What the daemon has used and paid so far; empty: it does not tell.
struct Reading {
  std::optional<std::chrono::nanoseconds> cpu;
  std::optional<std::int64_t> calls;
};

class TestBed {
 public:
  explicit TestBed(asio::any_io_executor loop) : loop_(std::move(loop)) {}
  TestBed(const TestBed&) = delete;
  TestBed& operator=(const TestBed&) = delete;

  // A daemon of its own, with the user's `sets`; `ends_copies`: its copies are fresh for a second.
  // Gives up once `is_cut`. Fails with Unavailable, with Invalid for settings that may not be.
  asio::awaitable<Result<void>> start_own(std::vector<std::string> sets,
                                          bool ends_copies,
                                          std::function<bool()> is_cut);
  // One that runs; with `wants_assets` it is asked which there are, which may cost a credit. Fails
  // with Unavailable.
  asio::awaitable<Result<void>> use(Endpoint target, bool wants_assets);

  [[nodiscard]] const Endpoint& endpoint() const noexcept { return to_; }
  // Assets that its provider knows, the popular ones first; one at least.
  [[nodiscard]] const std::vector<std::int64_t>& ids() const noexcept { return ids_; }

  // One answer with status 200, over a connection of its own. Fails with Unavailable
  // otherwise, with Timeout when it takes longer than any client of a daemon waits.
  asio::awaitable<Result<std::string>> fetch(std::string target);
  asio::awaitable<Reading> read();
  // From now on its provider refuses connections. Requires: start_own().
  void kill_upstream() { upstream_->die(); }

 private:
  asio::awaitable<Result<std::string>> fetch_at_leisure(std::string target);

  asio::any_io_executor loop_;
  Endpoint to_;
  std::vector<std::int64_t> ids_;
  std::unique_ptr<ScratchFolder> folder_;
  std::unique_ptr<CannedUpstream> upstream_;
  std::unique_ptr<ChildDaemon> child_;
};

}  // namespace quotecached::load
