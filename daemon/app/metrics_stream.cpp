// What the daemon tells Prometheus of those who listen to quotes.
#include "app/parts.hpp"
#include "metrics/number.hpp"
#include "metrics/registry.hpp"
#include "stream/hub.hpp"

namespace quotecached::app {
namespace {

void write_fanouts(const stream::Fanouts& fanouts, metrics::Page& page) {
  metrics::Distribution took{.bounds = stream::kFanoutBuckets, .counts = {}};
  for (const auto& bucket : fanouts.counts)
    took.counts.push_back(bucket.load(std::memory_order_relaxed));
  took.sum = metrics::number_in(fanouts.microseconds) / 1e6;
  page.histogram("quotecached_stream_fanout_seconds",
                 "From when news is made until the last listener of a thread is written to.",
                 took);
}

}  // namespace

void write_stream(const Parts& parts, metrics::Page& page) {
  const auto& counters = *parts.stream->counters();
  using metrics::number_in;
  page.gauge("quotecached_stream_listeners",
             "Clients that listen to quotes now.",
             number_in(counters.listeners));
  page.gauge("quotecached_stream_channels",
             "Different asks that are listened by, or were a minute ago.",
             number_in(counters.channels));
  page.gauge("quotecached_stream_rows",
             "Rows of all of them: assets times currencies.",
             number_in(counters.rows));
  page.counter("quotecached_stream_listeners_total",
               "Clients that began to listen.",
               number_in(counters.begun));
  page.counter("quotecached_stream_turned_away_total",
               "Clients that found as many listeners as there may be.",
               number_in(counters.turned_away));
  page.counter("quotecached_stream_events_total",
               "Events made, each once for all listeners of an ask.",
               number_in(counters.made));
  page.counter("quotecached_stream_events_sent_total",
               "Events sent, to each listener.",
               number_in(counters.sent));
  page.counter("quotecached_stream_values_skipped_total",
               "Values that a slow listener never got, younger ones having come in their place.",
               number_in(counters.skipped));
  page.counter("quotecached_stream_listeners_cut_total",
               "Listeners cut off because they took nothing for too long.",
               number_in(counters.cut));
  page.counter(
      "quotecached_stream_sent_bytes_total", "Bytes sent to listeners.", number_in(counters.bytes));
  write_fanouts(counters.fanouts, page);
}

}  // namespace quotecached::app
