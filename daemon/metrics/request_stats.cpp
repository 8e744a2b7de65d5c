#include "metrics/request_stats.hpp"

#include <cassert>
#include <utility>

namespace quotecached::metrics {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

void add(std::atomic<std::uint64_t>& cell, std::uint64_t amount) noexcept {
  cell.store(cell.load(kRelaxed) + amount, kRelaxed);  // one writer only
}

constexpr auto kBoundsInNanoseconds = [] {
  std::array<std::int64_t, kLatencyBounds.size()> bounds{};
  for (std::size_t i = 0; i < bounds.size(); ++i)
    bounds[i] = static_cast<std::int64_t>(kLatencyBounds[i] * 1e9 + 0.5);
  return bounds;
}();

// From the lowest: most requests are hits, and those are fast.
std::size_t bucket_of(std::int64_t nanoseconds) noexcept {
  std::size_t bucket = 0;
  while (bucket < kBoundsInNanoseconds.size() && nanoseconds > kBoundsInNanoseconds[bucket])
    ++bucket;
  return bucket;
}

}  // namespace

RequestStats::Shard::Shard(std::size_t endpoints, std::size_t outcomes)
    : outcomes_(outcomes), requests_(endpoints * outcomes), latencies_(outcomes) {}

void RequestStats::Shard::count(std::size_t endpoint,
                                std::size_t outcome,
                                std::chrono::nanoseconds latency) noexcept {
  const auto row = endpoint * outcomes_ + outcome;
  assert(outcome < outcomes_ && row < requests_.size());
  const auto taken = latency.count() > 0 ? latency.count() : 0;
  add(requests_[row], 1);
  add(latencies_[outcome].counts[bucket_of(taken)], 1);
  add(latencies_[outcome].sum_nanoseconds, static_cast<std::uint64_t>(taken));
}

void RequestStats::Shard::add_sent(std::size_t bytes) noexcept { add(sent_bytes_, bytes); }

RequestStats::RequestStats(std::vector<std::string> endpoints, std::vector<std::string> outcomes)
    : endpoints_(std::move(endpoints)), outcomes_(std::move(outcomes)) {
  assert(!endpoints_.empty() && !outcomes_.empty());
}

RequestStats::Shard& RequestStats::add_shard() {
  const std::lock_guard lock(mutex_);
  shards_.emplace_back(new Shard(endpoints_.size(), outcomes_.size()));
  return *shards_.back();
}

std::uint64_t RequestStats::requests(std::size_t endpoint, std::size_t outcome) const {
  assert(endpoint < endpoints_.size() && outcome < outcomes_.size());
  const std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto& shard : shards_)
    sum += shard->requests_[endpoint * outcomes_.size() + outcome].load(kRelaxed);
  return sum;
}

Distribution RequestStats::latency(std::size_t outcome) const {
  const std::lock_guard lock(mutex_);
  Distribution sum{kLatencyBounds, std::vector<std::uint64_t>(kLatencyBounds.size() + 1), 0};
  for (const auto& shard : shards_) {
    const auto& one = shard->latencies_[outcome];
    for (std::size_t i = 0; i < sum.counts.size(); ++i)
      sum.counts[i] += one.counts[i].load(kRelaxed);
    sum.sum += static_cast<double>(one.sum_nanoseconds.load(kRelaxed)) / 1e9;
  }
  return sum;
}

void RequestStats::write(Page& page) const {
  for (std::size_t outcome = 0; outcome < outcomes_.size(); ++outcome) {
    for (std::size_t endpoint = 0; endpoint < endpoints_.size(); ++endpoint) {
      const auto count = requests(endpoint, outcome);
      if (count == 0) continue;  // most endpoints are never asked for
      page.counter("quotecached_requests_total",
                   "Client requests answered.",
                   static_cast<double>(count),
                   {{"endpoint", endpoints_[endpoint]}, {"outcome", outcomes_[outcome]}});
    }
    page.histogram("quotecached_request_duration_seconds",
                   "Time from reading a request to having written its answer.",
                   latency(outcome),
                   {{"outcome", outcomes_[outcome]}});
  }
  std::uint64_t sent = 0;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& shard : shards_) sent += shard->sent_bytes_.load(kRelaxed);
  }
  page.counter("quotecached_http_sent_bytes_total",
               "Bytes of answers handed to the kernel.",
               static_cast<double>(sent));
}

}  // namespace quotecached::metrics
