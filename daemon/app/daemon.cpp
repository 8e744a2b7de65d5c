#include "app/daemon.hpp"

#include <csignal>
#include <string>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sysexits.h>

#include "app/housekeeper.hpp"
#include "app/parts.hpp"
#include "app/service_manager.hpp"
#include "app/version.hpp"
#include "io/task_group.hpp"

namespace quotecached::app {
namespace {

namespace asio = boost::asio;

// How long calls in flight and queued writes may take to end once no client waits any more.
constexpr std::chrono::seconds kDrainLimit{5};

// Runs the engine's loop on the calling thread: serves, and stops in order when a signal says so.
class Running {
 public:
  explicit Running(Parts& parts)
      : parts_(parts),
        work_(asio::make_work_guard(parts.engine)),
        signals_(parts.engine, SIGINT, SIGTERM),
        watchdog_(parts.engine),
        tasks_(parts.engine.get_executor(), parts.log),
        housekeeper_(parts) {}

  int run();

 private:
  void await_signal();
  void on_signal(int signal);
  void keep_watchdog_quiet();
  void end(std::chrono::milliseconds limit);
  asio::awaitable<void> drain(std::chrono::milliseconds limit);
  void log_start() const;

  Parts& parts_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::signal_set signals_;
  asio::steady_timer watchdog_;
  io::TaskGroup tasks_;
  Housekeeper housekeeper_;
  bool is_stopping_ = false;
};

int Running::run() {
  parts_.server->on_stopped([this] { asio::post(parts_.engine, [this] { end(kDrainLimit); }); });
  await_signal();
  if (auto started = parts_.server->start(); !started) {
    parts_.log.error("not started", {{"error", started.error().message}});
    return EX_UNAVAILABLE;
  }
  housekeeper_.start();
  log_start();
  notify_ready();
  keep_watchdog_quiet();
  parts_.engine.run();
  parts_.server->stop();
  parts_.server->join();
  parts_.log.info("stopped");
  return EX_OK;
}

void Running::await_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (!error) on_signal(signal);
  });
}

void Running::on_signal(int signal) {
  parts_.log.info("stopping",
                  {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}, {"at_once", is_stopping_}});
  // The second time at once: no client is waited for, no call, no write.
  parts_.server->stop();
  if (is_stopping_) return end(std::chrono::milliseconds(0));
  is_stopping_ = true;
  notify_stopping();
  await_signal();
}

void Running::end(std::chrono::milliseconds limit) {
  auto task = drain(limit);
  tasks_.spawn("drain", std::move(task));
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

// No client is left: what is on its way upstream is paid for and worth keeping. On return nothing
// uses the parts any more, so that they can be taken down.
asio::awaitable<void> Running::drain(std::chrono::milliseconds limit) {
  if (parts_.reconciler) co_await parts_.reconciler->stop(limit);
  co_await parts_.proxy->stop(limit);
  co_await parts_.refill->stop(limit);
  co_await housekeeper_.stop(limit);
  co_await parts_.chain->stop(limit);
  signals_.cancel();
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
}

}  // namespace

int run_daemon(settings::Settings settings) {
  const Log log(settings.log.level, settings.log.format);
  auto parts = build_parts(std::move(settings), log);
  if (!parts) {
    log.error("not started", {{"error", parts.error().message}});
    return EX_CONFIG;
  }
  return Running(**parts).run();
}

}  // namespace quotecached::app
