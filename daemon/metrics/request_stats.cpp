#include "metrics/request_stats.hpp"

#include <algorithm>
#include <bit>
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

std::string label_of(std::string_view endpoint) {
  return std::string(endpoint.substr(0, endpoint.find(':')));
}

// Of one client.
struct ClientCounts {
  std::uint64_t requests = 0;
  std::uint64_t credits = 0;
};

// What the page shows of all counts, summed up under its labels.
struct Labelled {
  std::map<std::pair<std::string, std::string>, std::uint64_t> by_endpoint;  // and outcome, first
  std::map<std::string, WayCounts> by_outcome;
  std::map<std::string, std::uint64_t> by_tier;
  std::map<std::string, ClientCounts> by_client;
  std::uint64_t credits = 0;
  std::uint64_t worth = 0;

  Labelled(const std::vector<Way>& ways,
           const std::vector<std::string>& clients,
           const std::vector<RequestCounts>& counts);
};

Labelled::Labelled(const std::vector<Way>& ways,
                   const std::vector<std::string>& clients,
                   const std::vector<RequestCounts>& counts) {
  for (const auto& client : clients) by_client[client];
  for (const auto& way : ways) {  // these are shown before the first request too
    by_outcome[way.outcome];
    if (!way.tier.empty()) by_tier[way.tier];
  }
  for (const auto& count : counts) {
    credits += count.credits;
    worth += count.worth;
    auto& client = by_client[count.client];
    client.credits += count.credits;
    for (std::size_t i = 0; i < ways.size(); ++i) {
      const auto& way = ways[i];
      const auto requests = count.ways[i].requests();
      if (requests == 0) continue;
      by_endpoint[{way.outcome, label_of(count.endpoint)}] += requests;
      by_outcome[way.outcome] += count.ways[i];
      if (!way.tier.empty()) by_tier[way.tier] += requests;
      client.requests += requests;
    }
  }
}

Distribution distribution_of(const WayCounts& counts) {
  return {kLatencyBounds,
          {counts.latencies.begin(), counts.latencies.end()},
          std::chrono::duration<double>(counts.latency).count()};
}

double as_double(std::uint64_t count) { return static_cast<double>(count); }

void write_outcomes(const Labelled& sums, Page& page) {
  for (const auto& [labels, count] : sums.by_endpoint) {
    page.counter("quotecached_requests_total",
                 "Requests answered, one way or another.",
                 as_double(count),
                 {{"endpoint", labels.second}, {"outcome", labels.first}});
  }
  for (const auto& [outcome, counts] : sums.by_outcome) {
    const Labels labels = {{"outcome", outcome}};
    page.histogram("quotecached_request_duration_seconds",
                   "Time from reading a request to having written its answer.",
                   distribution_of(counts),
                   labels);
    page.counter("quotecached_answered_bytes_total",
                 "Bytes of answers, heads included, by how they came about.",
                 as_double(counts.bytes),
                 labels);
  }
  for (const auto& [tier, count] : sums.by_tier) {
    page.counter("quotecached_hits_total",
                 "Client requests answered from the cache, all fresh, by the lowest tier needed.",
                 as_double(count),
                 {{"tier", tier}});
  }
}

void write_clients(const Labelled& sums, Page& page) {
  for (const auto& [client, counts] : sums.by_client) {
    const Labels labels = {{"client", client}};
    page.counter("quotecached_client_requests_total",
                 "Client requests answered, by the name of the token shown.",
                 as_double(counts.requests),
                 labels);
    page.counter("quotecached_client_credits_total",
                 "Credits that requests cost, by the name of the token shown.",
                 as_double(counts.credits),
                 labels);
  }
  page.counter("quotecached_request_credits_total",
               "Credits that client requests cost, each counted with the request it was spent for.",
               as_double(sums.credits));
  page.counter("quotecached_request_worth_total",
               "Credits that client requests would have cost without a cache.",
               as_double(sums.worth));
}

// The position of the name, which is added when it is new.
std::uint32_t number_of(std::vector<std::string>& names, std::string_view name) {
  const auto known = std::ranges::find(names, name);
  const auto number = known - names.begin();
  if (known == names.end()) names.emplace_back(name);
  return static_cast<std::uint32_t>(number);
}

}  // namespace

std::uint64_t WayCounts::requests() const noexcept {
  return std::accumulate(latencies.begin(), latencies.end(), std::uint64_t{0});
}

WayCounts& WayCounts::operator+=(const WayCounts& other) noexcept {
  for (std::size_t i = 0; i < latencies.size(); ++i) latencies[i] += other.latencies[i];
  latency += other.latency;
  bytes += other.bytes;
  return *this;
}

RequestStats::Shard::Shard(std::size_t clients, std::size_t endpoints) {
  widen(clients, endpoints);
}

void RequestStats::Shard::count(const AnsweredRequest& request, std::chrono::nanoseconds latency) {
  assert(request.way < kMostWays);
  const auto client = static_cast<std::size_t>(request.client);
  const auto endpoint = static_cast<std::size_t>(request.endpoint);
  const auto& table = *table_.load(kRelaxed);
  Block* known = nullptr;
  if (client < table.clients && endpoint < table.endpoints)
    known = table.blocks[client * table.endpoints + endpoint].load(kRelaxed);
  auto& block = known != nullptr ? *known : add_block(client, endpoint);
  const auto taken = latency.count() > 0 ? latency.count() : 0;
  auto& way = block.ways[request.way];
  add(way.sum_nanoseconds, static_cast<std::uint64_t>(taken));
  add(way.counts[bucket_of(taken)], 1);
  add(way.bytes, request.bytes);
  add(block.credits, request.credits);
  add(block.worth, request.worth);
}

RequestStats::Shard::Block& RequestStats::Shard::add_block(std::size_t client,
                                                           std::size_t endpoint) {
  auto* table = table_.load(kRelaxed);
  if (client >= table->clients || endpoint >= table->endpoints) {
    widen(std::max(table->clients, std::bit_ceil(client + 1)),
          std::max(table->endpoints, std::bit_ceil(endpoint + 1)));
    table = table_.load(kRelaxed);
  }
  auto& block = *blocks_.emplace_back(std::make_unique<Block>());
  table->blocks[client * table->endpoints + endpoint].store(&block, std::memory_order_release);
  return block;
}

void RequestStats::Shard::widen(std::size_t clients, std::size_t endpoints) {
  auto wide = std::make_unique<Table>(clients, endpoints);
  if (!tables_.empty()) {
    const auto& narrow = *tables_.back();
    for (std::size_t at = 0; at < narrow.blocks.size(); ++at) {
      const auto client = at / narrow.endpoints;
      const auto endpoint = at % narrow.endpoints;
      wide->blocks[client * endpoints + endpoint].store(narrow.blocks[at].load(kRelaxed), kRelaxed);
    }
  }
  table_.store(wide.get(), std::memory_order_release);
  tables_.push_back(std::move(wide));
}

void RequestStats::Shard::add_sent(std::size_t bytes) noexcept { add(sent_bytes_, bytes); }

void RequestStats::Shard::add_stale() noexcept { add(stale_, 1); }

void RequestStats::Shard::add_to(RequestCounts& sum, const Block& block) {
  for (std::size_t i = 0; i < kMostWays; ++i) {
    const auto& from = block.ways[i];
    auto& to = sum.ways[i];
    const auto bytes = from.bytes.load(kRelaxed);
    to.latency += std::chrono::nanoseconds(from.sum_nanoseconds.load(kRelaxed));
    to.bytes += bytes;
    sum.bytes += bytes;
    for (std::size_t j = 0; j < kLatencies; ++j) to.latencies[j] += from.counts[j].load(kRelaxed);
  }
  sum.credits += block.credits.load(kRelaxed);
  sum.worth += block.worth.load(kRelaxed);
}

void RequestStats::Shard::add_to(Sums& sums) const {
  const auto& table = *table_.load(std::memory_order_acquire);
  for (std::size_t at = 0; at < table.blocks.size(); ++at) {
    const auto* const block = table.blocks[at].load(std::memory_order_acquire);
    if (block != nullptr) add_to(sums[{at / table.endpoints, at % table.endpoints}], *block);
  }
}

RequestStats::RequestStats(std::vector<Way> ways) : ways_(std::move(ways)) {
  assert(!ways_.empty() && ways_.size() <= kMostWays);
}

ClientId RequestStats::client(std::string_view name) {
  const MutexLock lock(mutex_);
  return ClientId{number_of(clients_, name)};
}

EndpointId RequestStats::endpoint(std::string_view name) {
  const MutexLock lock(mutex_);
  return EndpointId{number_of(endpoints_, name)};
}

void RequestStats::expect(EndpointId endpoint, std::uint32_t way) {
  const MutexLock lock(mutex_);
  expected_.emplace(ways_.at(way).outcome,
                    label_of(endpoints_.at(static_cast<std::size_t>(endpoint))));
}

RequestStats::Shard& RequestStats::add_shard() {
  const MutexLock lock(mutex_);
  shards_.emplace_back(new Shard(std::max<std::size_t>(clients_.size(), 1),
                                 std::max<std::size_t>(endpoints_.size(), 1)));
  return *shards_.back();
}

std::vector<RequestCounts> RequestStats::read() const {
  Sums sums;
  const MutexLock lock(mutex_);
  for (const auto& shard : shards_) shard->add_to(sums);
  std::vector<RequestCounts> counts;
  for (auto& [at, sum] : sums) {
    sum.client = clients_[at.first];
    sum.endpoint = endpoints_[at.second];
    counts.push_back(std::move(sum));
  }
  return counts;
}

std::vector<std::string> RequestStats::clients() const {
  const MutexLock lock(mutex_);
  return clients_;
}

std::set<RequestStats::Pair> RequestStats::expected() const {
  const MutexLock lock(mutex_);
  return expected_;
}

std::uint64_t RequestStats::sum_of(Shard::Cell Shard::* cell) const {
  const MutexLock lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto& shard : shards_) sum += ((*shard).*cell).load(kRelaxed);
  return sum;
}

void RequestStats::write(Page& page) const {
  Labelled sums(ways_, clients(), read());
  for (const auto& labels : expected()) sums.by_endpoint[labels];
  write_outcomes(sums, page);
  write_clients(sums, page);
  page.counter("quotecached_stale_answers_total",
               "Answers with something stale in them.",
               as_double(sum_of(&Shard::stale_)));
  page.counter("quotecached_http_sent_bytes_total",
               "Bytes of answers handed to the kernel.",
               as_double(sum_of(&Shard::sent_bytes_)));
}

}  // namespace quotecached::metrics
