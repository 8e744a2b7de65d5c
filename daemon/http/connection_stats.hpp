// Counts of client connections, shared by all I/O threads.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/refused_by.hpp"
#include "metrics/registry.hpp"

namespace quotecached::http {

struct ConnectionStats {
  std::atomic<std::int64_t> open{0};
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> over_limit{0};
  std::atomic<std::uint64_t> shed{0};  // closed to make room for another
  std::atomic<std::uint64_t> accept_failures{0};
  std::atomic<std::uint64_t> timed_out{0};
  std::atomic<std::uint64_t> malformed{0};        // requests refused by the parser
  std::atomic<std::uint64_t> bodies_refused{0};   // for want of room in BytePool
  std::atomic<std::uint64_t> engine_failures{0};  // requests that ended in an exception

  std::array<std::atomic<std::uint64_t>, kRefusers> refused{};  // requests, by who refused them

  void count_refused(const RefusedBy& by) noexcept {
    if (by) refused[static_cast<std::size_t>(by.what)].fetch_add(1, std::memory_order_relaxed);
  }
  void write(metrics::Page& page) const;
};

}  // namespace quotecached::http
