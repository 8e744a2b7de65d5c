#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "app/parts.hpp"
#include "app/version.hpp"
#include "cache/chain.hpp"
#include "cache/memory_tier.hpp"
#include "metrics/number.hpp"
#include "metrics/process.hpp"
#include "metrics/registry.hpp"
#include "proxy/open_requests.hpp"
#include "proxy/page_book.hpp"
#include "proxy/proxy.hpp"
#include "proxy/translation.hpp"
#include "refill/ages_served.hpp"
#include "refill/refill.hpp"
#include "refill/renewals.hpp"
#include "upstream/client.hpp"

namespace quotecached::app {
namespace {

using metrics::number_in;
using metrics::Page;

void write_memory(const Parts& parts, Page& page) {
  const auto usage = parts.memory->usage();
  page.gauge("quotecached_memory_entries",
             "Entries in the memory tier",
             static_cast<double>(usage.entries));
  page.gauge(
      "quotecached_memory_bytes", "Size of the memory tier", static_cast<double>(usage.bytes));
  page.counter("quotecached_memory_evictions_total",
               "Entries that made room for others",
               static_cast<double>(usage.evictions));
}

metrics::Distribution distribution_of(const Durations& durations) {
  return {.bounds = kDurationBounds, .counts = durations.counts(), .sum = durations.sum()};
}

void write_tier(const cache::TierReport& tier, Page& page) {
  const metrics::Labels labels = {{"tier", std::string(tier.name)}};
  const auto& counters = *tier.counters;
  page.counter("quotecached_tier_hits_total", "Keys found", number_in(counters.hits), labels);
  page.counter(
      "quotecached_tier_misses_total", "Keys not found", number_in(counters.misses), labels);
  page.counter(
      "quotecached_tier_stores_total", "Entries written", number_in(counters.stores), labels);
  page.counter("quotecached_tier_failures_total",
               "Operations that failed",
               number_in(counters.failures),
               labels);
  page.counter("quotecached_tier_undecodable_total",
               "Values that did not decode",
               number_in(counters.undecodable),
               labels);
  page.counter("quotecached_tier_dropped_writes_total",
               "Entries not written: the queue was full or the tier failed",
               number_in(counters.dropped_writes),
               labels);
  page.gauge("quotecached_tier_breaker_open",
             "1 while the tier is skipped",
             tier.state == Breaker::State::Closed ? 0 : 1,
             labels);
  for (const auto& [operation, took] :
       {std::pair("lookup", &counters.lookups), std::pair("write", &counters.writes)}) {
    page.histogram("quotecached_tier_duration_seconds",
                   "Time that the tier took for a batch of keys or entries",
                   distribution_of(*took),
                   {{"tier", std::string(tier.name)}, {"operation", operation}});
  }
}

void write_batches(const refill::Counters& counters, Page& page) {
  static constexpr auto kBounds = [] {
    std::array<double, refill::kBatchBuckets.size()> bounds{};
    for (std::size_t i = 0; i < bounds.size(); ++i)
      bounds[i] = static_cast<double>(refill::kBatchBuckets[i]);
    return bounds;
  }();
  metrics::Distribution sizes{
      .bounds = kBounds, .counts = {}, .sum = number_in(counters.batch_assets)};
  for (const auto& bucket : counters.batch_sizes)
    sizes.counts.push_back(bucket.load(std::memory_order_relaxed));
  page.histogram("quotecached_batch_assets", "Assets that an upstream batch is made for", sizes);
  page.counter("quotecached_refill_riding_total",
               "Assets renewed for nothing: there was room in a call",
               number_in(counters.riding));
}

void write_ages(std::string_view name,
                std::string_view help,
                const refill::AgesServed& ages,
                Page& page) {
  metrics::Distribution served{
      .bounds = refill::kAgeBuckets, .counts = {}, .sum = ages.sum.load(std::memory_order_relaxed)};
  for (const auto& bucket : ages.asks)
    served.counts.push_back(
        static_cast<std::uint64_t>(std::llround(bucket.load(std::memory_order_relaxed))));
  page.histogram(name, help, served);
}

void write_refill(const Parts& parts, Page& page) {
  const auto& renewals = parts.refill->renewals();
  write_ages("quotecached_age_served_seconds",
             "Since the provider was asked for what a client got, for each asset in each answer",
             renewals.ages(),
             page);
  write_ages("quotecached_content_age_served_seconds",
             "Since the time that the data itself says it is of, where that is known",
             renewals.content_ages(),
             page);
  const auto& counters = parts.refill->counters();
  page.counter(
      "quotecached_refill_wanted_total", "Keys asked of refill", number_in(counters.wanted));
  page.counter("quotecached_refill_coalesced_total",
               "Of these, joined a fetch under way",
               number_in(counters.coalesced));
  page.counter("quotecached_refill_throttled_total",
               "Of these, spared while upstream fails",
               number_in(counters.throttled));
  page.counter("quotecached_refill_abandoned_total",
               "Of these, not called for: nobody waited any more",
               number_in(counters.abandoned));
  page.counter("quotecached_refill_turned_away_total",
               "Assets that no answer has held, not called for: too many were asked for",
               number_in(counters.turned_away));
  page.counter("quotecached_refill_absent_total",
               "Assets the provider does not know",
               number_in(counters.absent));
  page.counter("quotecached_refill_refused_fragments_total",
               "Malformed parts of upstream answers",
               number_in(counters.refused_fragments));
  page.counter("quotecached_refill_flawed_prices_total",
               "Null, zero, negative or non-numeric prices",
               number_in(counters.flawed_prices));
  for (std::size_t i = 0; i < refill::kClaims; ++i) {
    page.counter("quotecached_refill_withheld_total",
                 "Answers that contradict a good copy and were not believed yet",
                 number_in(counters.withheld[i]),
                 {{"claim", std::string(to_string(static_cast<refill::Claim>(i)))}});
  }
  write_batches(counters, page);
  constexpr std::string_view kCalls = "quotecached_upstream_calls_total";
  constexpr std::string_view kCallsHelp = "Upstream calls by result";
  for (std::size_t i = 0; i < provider::kVerdicts; ++i) {
    const auto result = std::string(to_string(static_cast<provider::Verdict>(i)));
    page.counter(kCalls, kCallsHelp, number_in(counters.answers[i]), {{"result", result}});
  }
  page.counter(kCalls, kCallsHelp, number_in(counters.no_answer), {{"result", "no_answer"}});
  page.histogram("quotecached_upstream_call_duration_seconds",
                 "Time that calls took, answered or not",
                 distribution_of(counters.took));
  page.counter(
      "quotecached_upstream_retries_total", "Calls tried again", number_in(counters.retries));
  page.counter("quotecached_upstream_not_admitted_total",
               "Calls the breaker or the credit book refused",
               number_in(counters.not_admitted));
}

void write_misses(const Parts& parts, Page& page) {
  for (std::size_t i = 0; i < proxy::kMissReasons; ++i) {
    const auto reason = static_cast<proxy::MissReason>(i);
    page.counter("quotecached_misses_total",
                 "Requests that memory alone could not answer, by why",
                 static_cast<double>(parts.proxy->open_requests().misses(reason)),
                 {{"reason", std::string(to_string(reason))}});
  }
}

void write_lists(const Parts& parts, Page& page) {
  const auto& counters = parts.proxy->page_counters();
  page.counter("quotecached_lists_widened_total",
               "Fetches that asked for more of a list than a client did, at no further credit",
               number_in(counters.widened));
  page.counter("quotecached_pages_cut_total",
               "Pages of lists that were cut out of larger answers",
               number_in(counters.cut));
}

void write_names(const Parts& parts, Page& page) {
  const auto& led = parts.proxy->name_counters();
  constexpr std::string_view kLed = "quotecached_names_led_total";
  constexpr std::string_view kHelp =
      "Assets asked for by symbol or slug that were answered by what is held by id";
  page.counter(kLed, kHelp, number_in(led.symbols), {{"kind", "symbol"}});
  page.counter(kLed, kHelp, number_in(led.slugs), {{"kind", "slug"}});
  page.counter("quotecached_names_told_total",
               "Symbols and slugs of which the provider told what they lead to, since it was asked",
               number_in(parts.refill->counters().names_told));
}

void write_upstream(const Parts& parts, Page& page) {
  const auto totals = parts.client->totals();
  page.counter("quotecached_upstream_connections_total",
               "Connections opened",
               static_cast<double>(totals.connections_opened));
  page.counter("quotecached_upstream_reused_total",
               "Calls over an open connection",
               static_cast<double>(totals.reused));
  page.counter(
      "quotecached_upstream_http2_total", "Calls over HTTP/2", static_cast<double>(totals.http2));
  const auto health = parts.refill->upstream_health();
  page.gauge("quotecached_upstream_breaker_open",
             "1 while upstream is not asked",
             health.breaker == Breaker::State::Closed ? 0 : 1);
}

}  // namespace

void add_metrics(Parts& parts) {
  parts.metrics.add_source([&parts](Page& page) {
    page.gauge("quotecached_build_info", "Always 1", 1, {{"version", kVersion}});
    metrics::write_process(page);
    write_memory(parts, page);
    for (const auto& tier : parts.chain->report()) write_tier(tier, page);
    write_misses(parts, page);
    write_lists(parts, page);
    write_names(parts, page);
    write_refill(parts, page);
    write_upstream(parts, page);
    write_credits(parts, page);
    write_warming(parts, page);
    write_stream(parts, page);
    write_health(parts, page);
    write_records(parts, page);
  });
}

}  // namespace quotecached::app
