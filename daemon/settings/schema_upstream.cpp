// The settings of the provider, and of how it is asked.
#include <utility>

#include "settings/schema_parts.hpp"

namespace quotecached::settings {
namespace {

// The provider, and connections to it.
std::vector<Row> provider_rows() {
  constexpr auto in = &Settings::upstream;
  return {
      {"upstream.base_url",
       at<in, &Upstream::base_url>,
       {},
       "The provider. Plain http:// is taken for loopback only."},
      {"upstream.api_key_file",
       at<in, &Upstream::api_key_file>,
       {},
       "A file that holds the provider's API key and nothing else, not readable by everyone.\n"
       "CMC_API_KEY in the environment wins over it; a systemd credential cmc_api_key is used\n"
       "when neither is there. The key itself must never stand in this file."},
      {"upstream.ca_file",
       at<in, &Upstream::ca_file>,
       {},
       "Certificates to trust instead of the system's (PEM)."},
      {"upstream.timeout",
       at<in, &Upstream::timeout>,
       {1, kHour},
       "The most one upstream call may take in all."},
      {"upstream.connect_timeout",
       at<in, &Upstream::connect_timeout>,
       {1, kHour},
       "The most connecting may take, TLS included."},
      {"upstream.max_connections",
       at<in, &Upstream::max_connections>,
       {1, 256},
       "Pooled connections to the provider."},
      {"upstream.max_concurrent_calls",
       at<in, &Upstream::max_concurrent_calls>,
       {1, 256},
       "Calls in flight at once."},
  };
}

// Of what calls are made, and what is done about those that fail.
std::vector<Row> call_rows() {
  constexpr auto in = &Settings::upstream;
  return {
      {"upstream.retries",
       at<in, &Upstream::retries>,
       {0, 10},
       "Further attempts after a failure that another attempt may cure."},
      {"upstream.retry_delay",
       at<in, &Upstream::retry_delay>,
       {0, 60 * kSecond},
       "The pause before a further attempt, varied a little."},
      {"upstream.batch_window",
       at<in, &Upstream::batch_window>,
       {0, 10 * kSecond},
       "How long a batch waits for company before it is sent."},
      {"upstream.batch_window_max",
       at<in, &Upstream::batch_window_max>,
       {0, 60 * kSecond},
       "How long it waits at most while another call of its lane is in flight."},
      {"upstream.ride_along_bytes",
       at<in, &Upstream::ride_along_bytes>,
       {0, 64 * kMiB},
       "A call is filled up with other assets that clients ask for, as far as its price stays the "
       "same\n"
       "and its answer grows by no more than this. \"0B\": calls carry what was asked for."},
      {"upstream.failure_throttle",
       at<in, &Upstream::failure_throttle>,
       {0, kHour},
       "While stale copies are served because upstream fails, it is tried once per this time."},
      {"upstream.stale_patience",
       at<in, &Upstream::stale_patience>,
       {0, kHour},
       "How long a client waits for upstream when a stale copy could answer it."},
      {"upstream.request_deadline",
       at<in, &Upstream::request_deadline>,
       {1, kHour},
       "The most a client ever waits."},
      {"upstream.forward_unknown",
       at<in, &Upstream::forward_unknown>,
       {},
       "Pass provider paths that are not in the catalogue on, uncached; false answers them 404."},
      {"upstream.ask_about_parameters",
       at<in, &Upstream::ask_about_parameters>,
       {},
       "Ask the provider, at no cost, whether it knows a parameter that is not in the catalogue; "
       "false refuses it."},
      {"upstream.list_bytes",
       at<in, &Upstream::list_bytes>,
       {0, 4096 * kMiB},
       "The largest part of a list that is asked for when a client wants less of it for the same "
       "credits; 0KiB asks for what clients ask for."},
      {"upstream.max_body",
       at<in, &Upstream::max_body>,
       {kKiB, 4096 * kMiB},
       "The largest upstream answer taken."},
  };
}

}  // namespace

std::vector<Row> upstream_rows() {
  auto rows = provider_rows();
  for (Row& row : call_rows()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace quotecached::settings
