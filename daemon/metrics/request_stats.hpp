// Counts of client requests: who asked for what, how it was answered, what it cost and saved, and
// how long it took.
//
// One shard per I/O thread, written by that thread alone with plain loads and stores (no locked
// instruction on the hot path) and summed by whoever reads. A shard keeps a block of counts for
// each client and endpoint that met; those that never do cost a pointer.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "metrics/registry.hpp"

namespace quotecached::metrics {

// Upper bounds of the latency buckets, in seconds.
inline constexpr std::array kLatencyBounds{
    0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
    0.025,   0.05,     0.1,     0.25,   0.5,     1.0,    2.5,   5.0,    10.0,  30.0};
inline constexpr std::size_t kLatencies = kLatencyBounds.size() + 1;

// A way to answer a request. Several may lead to the same outcome.
struct Way {
  std::string outcome;
  std::string tier;  // that had it all, fresh; empty when none had
};
inline constexpr std::size_t kMostWays = 12;

// One request answered. Client, endpoint and way: positions in the names given.
struct AnsweredRequest {
  std::uint32_t client = 0;
  std::uint32_t endpoint = 0;
  std::uint32_t way = 0;
  std::uint64_t bytes = 0;
  std::uint64_t credits = 0;  // that it cost
  std::uint64_t worth = 0;    // credits that it would have cost without a cache
};

// What was counted since the start, of one client, endpoint and way.
struct WayCounts {
  std::array<std::uint64_t, kLatencies> latencies{};
  std::chrono::nanoseconds latency{0};  // the sum

  [[nodiscard]] std::uint64_t requests() const noexcept;
  WayCounts& operator+=(const WayCounts& other) noexcept;
};

// And of one client and endpoint.
struct RequestCounts {
  std::size_t client = 0;
  std::size_t endpoint = 0;
  std::array<WayCounts, kMostWays> ways{};
  std::uint64_t bytes = 0;
  std::uint64_t credits = 0;
  std::uint64_t worth = 0;
};

class RequestStats {
 public:
  struct Names {
    std::vector<std::string> clients;
    std::vector<std::string> endpoints;
    std::vector<Way> ways;  // kMostWays at most
  };

  class Shard {
   public:
    // The owning thread only. Requires: positions within the names given.
    void count(const AnsweredRequest& request, std::chrono::nanoseconds latency);
    void add_sent(std::size_t bytes) noexcept;

   private:
    friend class RequestStats;
    using Cell = std::atomic<std::uint64_t>;
    struct Latency {
      Cell sum_nanoseconds{0};
      std::array<Cell, kLatencies> counts{};
    };
    struct Block {
      Cell bytes{0};
      Cell credits{0};
      Cell worth{0};
      std::array<Latency, kMostWays> ways{};
    };
    Shard(std::size_t clients, std::size_t endpoints);
    Block& add_block(std::size_t at);
    [[nodiscard]] bool has_block(std::size_t at) const;
    void add_to(std::size_t at, RequestCounts& sum) const;

    std::size_t endpoints_;
    std::vector<std::atomic<Block*>> table_;      // [client][endpoint]; null: nothing counted
    std::vector<std::unique_ptr<Block>> blocks_;  // the owning thread only
    Cell sent_bytes_{0};
  };

  explicit RequestStats(Names names);

  [[nodiscard]] const Names& names() const noexcept { return names_; }

  // A shard for one more thread; lives as long as this.
  Shard& add_shard();

  // Thread-safe: the sums over all shards, of those that were counted at all. They never fall.
  [[nodiscard]] std::vector<RequestCounts> read() const;

  // Thread-safe.
  void write(Page& page) const;

 private:
  [[nodiscard]] std::uint64_t sent_bytes() const;

  const Names names_;
  mutable std::mutex mutex_;  // guards the list, not the counts
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace quotecached::metrics
