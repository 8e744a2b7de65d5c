// Builds what clients and operators speak to: who may ask, the routes, the server.
#include <utility>

#include "admin/requests.hpp"
#include "app/build.hpp"
#include "app/clock_moves.hpp"
#include "app/file_limit.hpp"
#include "app/from_settings.hpp"
#include "app/parts.hpp"
#include "app/service_manager.hpp"
#include "app/version.hpp"
#include "cache/memory_tier.hpp"
#include "catalog/catalogue.hpp"
#include "compact/desk.hpp"
#include "http/server.hpp"
#include "proxy/open_requests.hpp"
#include "proxy/proxy.hpp"
#include "purge/desk.hpp"
#include "refill/refill.hpp"
#include "routing/admin.hpp"
#include "routing/auth.hpp"
#include "routing/router.hpp"
#include "stream/hub.hpp"
#include "usage/trace_recorder.hpp"

namespace quotecached::app {
namespace {

// Open files beside client connections: the database's, those to tiers and the provider, and the
// connections that the server keeps free.
constexpr std::size_t kOtherFiles = 512;

// A connection that finds no file descriptor waits unseen, so no more are taken than there are.
std::size_t affordable_connections(const Parts& parts) {
  const auto wanted = static_cast<std::size_t>(parts.settings.listen.max_connections);
  const auto files = raise_file_limit(wanted + kOtherFiles);
  if (files >= wanted + kOtherFiles) return wanted;
  const auto most = files > 2 * kOtherFiles ? files - kOtherFiles : files / 2;
  parts.log.warn("too_few_open_files", {{"open_files", files}, {"connections", most}});
  return most;
}

// Listeners leave room for requests; each has as its asks are worth.
void build_stream(Parts& parts, std::size_t connections) {
  stream::Hub::Options options;
  options.most_listeners = connections / 4 * 3;
  auto note = [&parts](std::span<const std::uint64_t> keys, double asks) {
    parts.refill->renewals().note_hits(keys, asks, parts.clock->now());
  };
  parts.stream = std::make_unique<stream::Hub>(
      parts.engine.get_executor(),
      stream::Hub::Parts{*parts.quotes, *parts.clock, std::move(note)},
      options,
      parts.log);
  parts.purge->on_purged([&hub = *parts.stream] { hub.note_purged(); });
}

routing::AdminActions admin_actions(Parts& parts) {
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
  add_purge_actions(parts, admin);
  add_stats_actions(parts, admin);
  add_explain_actions(parts, admin);
  add_reload_action(parts, admin);
  return admin;
}

// As many threads as answer: one is busy with a listing for tens of milliseconds.
http::BodyEncoder::Options encoder_options(const settings::Settings& settings) {
  const auto& from = settings.compression;
  http::BodyEncoder::Options options;
  options.rules.levels = {static_cast<int>(from.gzip_level),
                          static_cast<int>(from.brotli_level),
                          static_cast<int>(from.zstd_level)};
  options.rules.min_size = static_cast<std::size_t>(from.min_size.count);
  options.kept = from.cache_bytes;
  options.pool.threads = static_cast<std::size_t>(settings.listen.threads);
  return options;
}

http::Server::Options server_options(const Parts& parts, std::size_t connections) {
  const auto& listen = parts.settings.listen;
  http::Server::Options options;
  options.addresses = listen.address;
  options.threads = static_cast<std::size_t>(listen.threads);
  options.max_connections = connections;
  options.max_waiting = static_cast<std::size_t>(listen.max_waiting);
  options.shed_after = listen.shed_after;
  options.cost_headers = listen.cost_headers;
  options.max_bodies = static_cast<std::size_t>(listen.max_bodies.count);
  options.max_output = static_cast<std::size_t>(listen.max_output.count);
  options.timeouts.idle = listen.idle_timeout;
  options.timeouts.header = listen.header_timeout;
  options.stop_grace = listen.stop_grace;
  options.unix_mode = listen.unix_permissions;
  options.unix_group = listen.unix_gid;
  if (parts.settings.compression.enabled) options.encoding = encoder_options(parts.settings);
  options.trace = parts.trace.get();
  options.access = parts.access.get();
  options.inherited = inherited_sockets();
  if (!options.inherited.empty()) options.addresses.clear();
  return options;
}

}  // namespace

Result<void> build_auth(Parts& parts) {
  auto auth = make_auth(parts.settings.auth, nullptr);
  if (!auth) return std::move(auth).failure();
  parts.auth = std::make_unique<routing::CurrentAuth>(std::move(*auth));
  return {};
}

void build_server(Parts& parts) {
  const auto connections = affordable_connections(parts);
  build_stream(parts, connections);
  parts.router = std::make_unique<routing::Router>(routing::Router::Parts{
      .catalogue = *parts.catalogue,
      .proxy = *parts.proxy,
      .dialect = *parts.dialect,
      .auth = *parts.auth,
      .clock = *parts.clock,
      .metrics = parts.metrics,
      .health = parts.health,
      .admin = admin_actions(parts),
      .policy = parts.policy,
      .hosts = parts.settings.listen.hosts,
      .unlisted = parts.settings.upstream.ask_about_parameters ? catalog::Unlisted::Keep
                                                               : catalog::Unlisted::Refuse,
      .quotes = parts.quotes.get(),
      .stream = parts.stream.get(),
      .version = kVersion,
  });
  parts.server = std::make_unique<http::Server>(*parts.router,
                                                parts.engine.get_executor(),
                                                parts.metrics,
                                                server_options(parts, connections),
                                                parts.log);
}

}  // namespace quotecached::app
