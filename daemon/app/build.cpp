// Builds the daemon: its parts in their order, and those of them that no other source builds.
#include "app/build.hpp"

#include <algorithm>
#include <utility>

#include "app/from_settings.hpp"
#include "app/parts.hpp"
#include "cache/chain.hpp"
#include "cache/memory_tier.hpp"
#include "catalog/catalogue.hpp"
#include "compact/desk.hpp"
#include "credit/client_book.hpp"
#include "http/access_log.hpp"
#include "proxy/proxy.hpp"
#include "refill/refill.hpp"
#include "usage/trace_recorder.hpp"

namespace quotecached::app {
namespace {

// One list may take this part of the memory tier, which keeps nothing larger than a quarter of it.
constexpr std::uint64_t kListShare = 8;

void build_clock(Parts& parts) {
  if (!parts.settings.test.clock) {
    parts.clock = std::make_shared<SystemClock>();
    return;
  }
  const auto& stands_at = parts.settings.test.clock_stands_at;
  parts.test_clock =
      stands_at ? std::make_shared<MovableClock>(*stands_at) : std::make_shared<MovableClock>();
  parts.clock = parts.test_clock;
}

void build_proxy(Parts& parts) {
  const auto& wanted = parts.settings.upstream;
  proxy::Proxy::Options options;
  options.stale_patience = wanted.stale_patience;
  options.request_deadline = wanted.request_deadline;
  options.forward_unknown = wanted.forward_unknown;
  options.slow_request = parts.settings.log.slow_request;
  // What memory would not keep, every page of it would have fetched anew.
  options.list_bytes = {std::min({wanted.list_bytes.count,
                                  wanted.max_body.count / 2,  // rows may turn out larger
                                  parts.settings.tiers.memory.max_bytes.count / kListShare})};
  options.names = parts.settings.freshness.names;
  parts.proxy = std::make_unique<proxy::Proxy>(parts.engine.get_executor(),
                                               proxy::Proxy::Parts{
                                                   .memory = *parts.memory,
                                                   .chain = *parts.chain,
                                                   .refill = *parts.refill,
                                                   .book = *parts.book,
                                                   .clients = *parts.clients,
                                                   .dialect = *parts.dialect,
                                                   .forms = *parts.forms,
                                                   .policy = parts.policy,
                                                   .clock = *parts.clock,
                                               },
                                               options,
                                               parts.log);
}

void build_quotes(Parts& parts) {
  const auto& wanted = parts.settings.upstream;
  parts.quotes = std::make_unique<compact::Desk>(
      parts.engine.get_executor(),
      compact::Desk::Parts{
          *parts.catalogue, *parts.memory, *parts.chain, *parts.proxy, *parts.clock},
      compact::Desk::Options{wanted.stale_patience, wanted.request_deadline},
      parts.log);
}

Result<void> build_trace(Parts& parts) {
  const auto& wanted = parts.settings.usage;
  if (wanted.trace.empty()) return {};
  usage::TraceRecorder::Options options;
  options.path = wanted.trace;
  options.max_bytes = wanted.trace_max_bytes;
  auto recorder = usage::TraceRecorder::start(std::move(options), *parts.clock, parts.log);
  if (!recorder) return std::move(recorder).failure("usage.trace");
  parts.trace = std::move(*recorder);
  return {};
}

Result<void> build_access(Parts& parts) {
  auto access = http::AccessLog::start(access_options(parts.settings.log), parts.log);
  if (!access) return std::move(access).failure("log.access");
  parts.access = std::move(*access);
  return {};
}

}  // namespace

Result<std::unique_ptr<Parts>> build_parts(settings::Settings settings, Log log) {
  auto parts = std::make_unique<Parts>(std::move(settings), std::move(log));
  build_clock(*parts);
  parts->catalogue = std::make_unique<catalog::Catalogue>(catalogue_of(parts->settings));
  if (auto opened = open_database(*parts); !opened) {
    // Another daemon has it, which pays what this one would pay; or this one would pay nothing.
    const bool is_needed =
        parts->settings.credits.on_ledger_failure == settings::OnLedgerFailure::Stop;
    if (is_needed || opened.error().code == ErrorCode::Timeout) return std::move(opened).failure();
    parts->database_error = opened.error().message;
    parts->log.error("database_not_opened", {{"error", parts->database_error}});
  }
  if (auto built = build_tiers(*parts); !built) return std::move(built).failure();
  if (auto built = build_purge(*parts); !built) return std::move(built).failure();
  if (auto built = build_notifier(*parts); !built) return std::move(built).failure();
  if (auto built = build_refill(*parts); !built) return std::move(built).failure();
  if (auto built = build_auth(*parts); !built) return std::move(built).failure();
  build_proxy(*parts);
  build_quotes(*parts);
  if (auto built = build_trace(*parts); !built) return std::move(built).failure();
  if (auto built = build_access(*parts); !built) return std::move(built).failure();
  add_metrics(*parts);
  build_server(*parts);
  if (auto built = build_usage(*parts); !built) return std::move(built).failure();
  observe_calls(*parts);
  return parts;
}

}  // namespace quotecached::app
