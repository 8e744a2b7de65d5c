// Builds what asks the provider: the client, and over the book the refill.
#include <utility>

#include <fmt/format.h>

#include "app/build.hpp"
#include "app/fleet.hpp"
#include "app/parts.hpp"
#include "app/version.hpp"
#include "cache/chain.hpp"
#include "cache/claims.hpp"
#include "catalog/catalogue.hpp"
#include "credit/client_book.hpp"
#include "refill/reconciler.hpp"
#include "refill/refill.hpp"
#include "upstream/client.hpp"

namespace quotecached::app {
namespace {

Result<void> build_client(Parts& parts) {
  const auto& wanted = parts.settings.upstream;
  upstream::Client::Options options;
  options.base_url = wanted.base_url;
  options.ca_file = wanted.ca_file;
  options.user_agent = fmt::format("quotecached/{}", kVersion);
  options.timeout = wanted.timeout;
  options.connect_timeout = wanted.connect_timeout;
  options.max_connections = static_cast<long>(wanted.max_connections);
  options.max_body = wanted.max_body;
  const auto kept = parts.dialect->client_headers();
  options.kept_headers.assign(kept.begin(), kept.end());
  options.id_header = parts.dialect->id_header();
  if (!wanted.api_key.empty()) {
    auto line = parts.dialect->key_line(wanted.api_key.reveal());
    if (!line) return std::move(line).failure("upstream");
    options.secret_headers.push_back(std::move(*line));
  }
  auto client = upstream::Client::make(parts.engine.get_executor(), std::move(options), parts.log);
  if (!client) return std::move(client).failure("upstream");
  parts.client = std::move(*client);
  return {};
}

refill::Refill::Options refill_options(const settings::Settings& settings) {
  const auto& wanted = settings.upstream;
  const auto max_calls = static_cast<std::size_t>(wanted.max_concurrent_calls);
  refill::Refill::Options options;
  options.planner.window = wanted.batch_window;
  options.planner.window_max = wanted.batch_window_max;
  options.planner.max_calls = max_calls;
  options.rides = wanted.ride_along_bytes.count > 0;
  options.renewals.most_riding = wanted.ride_along_bytes;
  options.renewals.failure_throttle = wanted.failure_throttle;
  options.renewals.learns_ticks = settings.freshness.tick;
  options.caller.retries = static_cast<int>(wanted.retries);
  options.caller.retry_delay = wanted.retry_delay;
  options.caller.max_calls = max_calls;
  options.times.ttl_jitter = settings.freshness.ttl_jitter;
  options.times.negative = settings.freshness.negative;
  options.times.names = settings.freshness.names;
  options.failure_throttle = wanted.failure_throttle;
  options.request_deadline = wanted.request_deadline;
  return options;
}

void build_reconciler(Parts& parts) {
  parts.reconciler = std::make_unique<refill::Reconciler>(parts.engine.get_executor(),
                                                          *parts.refill,
                                                          *parts.book,
                                                          *parts.dialect,
                                                          refill::Reconciler::Options{},
                                                          parts.log);
}

}  // namespace

Result<void> build_refill(Parts& parts) {
  if (auto built = build_client(parts); !built) return built;
  build_book(parts);
  parts.forms = std::make_unique<provider::StatusForms>(parts.catalogue->endpoints().size());
  parts.refill = std::make_unique<refill::Refill>(parts.engine.get_executor(),
                                                  refill::Refill::Parts{*parts.chain,
                                                                        *parts.client,
                                                                        *parts.book,
                                                                        *parts.dialect,
                                                                        *parts.forms,
                                                                        parts.policy,
                                                                        parts.claims.get(),
                                                                        parts.clients.get()},
                                                  refill_options(parts.settings),
                                                  *parts.clock,
                                                  parts.log);
  if (parts.settings.credits.plan == "auto") build_reconciler(parts);
  load_asks(parts);
  build_governor(parts);
  build_warmer(parts);
  return build_fleet(parts);
}

}  // namespace quotecached::app
