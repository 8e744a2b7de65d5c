#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "admin/requests.hpp"
#include "app/clock_moves.hpp"
#include "app/file_limit.hpp"
#include "app/from_settings.hpp"
#include "app/parts.hpp"
#include "app/service_manager.hpp"
#include "app/version.hpp"
#include "base/tier_kind.hpp"
#include "cache/chain.hpp"
#include "cache/claims.hpp"
#include "cache/memcached_tier.hpp"
#include "cache/memory_tier.hpp"
#include "cache/redis_tier.hpp"
#include "cache/sqlite_tier.hpp"
#include "catalog/catalogue.hpp"
#include "compact/desk.hpp"
#include "credit/client_book.hpp"
#include "http/server.hpp"
#include "io/offload.hpp"
#include "proxy/open_requests.hpp"
#include "proxy/proxy.hpp"
#include "refill/reconciler.hpp"
#include "refill/refill.hpp"
#include "routing/admin.hpp"
#include "routing/auth.hpp"
#include "routing/health.hpp"
#include "routing/router.hpp"
#include "store/reader.hpp"
#include "store/writer.hpp"
#include "upstream/client.hpp"
#include "usage/trace_recorder.hpp"

namespace quotecached::app {
namespace {

constexpr io::OffloadPool::Options kBlockingThreads{.threads = 2, .max_queued = 256};

// Open files beside client connections: the database's, those to tiers and the provider, and the
// connections that the server keeps free.
constexpr std::size_t kOtherFiles = 512;

// One list may take this part of the memory tier, which keeps nothing larger than a quarter of it.
constexpr std::uint64_t kListShare = 8;

// A claim outlives the upstream call it is for by this.
constexpr std::chrono::milliseconds kClaimMargin{5000};

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

// A tier keeps what was paid for at least as long as the settings have it fresh.
cache::FreshTimesPtr fresh_times(const catalog::Catalogue& catalogue, milliseconds names) {
  auto times = std::make_shared<cache::FreshTimes>();
  for (const auto& endpoint : catalogue.endpoints())
    times->emplace(endpoint.name, endpoint.freshness.fresh);
  times->emplace(catalog::kAliases, names);
  return times;
}

Result<void> open_database(Parts& parts) {
  const auto& path = parts.settings.tiers.sqlite.path;
  std::error_code ignored;  // opening says what is wrong, if anything is
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  auto writer = store::Writer::open(path, {}, parts.log);
  if (!writer) return std::move(writer).failure();
  store::ReaderPool::Options reading;
  reading.on_damage = [doubted = writer->get()] { doubted->doubt(); };
  auto readers = store::ReaderPool::open(path, std::move(reading));
  if (!readers) return std::move(readers).failure();
  parts.writer = std::move(*writer);
  parts.readers = std::move(*readers);
  parts.sqlite_pool = std::make_unique<io::OffloadPool>(kBlockingThreads);
  return {};
}

// Daemons that share a Redis share their fetches.
Result<void> build_claims(Parts& parts) {
  const auto& wanted = parts.settings.tiers.redis;
  cache::Claims::Options options;
  options.url = wanted.url;
  options.password = wanted.password.reveal();
  options.timeout = wanted.timeout;
  options.life = parts.settings.upstream.timeout + kClaimMargin;
  auto claims = cache::Claims::make(parts.engine.get_executor(), std::move(options));
  if (!claims) return std::move(claims).failure();
  parts.claims = std::move(*claims);
  return {};
}

Result<std::unique_ptr<cache::Tier>> build_redis(Parts& parts) {
  const auto& wanted = parts.settings.tiers.redis;
  cache::RedisTier::Options options;
  options.url = wanted.url;
  options.password = wanted.password.reveal();
  options.cap = wanted.cap;
  options.fresh_times = fresh_times(*parts.catalogue, parts.settings.freshness.names);
  options.timeout = wanted.timeout;
  auto tier = cache::RedisTier::make(parts.engine.get_executor(), std::move(options));
  if (!tier) return std::move(tier).failure("tiers.redis");
  if (auto built = build_claims(parts); !built) return std::move(built).failure("tiers.redis");
  return std::move(*tier);
}

Result<std::unique_ptr<cache::Tier>> build_memcached(Parts& parts) {
  const auto& wanted = parts.settings.tiers.memcached;
  parts.memcached_pool = std::make_unique<io::OffloadPool>(kBlockingThreads);
  cache::MemcachedTier::Options options;
  options.servers = wanted.servers;
  options.cap = wanted.cap;
  options.fresh_times = fresh_times(*parts.catalogue, parts.settings.freshness.names);
  options.timeout = wanted.timeout;
  auto tier = cache::MemcachedTier::make(*parts.memcached_pool, std::move(options));
  if (!tier) return std::move(tier).failure("tiers.memcached");
  return std::move(*tier);
}

// Null without a database.
Result<std::unique_ptr<cache::Tier>> build_sqlite(Parts& parts) {
  if (!parts.writer) return std::unique_ptr<cache::Tier>();
  const auto& wanted = parts.settings.tiers.sqlite;
  cache::SqliteTier::Options options;
  options.fresh_cap = wanted.cap;
  options.fresh_times = fresh_times(*parts.catalogue, parts.settings.freshness.names);
  options.lookup_timeout = wanted.timeout;
  options.max_bytes = wanted.max_bytes;
  return std::make_unique<cache::SqliteTier>(
      *parts.writer, parts.readers, *parts.sqlite_pool, options);
}

// By TierKind: how a lower tier is built; null: memory, which the chain knows apart.
using TierBuilder = Result<std::unique_ptr<cache::Tier>> (*)(Parts&);
constexpr auto kTierBuilders =
    std::to_array<TierBuilder>({nullptr, build_redis, build_memcached, build_sqlite});
static_assert(kTierBuilders.size() == kTiers.size());

Result<void> build_tiers(Parts& parts) {
  parts.memory = std::make_unique<cache::MemoryTier>(
      cache::MemoryTier::Options{.max_bytes = parts.settings.tiers.memory.max_bytes});
  std::vector<std::unique_ptr<cache::Tier>> lower;
  for (const auto& name : parts.settings.tiers.order) {
    const TierBuilder build = kTierBuilders[index_of(tier_kind(name).value())];
    if (build == nullptr) continue;
    auto tier = build(parts);
    if (!tier) return std::move(tier).failure();
    if (*tier) lower.push_back(std::move(*tier));
  }
  parts.chain = std::make_unique<cache::Chain>(parts.engine.get_executor(),
                                               cache::Chain::Tiers{*parts.memory, std::move(lower)},
                                               cache::Chain::Options{},
                                               *parts.clock,
                                               parts.log);
  return {};
}

Result<void> build_refill(Parts& parts) {
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
  if (!wanted.api_key.empty()) {
    auto line = parts.dialect->key_line(wanted.api_key.reveal());
    if (!line) return std::move(line).failure("upstream");
    options.secret_headers.push_back(std::move(*line));
  }
  auto client = upstream::Client::make(parts.engine.get_executor(), std::move(options), parts.log);
  if (!client) return std::move(client).failure("upstream");
  parts.client = std::move(*client);
  build_book(parts);

  const auto max_calls = static_cast<std::size_t>(wanted.max_concurrent_calls);
  refill::Refill::Options refill;
  refill.planner.window = wanted.batch_window;
  refill.planner.window_max = wanted.batch_window_max;
  refill.planner.max_calls = max_calls;
  refill.rides = wanted.ride_along_bytes.count > 0;
  refill.renewals.most_riding = wanted.ride_along_bytes;
  refill.renewals.failure_throttle = wanted.failure_throttle;
  refill.caller.retries = static_cast<int>(wanted.retries);
  refill.caller.retry_delay = wanted.retry_delay;
  refill.caller.max_calls = max_calls;
  refill.times.ttl_jitter = parts.settings.freshness.ttl_jitter;
  refill.times.negative = parts.settings.freshness.negative;
  refill.times.names = parts.settings.freshness.names;
  refill.failure_throttle = wanted.failure_throttle;
  refill.request_deadline = wanted.request_deadline;
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
                                                  refill,
                                                  *parts.clock,
                                                  parts.log);
  if (parts.settings.credits.plan == "auto") {
    parts.reconciler = std::make_unique<refill::Reconciler>(parts.engine.get_executor(),
                                                            *parts.refill,
                                                            *parts.book,
                                                            *parts.dialect,
                                                            refill::Reconciler::Options{},
                                                            parts.log);
  }
  load_asks(parts);
  build_governor(parts);
  build_warmer(parts);
  return build_fleet(parts);
}

Result<void> build_auth(Parts& parts) {
  if (parts.settings.auth.mode == settings::AuthMode::Open) {
    parts.auth = routing::Auth::open();
    return {};
  }
  std::vector<routing::Token> tokens;
  for (const auto& token : parts.settings.auth.tokens) {
    tokens.push_back(
        {.name = token.name,
         .secret = token.secret.reveal(),
         .is_admin = token.admin,
         .requests_per_minute = static_cast<std::uint32_t>(token.requests_per_minute)});
  }
  auto auth = routing::Auth::with_tokens(tokens);
  if (!auth) return std::move(auth).failure("auth.tokens_file");
  parts.auth = std::move(*auth);
  return {};
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

// A connection that finds no file descriptor waits unseen, so no more are taken than there are.
std::size_t affordable_connections(const Parts& parts) {
  const auto wanted = static_cast<std::size_t>(parts.settings.listen.max_connections);
  const auto files = raise_file_limit(wanted + kOtherFiles);
  if (files >= wanted + kOtherFiles) return wanted;
  const auto most = files > 2 * kOtherFiles ? files - kOtherFiles : files / 2;
  parts.log.warn("fewer client connections than listen.max_connections: too few open files",
                 {{"open_files", files}, {"connections", most}});
  return most;
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

void build_server(Parts& parts) {
  routing::AdminActions admin;
  admin.clear_memory = [&memory = *parts.memory] { memory.clear(); };
  admin.requests = [&open = parts.proxy->open_requests()] {
    return admin::to_json(open.list(admin::kMostShownRequests, std::chrono::steady_clock::now()));
  };
  if (parts.test_clock) {
    admin.move_clock = [&parts](routing::ClockMove move) { return move_clock(&parts, move); };
  }
  add_credit_actions(parts, admin);
  add_warm_actions(parts, admin);
  parts.router = std::make_unique<routing::Router>(routing::Router::Parts{
      .catalogue = *parts.catalogue,
      .proxy = *parts.proxy,
      .dialect = *parts.dialect,
      .auth = *parts.auth,
      .clock = *parts.clock,
      .metrics = parts.metrics,
      .health = [&parts] { return health_of(parts); },
      .admin = std::move(admin),
      .policy = parts.policy,
      .hosts = parts.settings.listen.hosts,
      .unlisted = parts.settings.upstream.ask_about_parameters ? catalog::Unlisted::Keep
                                                               : catalog::Unlisted::Refuse,
      .quotes = parts.quotes.get(),
  });
  const auto& listen = parts.settings.listen;
  http::Server::Options options;
  options.addresses = listen.address;
  options.threads = static_cast<std::size_t>(listen.threads);
  options.max_connections = affordable_connections(parts);
  options.max_bodies = static_cast<std::size_t>(listen.max_bodies.count);
  options.max_output = static_cast<std::size_t>(listen.max_output.count);
  options.timeouts.idle = listen.idle_timeout;
  options.timeouts.header = listen.header_timeout;
  options.stop_grace = listen.stop_grace;
  options.trace = parts.trace.get();
  options.inherited = inherited_sockets();
  if (!options.inherited.empty()) options.addresses.clear();
  parts.server = std::make_unique<http::Server>(
      *parts.router, parts.engine.get_executor(), parts.metrics, std::move(options), parts.log);
}

}  // namespace

Result<std::unique_ptr<Parts>> build_parts(settings::Settings settings, Log log) {
  auto parts = std::make_unique<Parts>(std::move(settings), std::move(log));
  build_clock(*parts);
  parts->catalogue = std::make_unique<catalog::Catalogue>(catalogue_of(parts->settings));
  if (auto opened = open_database(*parts); !opened) {
    // Without it this daemon would pay nothing, or what the other one pays too.
    if (opened.error().code == ErrorCode::Timeout) return std::move(opened).failure();
    parts->database_error = opened.error().message;
    parts->log.error("database not opened: no SQLite tier, calls are not recorded",
                     {{"error", parts->database_error}});
  }
  if (auto built = build_tiers(*parts); !built) return std::move(built).failure();
  if (auto built = build_notifier(*parts); !built) return std::move(built).failure();
  if (auto built = build_refill(*parts); !built) return std::move(built).failure();
  if (auto built = build_auth(*parts); !built) return std::move(built).failure();
  build_proxy(*parts);
  build_quotes(*parts);
  if (auto built = build_trace(*parts); !built) return std::move(built).failure();
  add_metrics(*parts);
  build_server(*parts);
  if (auto built = build_usage(*parts); !built) return std::move(built).failure();
  observe_calls(*parts);
  return parts;
}

}  // namespace quotecached::app
