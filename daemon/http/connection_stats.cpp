#include "http/connection_stats.hpp"

namespace quotecached::http {

void ConnectionStats::write(metrics::Page& page) const {
  const auto number = [](const auto& cell) {
    return static_cast<double>(cell.load(std::memory_order_relaxed));
  };
  page.gauge("quotecached_http_connections", "Client connections open now.", number(open));
  page.counter("quotecached_http_connections_accepted_total",
               "Client connections accepted.",
               number(accepted));
  page.counter("quotecached_http_connections_over_limit_total",
               "Client connections turned away with 503.",
               number(over_limit));
  page.counter("quotecached_http_connections_shed_total",
               "Idle or stalled client connections closed to make room for another.",
               number(shed));
  page.counter("quotecached_http_accept_failures_total",
               "Times that no connection could be accepted.",
               number(accept_failures));
  page.counter("quotecached_http_connections_timed_out_total",
               "Client connections closed for being idle or slow.",
               number(timed_out));
  page.counter("quotecached_http_malformed_requests_total",
               "Requests that are not acceptable HTTP.",
               number(malformed));
  page.counter("quotecached_http_bodies_refused_total",
               "Requests refused because the bodies of all together were too large.",
               number(bodies_refused));
  page.counter("quotecached_http_engine_failures_total",
               "Requests that ended in an unexpected exception.",
               number(engine_failures));
}

}  // namespace quotecached::http
