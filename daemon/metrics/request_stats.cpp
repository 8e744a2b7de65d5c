#include "metrics/request_stats.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <numeric>
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
    // std::llround() cannot be evaluated at compile time.
    // NOLINTNEXTLINE(bugprone-incorrect-roundings)
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

// What the page shows of all counts, summed up under its labels.
struct Sums {
  std::map<std::pair<std::string, std::string>, std::uint64_t> by_outcome;  // and endpoint
  std::map<std::string, WayCounts> latency_by_outcome;
  std::map<std::string, std::uint64_t> by_tier;
  std::vector<std::uint64_t> by_client;
  std::uint64_t credits = 0;
  std::uint64_t worth = 0;

  Sums(const RequestStats::Names& names, const std::vector<RequestCounts>& counts);
};

Sums::Sums(const RequestStats::Names& names, const std::vector<RequestCounts>& counts)
    : by_client(names.clients.size()) {
  for (const auto& way : names.ways) {  // these are shown before the first request too
    latency_by_outcome[way.outcome];
    if (!way.tier.empty()) by_tier[way.tier];
  }
  for (const auto& count : counts) {
    credits += count.credits;
    worth += count.worth;
    for (std::size_t i = 0; i < names.ways.size(); ++i) {
      const auto& way = names.ways[i];
      const auto requests = count.ways[i].requests();
      if (requests == 0) continue;
      by_outcome[{way.outcome, names.endpoints[count.endpoint]}] += requests;
      latency_by_outcome[way.outcome] += count.ways[i];
      if (!way.tier.empty()) by_tier[way.tier] += requests;
      by_client[count.client] += requests;
    }
  }
}

Distribution distribution_of(const WayCounts& counts) {
  return {kLatencyBounds,
          {counts.latencies.begin(), counts.latencies.end()},
          std::chrono::duration<double>(counts.latency).count()};
}

double as_double(std::uint64_t count) { return static_cast<double>(count); }

}  // namespace

std::uint64_t WayCounts::requests() const noexcept {
  return std::accumulate(latencies.begin(), latencies.end(), std::uint64_t{0});
}

WayCounts& WayCounts::operator+=(const WayCounts& other) noexcept {
  for (std::size_t i = 0; i < latencies.size(); ++i) latencies[i] += other.latencies[i];
  latency += other.latency;
  return *this;
}

RequestStats::Shard::Shard(std::size_t clients, std::size_t endpoints)
    : endpoints_(endpoints), table_(clients * endpoints) {}

void RequestStats::Shard::count(const AnsweredRequest& request, std::chrono::nanoseconds latency) {
  const auto at = request.client * endpoints_ + request.endpoint;
  assert(request.endpoint < endpoints_ && at < table_.size() && request.way < kMostWays);
  auto* const known = table_[at].load(kRelaxed);
  auto& block = known != nullptr ? *known : add_block(at);
  const auto taken = latency.count() > 0 ? latency.count() : 0;
  auto& way = block.ways[request.way];
  add(way.sum_nanoseconds, static_cast<std::uint64_t>(taken));
  add(way.counts[bucket_of(taken)], 1);
  add(block.bytes, request.bytes);
  add(block.credits, request.credits);
  add(block.worth, request.worth);
}

RequestStats::Shard::Block& RequestStats::Shard::add_block(std::size_t at) {
  auto& block = *blocks_.emplace_back(std::make_unique<Block>());
  table_[at].store(&block, std::memory_order_release);
  return block;
}

void RequestStats::Shard::add_sent(std::size_t bytes) noexcept { add(sent_bytes_, bytes); }

bool RequestStats::Shard::has_block(std::size_t at) const {
  return table_[at].load(kRelaxed) != nullptr;
}

void RequestStats::Shard::add_to(std::size_t at, RequestCounts& sum) const {
  const auto* const block = table_[at].load(std::memory_order_acquire);
  if (block == nullptr) return;
  for (std::size_t i = 0; i < kMostWays; ++i) {
    const auto& from = block->ways[i];
    auto& to = sum.ways[i];
    to.latency += std::chrono::nanoseconds(from.sum_nanoseconds.load(kRelaxed));
    for (std::size_t j = 0; j < kLatencies; ++j) to.latencies[j] += from.counts[j].load(kRelaxed);
  }
  sum.bytes += block->bytes.load(kRelaxed);
  sum.credits += block->credits.load(kRelaxed);
  sum.worth += block->worth.load(kRelaxed);
}

RequestStats::RequestStats(Names names) : names_(std::move(names)) {
  assert(!names_.clients.empty() && !names_.endpoints.empty() && !names_.ways.empty());
  assert(names_.ways.size() <= kMostWays);
}

RequestStats::Shard& RequestStats::add_shard() {
  const std::lock_guard lock(mutex_);
  shards_.emplace_back(new Shard(names_.clients.size(), names_.endpoints.size()));
  return *shards_.back();
}

std::vector<RequestCounts> RequestStats::read() const {
  std::vector<RequestCounts> counts;
  const std::lock_guard lock(mutex_);
  for (std::size_t at = 0; at < names_.clients.size() * names_.endpoints.size(); ++at) {
    const auto has_counts = [at](const auto& shard) { return shard->has_block(at); };
    if (std::ranges::none_of(shards_, has_counts)) continue;
    auto& sum = counts.emplace_back();
    sum.client = at / names_.endpoints.size();
    sum.endpoint = at % names_.endpoints.size();
    for (const auto& shard : shards_) shard->add_to(at, sum);
  }
  return counts;
}

std::uint64_t RequestStats::sent_bytes() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto& shard : shards_) sum += shard->sent_bytes_.load(kRelaxed);
  return sum;
}

void RequestStats::write(Page& page) const {
  const Sums sums(names_, read());
  for (const auto& [labels, count] : sums.by_outcome) {  // most endpoints are never asked for
    page.counter("quotecached_requests_total",
                 "Client requests answered.",
                 as_double(count),
                 {{"endpoint", labels.second}, {"outcome", labels.first}});
  }
  for (const auto& [outcome, counts] : sums.latency_by_outcome) {
    page.histogram("quotecached_request_duration_seconds",
                   "Time from reading a request to having written its answer.",
                   distribution_of(counts),
                   {{"outcome", outcome}});
  }
  for (const auto& [tier, count] : sums.by_tier) {
    page.counter("quotecached_hits_total",
                 "Client requests answered from the cache, all fresh, by the lowest tier needed.",
                 as_double(count),
                 {{"tier", tier}});
  }
  for (std::size_t i = 0; i < sums.by_client.size(); ++i) {
    page.counter("quotecached_client_requests_total",
                 "Client requests answered, by the name of the token shown.",
                 as_double(sums.by_client[i]),
                 {{"client", names_.clients[i]}});
  }
  page.counter("quotecached_request_credits_total",
               "Credits that client requests cost, each counted with the request it was spent for.",
               as_double(sums.credits));
  page.counter("quotecached_request_worth_total",
               "Credits that client requests would have cost without a cache.",
               as_double(sums.worth));
  page.counter("quotecached_http_sent_bytes_total",
               "Bytes of answers handed to the kernel.",
               as_double(sent_bytes()));
}

}  // namespace quotecached::metrics
