// Builds what renews copies ahead of clients, what may be ordered of it, and what it tells
// Prometheus.
#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/warm.hpp"
#include "app/build.hpp"
#include "app/fleet.hpp"
#include "app/from_settings.hpp"
#include "app/parts.hpp"
#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"
#include "credit/book.hpp"
#include "metrics/number.hpp"
#include "refill/refill.hpp"
#include "routing/admin.hpp"
#include "store/reader.hpp"
#include "store/writer.hpp"
#include "warm/run_log.hpp"
#include "warm/run_rows.hpp"
#include "warm/runs.hpp"
#include "warm/warmer.hpp"

namespace quotecached::app {

namespace asio = boost::asio;

namespace {

// Assets are warmed as this asks for them, while clients ask for none by id.
constexpr std::string_view kUsualTarget = "/v2/cryptocurrency/quotes/latest?id=1&convert=";
constexpr std::size_t kRunsShown = 50;

using settings::WarmMode;

Result<refill::LanePtr> lane_in(const Parts& parts, const std::string& convert) {
  catalog::Request request;
  const std::string target = std::string(kUsualTarget) + convert;
  const auto error = catalog::parse_target(*parts.catalogue, target, request);
  if (error) return fail(ErrorCode::Invalid, "convert: " + error->message);
  return refill::lane_of(request);
}

warm::Warmer::Options warmer_options(const settings::Settings& settings) {
  warm::Warmer::Options options;
  options.ahead.failure_throttle = settings.upstream.failure_throttle;
  options.request_deadline = settings.upstream.request_deadline;
  options.renews = settings.warm.mode == WarmMode::Daemon || settings.warm.mode == WarmMode::Both;
  options.roster.windows = windows_of(settings.warm);
  options.roster.pinned = settings.warm.pinned;
  options.roster.retry = settings.upstream.failure_throttle;
  return options;
}

std::vector<warm::Run> runs_before(const Parts& parts) {
  if (!parts.readers) return {};
  auto runs = warm::load_runs(*parts.readers, kRunsShown);
  if (runs) return *std::move(runs);
  parts.log.warn("warm_runs_not_read", {{"error", runs.error().message}});
  return {};
}

void build_runs(Parts& parts) {
  warm::Runs::Options options;
  options.lists = lists_of(parts.settings.warm);
  options.lanes = [&parts](catalog::KeyKind kind) {
    return parts.warmer->lanes(kind, parts.clock->now());
  };
  options.lane_in = [&parts](const std::string& convert) { return lane_in(parts, convert); };
  parts.warm_runs = std::make_unique<warm::Runs>(parts.engine.get_executor(),
                                                 warm::Runs::Parts{parts.warmer->fetcher(),
                                                                   *parts.refill,
                                                                   *parts.book,
                                                                   parts.policy,
                                                                   *parts.run_log,
                                                                   *parts.clock},
                                                 std::move(options),
                                                 parts.log);
}

asio::awaitable<Result<std::string>> order_run(Parts* parts, warm::Order order) {
  const auto mode = parts->settings.warm.mode;
  if (mode != WarmMode::Cron && mode != WarmMode::Both)
    co_return fail(ErrorCode::Invalid,
                   "a run can be ordered while warm.mode is \"cron\" or \"both\"");
  auto run = co_await parts->warm_runs->order(std::move(order));
  if (!run) co_return std::move(run).failure();
  co_return admin::to_json(*run);
}

asio::awaitable<Result<std::string>> last_runs(Parts* parts) {
  co_return admin::to_json(parts->run_log->last());
}

}  // namespace

void build_warmer(Parts& parts) {
  auto usual = lane_in(parts, "USD");
  if (!usual) throw std::logic_error("the usual lane is not in the catalogue");
  parts.run_log = std::make_unique<warm::RunLog>(
      parts.writer.get(), *parts.clock, runs_before(parts), parts.log);
  parts.warmer = std::make_unique<warm::Warmer>(
      parts.engine.get_executor(),
      warm::Warmer::Parts{
          *parts.chain, *parts.refill, *parts.book, parts.policy, *parts.run_log, *usual},
      warmer_options(parts.settings),
      *parts.clock,
      parts.log);
  build_runs(parts);
}

Result<void> build_fleet(Parts& parts) {
  if (!parts.claims) return {};  // no Redis
  const bool warms = parts.settings.warm.mode != WarmMode::Off;
  const auto& redis = parts.settings.tiers.redis;
  refill::AskSharer::Options options;
  options.url = redis.url;
  options.password = redis.password.reveal();
  options.learns = warms;
  auto sharer = refill::AskSharer::make(parts.engine.get_executor(),
                                        std::move(options),
                                        parts.refill->renewals(),
                                        *parts.catalogue,
                                        parts.log);
  if (!sharer) return std::move(sharer).failure("tiers.redis");
  parts.fleet = std::make_unique<Fleet>(parts.engine.get_executor(),
                                        std::move(*sharer),
                                        warms ? &parts.warmer->fetcher() : nullptr,
                                        parts.log);
  return {};
}

void add_warm_actions(Parts& parts, routing::AdminActions& actions) {
  actions.warm = [&parts](warm::Order order) { return order_run(&parts, std::move(order)); };
  actions.warm_runs = [&parts] { return last_runs(&parts); };
}

void write_warming(const Parts& parts, metrics::Page& page) {
  const auto& counters = parts.warmer->counters();
  using metrics::number_in;
  page.counter("quotecached_warmed_total",
               "Copies that were fetched ahead of clients",
               number_in(counters.warmed));
  page.counter("quotecached_warmed_shared_total",
               "Copies to be warmed that another daemon had fetched",
               number_in(counters.shared));
  page.counter("quotecached_warmed_failed_total",
               "Copies to be warmed that could not be had",
               number_in(counters.failed));
  page.counter("quotecached_warmed_wasted_total",
               "Warmed copies that nobody asked for while they were fresh",
               number_in(counters.wasted));
  page.counter("quotecached_warmed_asks_total",
               "Asks that found a warmed copy fresh",
               number_in(counters.asks_fresh));
  if (!parts.fleet) return;
  const auto& shared = parts.fleet->totals();
  page.gauge("quotecached_popularity_merged_time_seconds",
             "When asks were last told to symbol_popularity in Redis, seconds since 1970",
             number_in(shared.merged_at));
  page.gauge(
      "quotecached_popularity_members", "Keys in symbol_popularity", number_in(shared.members));
  page.gauge("quotecached_popularity_waiting_keys",
             "Keys whose asks wait for Redis",
             number_in(shared.waiting));
}

}  // namespace quotecached::app
