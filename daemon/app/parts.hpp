// The parts of a running daemon, in the order they are built; they are destroyed in the reverse.
//
// Owned by the main thread, which is also the engine's: everything below `server` is used on the
// engine's loop unless its header says otherwise. A source includes the headers of the parts it
// uses.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "health/published_report.hpp"
#include "metrics/registry.hpp"
#include "pacing/spend_policy.hpp"
#include "provider/coinmarketcap.hpp"
#include "settings/settings.hpp"

namespace quotecached {
namespace alert {
class Notifier;
}
namespace cache {
class Chain;
class Claims;
class FreshTimes;
class MemoryTier;
}  // namespace cache
namespace catalog {
class Catalogue;
}
namespace compact {
class Desk;
}
namespace credit {
class Book;
class ClientBook;
class Governor;
}  // namespace credit
namespace http {
class AccessLog;
class Server;
}  // namespace http
namespace io {
class OffloadPool;
}
namespace proxy {
class Proxy;
}
namespace purge {
class Desk;
}
namespace refill {
class AskKeeper;
class Reconciler;
class Refill;
}  // namespace refill
namespace routing {
struct AdminActions;
class CurrentAuth;
class Router;
}  // namespace routing
namespace stream {
class Hub;
}
namespace store {
class ReaderPool;
class Writer;
}  // namespace store
namespace upstream {
class Client;
}
namespace usage {
class Pruner;
class Recorder;
class RedisCounters;
class ReportReader;
class TraceRecorder;
}  // namespace usage
namespace warm {
class RunLog;
class Runs;
class Warmer;
}  // namespace warm
}  // namespace quotecached

namespace quotecached::app {

class Fleet;
class Reloader;

struct Parts {
  Parts(settings::Settings given, Log event_log);
  ~Parts();
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  [[nodiscard]] bool is_clock_standing() const noexcept {
    return test_clock && test_clock->is_standing();
  }

  settings::Settings settings;
  Log log;
  boost::asio::io_context engine{1};
  std::shared_ptr<MovableClock> test_clock;  // null unless settings.test.clock
  std::shared_ptr<Clock> clock;
  std::unique_ptr<catalog::Catalogue> catalogue;

  std::string database_error;  // why there is no database; empty when there is one
  std::unique_ptr<store::Writer> writer;
  std::atomic<std::uint64_t> database_bytes{0};  // on the disk, as last looked at
  std::shared_ptr<store::ReaderPool> readers;
  std::unique_ptr<cache::MemoryTier> memory;  // outlives the pools, whose threads look through it
  // A memcached server that hangs must not take the threads that read the database.
  std::unique_ptr<io::OffloadPool> sqlite_pool;
  std::unique_ptr<io::OffloadPool> memcached_pool;

  std::shared_ptr<cache::FreshTimes> fresh_times;  // of the catalogue, as the tiers read them
  std::unique_ptr<cache::Chain> chain;
  std::unique_ptr<cache::Claims> claims;  // null without a Redis tier
  std::unique_ptr<purge::Desk> purge;
  std::unique_ptr<provider::Dialect> dialect = std::make_unique<provider::CoinMarketCap>();
  std::unique_ptr<provider::StatusForms> forms;
  std::unique_ptr<upstream::Client> client;
  std::unique_ptr<alert::Notifier> notifier;
  pacing::PublishedPolicy policy;  // the governor's, read by all who spend
  std::unique_ptr<credit::Book> book;
  std::unique_ptr<credit::ClientBook> clients;
  std::unique_ptr<refill::Refill> refill;
  std::unique_ptr<refill::AskKeeper> ask_keeper;   // null without a database
  std::unique_ptr<refill::Reconciler> reconciler;  // null unless credits.plan = "auto"
  std::unique_ptr<credit::Governor> governor;
  std::unique_ptr<warm::RunLog> run_log;
  std::unique_ptr<warm::Warmer> warmer;
  std::unique_ptr<warm::Runs> warm_runs;
  std::unique_ptr<Fleet> fleet;  // null without a Redis tier
  std::unique_ptr<proxy::Proxy> proxy;
  std::unique_ptr<compact::Desk> quotes;
  std::unique_ptr<stream::Hub> stream;

  health::PublishedReport health;
  metrics::Registry metrics;
  std::unique_ptr<routing::CurrentAuth> auth;
  std::unique_ptr<routing::Router> router;
  std::unique_ptr<usage::TraceRecorder> trace;  // null unless usage.trace
  std::unique_ptr<http::AccessLog> access;
  std::unique_ptr<http::Server> server;

  // The history of usage. Null without a database, the last one also without Redis.
  std::unique_ptr<io::OffloadPool> report_pool;
  std::unique_ptr<usage::ReportReader> reports;
  std::unique_ptr<usage::Recorder> recorder;
  std::unique_ptr<usage::Pruner> pruner;
  std::unique_ptr<usage::RedisCounters> redis_counters;

  std::unique_ptr<Reloader> reloader;  // null until all is built
};

// Registers what the parts tell Prometheus.
void add_metrics(Parts& parts);
std::vector<std::string> called_endpoints(const Parts& parts);  // as the book names them
void write_records(const Parts& parts, metrics::Page& page);
void write_credits(const Parts& parts, metrics::Page& page);
void write_warming(const Parts& parts, metrics::Page& page);
void write_stream(const Parts& parts, metrics::Page& page);
void write_health(const Parts& parts, metrics::Page& page);

}  // namespace quotecached::app
