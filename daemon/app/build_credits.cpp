// Builds what keeps credits: the book and its governor, alerts, the history of usage.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>

#include "admin/credits.hpp"
#include "alert/command.hpp"
#include "alert/notifier.hpp"
#include "alert/webhook.hpp"
#include "app/build.hpp"
#include "app/from_settings.hpp"
#include "app/housekeeper.hpp"
#include "app/parts.hpp"
#include "credit/book.hpp"
#include "credit/client_book.hpp"
#include "credit/governor.hpp"
#include "http/server.hpp"
#include "io/handoff.hpp"
#include "io/offload.hpp"
#include "ledger/account.hpp"
#include "ledger/price.hpp"
#include "purge/desk.hpp"
#include "refill/ask_keeper.hpp"
#include "refill/lane_demand.hpp"
#include "refill/reconciler.hpp"
#include "refill/refill.hpp"
#include "routing/admin.hpp"
#include "store/reader.hpp"
#include "store/writer.hpp"
#include "usage/pruner.hpp"
#include "usage/recorder.hpp"
#include "usage/redis_counters.hpp"
#include "usage/report_reader.hpp"
#include "warm/run_log.hpp"

namespace quotecached::app {

namespace asio = boost::asio;

namespace {

// How long the first calls wait for the account's limits.
constexpr std::chrono::milliseconds kFirstReading{5000};

// How long a report waits for the counts of the present minute to be written.
constexpr std::chrono::milliseconds kFlushLimit{1000};

constexpr io::OffloadPool::Options kReportThreads{.threads = 1, .max_queued = 64};

credit::Book::Options book_options(const settings::Settings& settings) {
  const auto& wanted = settings.credits;
  credit::Book::Options options;
  options.ledger = ledger_options(wanted);
  options.stops_on_ledger_failure = wanted.on_ledger_failure == settings::OnLedgerFailure::Stop;
  options.adopts_plan = wanted.plan == "auto";
  if (options.adopts_plan) options.first_reading = kFirstReading;
  return options;
}

ledger::Price price_of_credit(const settings::Credits& credits) {
  return ledger::price_of(credits.price_per_credit, credits.currency);
}

}  // namespace

Result<void> build_notifier(Parts& parts) {
  const auto& wanted = parts.settings.alerts;
  const auto loop = parts.engine.get_executor();
  parts.notifier = std::make_unique<alert::Notifier>(loop, parts.log);
  if (!wanted.webhook.empty()) {
    alert::Webhook::Options options;
    options.url = wanted.webhook;
    options.secret = wanted.webhook_secret.reveal();
    auto webhook = alert::Webhook::make(loop, std::move(options), *parts.clock);
    if (!webhook) return std::move(webhook).failure("alerts.webhook");
    parts.notifier->add(std::move(*webhook), {});
  }
  if (wanted.command.empty()) return {};
  alert::Command::Options options;
  options.arguments = wanted.command;
  auto command = alert::Command::make(loop, std::move(options), *parts.clock);
  if (!command) return std::move(command).failure("alerts.command");
  parts.notifier->add(std::move(*command), alert::once());
  return {};
}

void build_book(Parts& parts) {
  credit::BookState state;
  state.error = parts.database_error;
  store::Writer* writer = parts.writer.get();
  if (writer) {
    auto loaded = credit::load_book_state(*parts.readers, ledger::kDefaultAccount);
    if (loaded) {
      state = std::move(*loaded);
    } else {
      // Without it nobody knows what was spent.
      parts.log.error("ledger_not_read", {{"error", loaded.error().message}});
      state.error = loaded.error().message;
      writer = nullptr;
    }
  }
  const auto clients = std::exchange(state.clients, {});
  parts.book =
      std::make_unique<credit::Book>(credit::Book::Parts{writer, parts.policy, *parts.clock},
                                     std::move(state),
                                     book_options(parts.settings),
                                     parts.log);
  parts.clients = std::make_unique<credit::ClientBook>(
      *parts.book, client_caps(parts.settings.auth), clients, *parts.clock);
  if (!writer) return;
  // Called on the writer's thread.
  writer->on_renewed([&parts] {
    boost::asio::post(parts.engine, [&parts] {
      parts.book->keep_all();
      parts.clients->keep_all();
      parts.purge->keep_all();
    });
  });
}

void load_asks(Parts& parts) {
  if (!parts.readers) return;
  const auto now = parts.clock->now();
  parts.ask_keeper =
      std::make_unique<refill::AskKeeper>(*parts.writer, parts.refill->renewals(), now, parts.log);
  const auto asks = refill::load_asks(*parts.readers, now);
  if (!asks) return parts.log.warn("asks_not_read", {{"error", asks.error().message}});
  parts.refill->renewals().restore(*asks, *parts.catalogue, now);
}

void build_governor(Parts& parts) {
  credit::GovernorState state;
  if (parts.readers) {
    auto loaded =
        credit::load_governor_state(*parts.readers, ledger::kDefaultAccount, parts.clock->now());
    if (loaded) {
      state = std::move(*loaded);
    } else {
      parts.log.warn("demand_and_alerts_not_read", {{"error", loaded.error().message}});
    }
  }
  credit::Governor::Parts needs{
      .book = *parts.book,
      .policy = parts.policy,
      .writer = parts.writer.get(),
      .outage = [&parts] { return parts.refill->upstream_health().outage; },
      .tell = [&parts](const alert::Alert& alert) { parts.notifier->tell(alert); },
      .clients = parts.clients.get(),
      .why_key_refused =
          [&dialect = *parts.dialect](std::int64_t error_code) {
            return dialect.why_key_refused(error_code);
          },
      .asked =
          [&parts] {
            auto& renewals = parts.refill->renewals();
            auto lanes = refill::lane_demand(renewals, parts.book->prices(), parts.clock->now());
            return pacing::Asked{renewals.take_asks(), std::move(lanes)};
          },
      .contradiction = [&parts] { return parts.refill->contradiction(); },
  };
  parts.governor = std::make_unique<credit::Governor>(std::move(needs),
                                                      std::move(state),
                                                      governor_options(parts.settings),
                                                      *parts.clock,
                                                      parts.log);
}

namespace {

// Reports keep a thread and a connection of their own for a while.
Result<void> build_reports(Parts& parts) {
  store::ReaderPool::Options reading;
  reading.connections = 1;
  reading.on_damage = [doubted = parts.writer.get()] { doubted->doubt(); };
  auto readers = store::ReaderPool::open(parts.settings.tiers.sqlite.path, std::move(reading));
  if (!readers) return std::move(readers).failure();
  usage::ReportReader::Options options;
  options.price = price_of_credit(parts.settings.credits);
  options.keep_days = parts.settings.usage.keep_days;
  parts.report_pool = std::make_unique<io::OffloadPool>(kReportThreads);
  parts.reports = std::make_unique<usage::ReportReader>(
      std::move(*readers), *parts.report_pool, std::move(options), *parts.clock);
  return {};
}

// Waits until what is queued for the database now is written.
asio::awaitable<void> written(store::Writer* writer) {
  const io::Handoff<void> end;
  const auto tell = [end](Result<void> how) { end.deliver(std::move(how)); };
  if (!writer->submit([](SQLite::Database&) {}, tell)) co_return;
  const auto how = co_await end.receive(kFlushLimit);
  (void)how;  // a report that lacks the last minute is better than none
}

// A report tells of all that was answered before it was asked for; calls and alerts have rows of
// their own, written as they come.
asio::awaitable<Result<std::string>> answer_usage(Parts* parts, usage::Question question) {
  if (std::holds_alternative<usage::ReportQuery>(question)) {
    flush_usage(*parts);
    co_await written(parts->writer.get());
  }
  usage::AccountFacts account;
  account.anchor = parts->book->anchor();
  account.counted = parts->book->view().counted;
  co_return co_await parts->reports->answer(question, std::move(account));
}

std::vector<usage::AgeRow> ages_served(const Parts& parts) {
  std::vector<usage::AgeRow> rows;
  for (const auto& [endpoint, served] : parts.refill->renewals().served()) {
    const auto age_ms = std::chrono::duration<double, std::milli>(served.age).count();
    rows.push_back({endpoint->name, {std::llround(served.asks), std::llround(age_ms)}});
  }
  return rows;
}

}  // namespace

Result<void> build_usage(Parts& parts) {
  const auto& redis = parts.settings.tiers.redis;
  const auto requests = [&parts] { return parts.server->usage(); };
  if (parts.writer) {
    if (auto built = build_reports(parts); !built) return std::move(built).failure("reports");
    parts.recorder = std::make_unique<usage::Recorder>(
        *parts.writer,
        usage::Recorder::Sources{requests,
                                 [&parts] { return parts.server->take_samples(); },
                                 [&parts] { return ages_served(parts); }},
        parts.clock->now(),
        parts.log);
    const auto& keep = parts.settings.usage;
    usage::Pruner::Options options;
    options.keep_minutes = keep.keep_minutes;
    options.keep_hours = keep.keep_hours;
    options.keep_days = keep.keep_days;
    parts.pruner = std::make_unique<usage::Pruner>(*parts.writer, options);
  }
  if (!parts.claims) return {};  // no Redis
  usage::RedisCounters::Options options;
  options.url = redis.url;
  options.password = redis.password.reveal();
  auto counters = usage::RedisCounters::make(
      parts.engine.get_executor(), std::move(options), requests, parts.log);
  if (!counters) return std::move(counters).failure("tiers.redis");
  parts.redis_counters = std::move(*counters);
  return {};
}

void review_soon(Parts& parts) {
  asio::post(parts.engine, [&parts] { parts.governor->review(); });
}

std::string credits_of(Parts& parts) {
  const auto view = parts.governor->view();
  const auto& credits = parts.settings.credits;
  return view ? admin::to_json(*view, credits.plan, price_of_credit(credits)) : std::string();
}

asio::awaitable<Result<std::string>> reconcile(Parts* parts) {
  auto read = co_await parts->reconciler->read();
  if (!read) co_return std::move(read).failure("the provider's count");
  parts->governor->review();
  co_return credits_of(*parts);
}

void add_credit_actions(Parts& parts, routing::AdminActions& actions) {
  actions.credits = [&parts] { return credits_of(parts); };
  actions.set_spend_mode = [&parts](std::optional<pacing::SpendMode> mode, milliseconds life) {
    parts.governor->set_manual(mode, life);
    review_soon(parts);
  };
  if (parts.reconciler) actions.reconcile = [&parts] { return reconcile(&parts); };
  if (parts.writer) {
    actions.ask_usage = [&parts](usage::Question question) {
      return answer_usage(&parts, question);
    };
  }
}

void observe_calls(Parts& parts) {
  parts.book->on_settled([&parts](const credit::CallRecord& call) {
    parts.governor->note(call);
    parts.run_log->note(call);
    if (parts.recorder) parts.recorder->note(call);
    if (parts.redis_counters) parts.redis_counters->note(call);
  });
}

}  // namespace quotecached::app
