// A provider on loopback that answers as load/canned_answer says, on a thread of its own, so that a
// load test spends nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "base/result.hpp"

namespace quotecached::load {

class CannedUpstream {
 public:
  // Listens and serves. Fails with Unavailable.
  static Result<std::unique_ptr<CannedUpstream>> start();
  ~CannedUpstream();  // die()
  CannedUpstream(const CannedUpstream&) = delete;
  CannedUpstream& operator=(const CannedUpstream&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  // Answered so far, but for those about the account, which are free.
  [[nodiscard]] std::int64_t calls() const noexcept { return calls_; }

  // Closes all connections, and refuses others from now on.
  void die();

 private:
  struct Loop;
  CannedUpstream();

  std::atomic<std::int64_t> calls_{0};
  std::unique_ptr<Loop> loop_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace quotecached::load
