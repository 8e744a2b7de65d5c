#include "app/daemon.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sysexits.h>

#include "app/build.hpp"
#include "app/health_watch.hpp"
#include "app/housekeeper.hpp"
#include "app/parts.hpp"
#include "app/reload.hpp"
#include "app/service_manager.hpp"
#include "app/version.hpp"
#include "base/log_output.hpp"
#include "base/on_exit.hpp"
#include "cache/chain.hpp"
#include "compact/desk.hpp"
#include "http/server.hpp"
#include "io/handoff.hpp"
#include "io/task_group.hpp"
#include "proxy/proxy.hpp"
#include "purge/desk.hpp"
#include "refill/reconciler.hpp"
#include "refill/refill.hpp"
#include "store/writer.hpp"
#include "stream/hub.hpp"
#include "warm/runs.hpp"
#include "warm/warmer.hpp"

namespace quotecached::app {
namespace {

namespace asio = boost::asio;

// In the words of sysexits.h: why the parts could not be built.
int exit_status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::Timeout: return EX_UNAVAILABLE;
    case ErrorCode::Unavailable: return EX_IOERR;
    case ErrorCode::NotFound:
    case ErrorCode::Exhausted:
    case ErrorCode::Invalid: break;
  }
  return EX_CONFIG;
}

// Why nobody can be listened to. What does not get better by itself must not be tried for ever.
int exit_status_of_listening(ErrorCode code) {
  return code == ErrorCode::Invalid ? EX_CONFIG : EX_UNAVAILABLE;
}

// How long calls in flight and queued writes may take to end once no client waits any more: each
// part, and all of them. With the grace for clients before, less than TimeoutStopSec of the unit.
constexpr std::chrono::milliseconds kPartLimit{5000};
constexpr std::chrono::milliseconds kDrainLimit{15000};

// How long Redis may take to say, at the start, what others have purged.
constexpr std::chrono::milliseconds kPurgesLimit{2000};

// How long a drain may take to end once it is cancelled.
constexpr std::chrono::milliseconds kUnwindLimit{500};

// Waits for the last writes. A database that they find damaged is made anew, and what was spent is
// written to it, while somebody still knows that: the second wait is for the new one, the third for
// what was written to it.
asio::awaitable<void> write_out(store::Writer* writer, std::chrono::milliseconds limit) {
  constexpr int kMostWaits = 3;
  for (int waits = 1; waits <= kMostWaits; ++waits) {
    const io::Handoff<void> handoff;
    auto done = [handoff](Result<void> end) { handoff.deliver(std::move(end)); };
    if (!writer->submit([](SQLite::Database&) {}, std::move(done))) co_return;
    const auto written = co_await handoff.receive(limit);
    if (written && waits == 1) co_return;
  }
}

// Runs the engine's loop on the calling thread: serves, and stops in order when a signal says so.
class Running {
 public:
  explicit Running(Parts& parts)
      : parts_(parts),
        work_(asio::make_work_guard(parts.engine)),
        signals_(parts.engine, SIGINT, SIGTERM),
        hangups_(parts.engine, SIGHUP),
        watchdog_(parts.engine),
        draining_(parts.engine.get_executor(), parts.log),
        leaving_(parts.engine.get_executor(), parts.log),
        housekeeper_(parts),
        health_watch_(parts) {}

  int run();

 private:
  void await_signal();
  void hear_of_purges();
  void on_signal(int signal);
  void await_hangup();
  void keep_watchdog_quiet();
  void begin_drain();
  void leave_at_once();
  asio::awaitable<void> begin_purges(std::shared_ptr<bool> is_done);
  asio::awaitable<void> drain();
  asio::awaitable<void> leave();
  asio::awaitable<void> stop_parts(std::chrono::milliseconds limit);
  void end();
  void log_start() const;

  Parts& parts_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::signal_set signals_;
  asio::signal_set hangups_;
  asio::steady_timer watchdog_;
  io::TaskGroup draining_;
  io::TaskGroup leaving_;  // without draining, or in place of it
  Housekeeper housekeeper_;
  HealthWatch health_watch_;
  bool is_stopping_ = false;
  bool is_ending_ = false;
};

int Running::run() {
  parts_.server->on_stopped([this] { asio::post(parts_.engine, [this] { begin_drain(); }); });
  await_signal();
  hear_of_purges();
  if (is_stopping_) return EX_OK;
  health_watch_.start();
  if (auto started = parts_.server->start(); !started) {
    parts_.log.error("not_started", {{"error", started.error().message}});
    return exit_status_of_listening(started.error().code);
  }
  housekeeper_.start();
  if (!parts_.is_clock_standing()) parts_.warmer->start();
  log_start();
  notify_ready();
  keep_watchdog_quiet();
  await_hangup();
  parts_.engine.run();
  parts_.server->stop();
  parts_.server->join();
  parts_.log.info("stopped");
  return EX_OK;
}

// What other daemons purged while this one was away must not be served from what it kept.
void Running::hear_of_purges() {
  const auto is_done = std::make_shared<bool>(false);
  auto task = begin_purges(is_done);
  leaving_.spawn("hear of purges", std::move(task));
  while (!*is_done && !is_stopping_ && parts_.engine.run_one() > 0) continue;
}

asio::awaitable<void> Running::begin_purges(std::shared_ptr<bool> is_done) {
  const OnExit done([is_done] { *is_done = true; });
  co_await parts_.purge->begin(kPurgesLimit);
}

void Running::await_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (!error) on_signal(signal);
  });
}

void Running::on_signal(int signal) {
  parts_.health.begin_stop();
  parts_.log.info("stopping",
                  {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}, {"at_once", is_stopping_}});
  // The second time at once: no client is waited for, no call, no write.
  parts_.server->stop();
  if (is_stopping_) return leave_at_once();
  is_stopping_ = true;
  parts_.reloader->end();
  notify_stopping();
  await_signal();
}

void Running::await_hangup() {
  hangups_.async_wait([this](const boost::system::error_code& error, int) {
    if (error) return;
    (void)parts_.reloader->reload("SIGHUP");  // which tells what came of it
    await_hangup();
  });
}

void Running::begin_drain() {
  if (std::exchange(is_ending_, true)) return;
  auto task = drain();
  draining_.spawn("drain", std::move(task));
}

void Running::leave_at_once() {
  is_ending_ = true;
  auto task = leave();
  leaving_.spawn("leave", std::move(task));
}

void Running::keep_watchdog_quiet() {
  const auto interval = watchdog_interval();
  if (!interval) return;
  notify_alive();
  watchdog_.expires_after(*interval);
  watchdog_.async_wait([this](const boost::system::error_code& error) {
    if (!error) keep_watchdog_quiet();
  });
}

// No client is left: what is on its way upstream is paid for and worth keeping.
asio::awaitable<void> Running::drain() {
  co_await stop_parts(kDrainLimit);
  end();
}

// Not beside a drain that runs, which would go on with parts that are stopped already.
asio::awaitable<void> Running::leave() {
  draining_.cancel();
  const bool is_unwound = co_await draining_.join(kUnwindLimit);
  if (!is_unwound) parts_.log.warn("still_draining_left_anyway");
  const std::chrono::milliseconds at_once{0};
  co_await stop_parts(at_once);
  end();
}

// On return nothing uses the parts any more, so that they can be taken down.
asio::awaitable<void> Running::stop_parts(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  const auto left = [deadline] {
    const auto rest =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return std::clamp(rest, std::chrono::milliseconds(0), kPartLimit);
  };
  if (parts_.reconciler) co_await parts_.reconciler->stop(left());
  co_await parts_.warm_runs->stop(left());
  co_await parts_.warmer->stop(left());
  co_await parts_.stream->stop(left());
  co_await parts_.quotes->stop(left());
  co_await parts_.proxy->stop(left());
  co_await parts_.refill->stop(left());
  co_await housekeeper_.stop(left());
  co_await health_watch_.stop(left());
  co_await parts_.purge->stop(left());
  co_await parts_.chain->stop(left());
  if (parts_.writer) co_await write_out(parts_.writer.get(), left());
}

void Running::end() {
  signals_.cancel();
  hangups_.cancel();
  watchdog_.cancel();
  work_.reset();
  parts_.engine.stop();
}

void Running::log_start() const {
  const auto& settings = parts_.settings;
  parts_.log.info("started",
                  {{"version", kVersion},
                   {"upstream", settings.upstream.base_url},
                   {"api_key", settings.upstream.api_key.empty() ? "none" : "set"},
                   {"tiers", fmt::format("{}", fmt::join(settings.tiers.order, ","))},
                   {"database", settings.tiers.sqlite.path},
                   {"threads", settings.listen.threads},
                   {"auth", settings.auth.mode == settings::AuthMode::Open ? "open" : "tokens"}});
  if (settings.upstream.api_key.empty())
    parts_.log.warn("no_api_key", {{"set", "CMC_API_KEY or upstream.api_key_file"}});
  if (settings.credits.has_no_cap())
    parts_.log.warn("no_cap_of_credits", {{"set", "credits.per_day or credits.per_month"}});
}

}  // namespace

int run_daemon(settings::Settings settings, settings::LoadInput input) {
  LogOutput output(settings.log.level, settings.log.format);
  const Log& log = output.log();
  auto parts = build_parts(std::move(settings), log);
  if (!parts) {
    log.error("not_started", {{"error", parts.error().message}});
    return exit_status_of(parts.error().code);
  }
  (*parts)->reloader = std::make_unique<Reloader>(**parts, std::move(input), output);
  return Running(**parts).run();
}

}  // namespace quotecached::app
