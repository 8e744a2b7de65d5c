// Counts of client requests by endpoint and outcome, and how long they took.
//
// One shard per I/O thread, written by that thread alone with plain loads and stores (no locked
// instruction on the hot path) and summed at a scrape.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
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

class RequestStats {
 public:
  class Shard {
   public:
    // One request answered. The owning thread only. Requires: both within the names given.
    void count(std::size_t endpoint,
               std::size_t outcome,
               std::chrono::nanoseconds latency) noexcept;
    void add_sent(std::size_t bytes) noexcept;

   private:
    friend class RequestStats;
    using Cell = std::atomic<std::uint64_t>;
    struct Latency {
      std::array<Cell, kLatencyBounds.size() + 1> counts{};
      Cell sum_nanoseconds{0};
    };
    Shard(std::size_t endpoints, std::size_t outcomes);

    std::size_t outcomes_;
    std::vector<Cell> requests_;      // [endpoint][outcome]
    std::vector<Latency> latencies_;  // [outcome]
    Cell sent_bytes_{0};
  };

  RequestStats(std::vector<std::string> endpoints, std::vector<std::string> outcomes);

  // A shard for one more thread; lives as long as this.
  Shard& add_shard();

  // Thread-safe: the sum over all shards.
  void write(Page& page) const;
  [[nodiscard]] std::uint64_t requests(std::size_t endpoint, std::size_t outcome) const;

 private:
  [[nodiscard]] Distribution latency(std::size_t outcome) const;

  std::vector<std::string> endpoints_;
  std::vector<std::string> outcomes_;
  mutable std::mutex mutex_;  // guards the list, not the counts
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace quotecached::metrics
