// Counts of client requests: who asked for what, how it was answered, what it cost and saved, and
// how long it took.
//
// Counts are kept under the names of client and endpoint. What stands behind a colon in an
// endpoint's name tells endpoints apart that are one to metrics. A name is turned into a number
// once, when clients or endpoints are loaded, and keeps it: names may come in any order, and
// further ones at any time.
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
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
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
inline constexpr std::size_t kMostWays = 14;

// The number that a name has in one RequestStats, for as long as that lives.
enum class ClientId : std::uint32_t {};
enum class EndpointId : std::uint32_t {};

// One request answered.
struct AnsweredRequest {
  ClientId client{0};
  EndpointId endpoint{0};
  std::uint32_t way = 0;  // position in the ways given
  std::uint64_t bytes = 0;
  std::uint64_t credits = 0;  // that it cost
  std::uint64_t worth = 0;    // credits that it would have cost without a cache
};

// What was counted since the start, of one client, endpoint and way.
struct WayCounts {
  std::array<std::uint64_t, kLatencies> latencies{};
  std::chrono::nanoseconds latency{0};  // the sum
  std::uint64_t bytes = 0;

  [[nodiscard]] std::uint64_t requests() const noexcept;
  WayCounts& operator+=(const WayCounts& other) noexcept;
};

// And of one client and endpoint.
struct RequestCounts {
  std::string client;
  std::string endpoint;
  std::array<WayCounts, kMostWays> ways{};
  std::uint64_t bytes = 0;  // of all ways
  std::uint64_t credits = 0;
  std::uint64_t worth = 0;
};

class RequestStats {
  using Pair = std::pair<std::string, std::string>;  // an outcome and an endpoint, as shown
  // By the numbers of client and endpoint.
  using Sums = std::map<std::pair<std::size_t, std::size_t>, RequestCounts>;

 public:
  class Shard {
   public:
    // The owning thread only. Requires: ids of these stats, a way among those given.
    void count(const AnsweredRequest& request, std::chrono::nanoseconds latency);
    void add_sent(std::size_t bytes) noexcept;
    void add_stale() noexcept;  // an answer that has something stale

   private:
    friend class RequestStats;
    using Cell = std::atomic<std::uint64_t>;
    struct Latency {
      Cell sum_nanoseconds{0};
      Cell bytes{0};
      std::array<Cell, kLatencies> counts{};
    };
    struct Block {
      Cell credits{0};
      Cell worth{0};
      std::array<Latency, kMostWays> ways{};
    };
    struct Table {
      Table(std::size_t its_clients, std::size_t its_endpoints)
          : clients(its_clients), endpoints(its_endpoints), blocks(clients * endpoints) {}

      const std::size_t clients;
      const std::size_t endpoints;
      std::vector<std::atomic<Block*>> blocks;  // [client][endpoint]; null: nothing counted
    };
    Shard(std::size_t clients, std::size_t endpoints);
    // Requires: there is none yet.
    Block& add_block(std::size_t client, std::size_t endpoint);
    void widen(std::size_t clients, std::size_t endpoints);
    void add_to(Sums& sums) const;  // any thread
    static void add_to(RequestCounts& sum, const Block& block);

    std::atomic<Table*> table_;                   // the last of `tables_`
    std::vector<std::unique_ptr<Table>> tables_;  // this and below: the owning thread only;
                                                  // outgrown ones may still be read
    std::vector<std::unique_ptr<Block>> blocks_;
    Cell sent_bytes_{0};
    Cell stale_{0};
  };

  explicit RequestStats(std::vector<Way> ways);  // kMostWays at most

  // Thread-safe. The same name always has the same id; a new name is added.
  [[nodiscard]] ClientId client(std::string_view name);
  [[nodiscard]] EndpointId endpoint(std::string_view name);

  // Thread-safe. Requests of the endpoint may be answered that way: shown before the first one is.
  void expect(EndpointId endpoint, std::uint32_t way);

  // A shard for one more thread; lives as long as this. Best made when the names are known.
  Shard& add_shard();

  // Thread-safe: the sums over all shards, of those that were counted at all. They never fall.
  [[nodiscard]] std::vector<RequestCounts> read() const;

  // Thread-safe.
  void write(Page& page) const;

 private:
  [[nodiscard]] std::vector<std::string> clients() const;
  [[nodiscard]] std::set<Pair> expected() const;
  [[nodiscard]] std::uint64_t sum_of(Shard::Cell Shard::* cell) const;

  const std::vector<Way> ways_;
  mutable Mutex mutex_;
  std::vector<std::string> clients_ GUARDED_BY(mutex_);
  std::vector<std::string> endpoints_ GUARDED_BY(mutex_);
  std::set<Pair> expected_ GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Shard>> shards_ GUARDED_BY(mutex_);  // not the counts in them
};

}  // namespace quotecached::metrics
