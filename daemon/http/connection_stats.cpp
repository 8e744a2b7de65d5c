#include "http/connection_stats.hpp"

#include <string>

#include "metrics/number.hpp"

namespace quotecached::http {

void ConnectionStats::write(metrics::Page& page) const {
  using metrics::number_in;
  page.gauge("quotecached_http_connections", "Client connections open now.", number_in(open));
  page.counter("quotecached_http_connections_accepted_total",
               "Client connections accepted.",
               number_in(accepted));
  page.counter("quotecached_http_connections_over_limit_total",
               "Client connections turned away with 503.",
               number_in(over_limit));
  page.counter("quotecached_http_connections_shed_total",
               "Idle or stalled client connections closed to make room for another.",
               number_in(shed));
  page.counter("quotecached_http_accept_failures_total",
               "Times that no connection could be accepted.",
               number_in(accept_failures));
  page.counter("quotecached_http_connections_timed_out_total",
               "Client connections closed for being idle or slow.",
               number_in(timed_out));
  page.counter("quotecached_http_malformed_requests_total",
               "Requests that are not acceptable HTTP.",
               number_in(malformed));
  page.counter("quotecached_http_bodies_refused_total",
               "Requests refused because the bodies of all together were too large.",
               number_in(bodies_refused));
  page.counter("quotecached_http_engine_failures_total",
               "Requests that ended in an unexpected exception.",
               number_in(engine_failures));
  for (std::size_t i = 1; i < kRefusers; ++i) {
    page.counter("quotecached_refusals_total",
                 "Requests that the daemon refused, by who of it did.",
                 number_in(refused[i]),
                 {{"by", std::string(to_string(static_cast<Refuser>(i)))}});
  }
}

}  // namespace quotecached::http
