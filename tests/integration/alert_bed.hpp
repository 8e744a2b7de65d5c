// A notifier on a loop of its own, and whom it tells.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "alert/command.hpp"
#include "alert/notifier.hpp"
#include "alert/webhook.hpp"

namespace quotecached::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

inline const std::string kWebhookSecret = "a secret of the webhook's";

class AlertClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const noexcept override {
    return TimePoint(std::chrono::sys_days(std::chrono::year_month_day(std::chrono::year(2026),
                                                                       std::chrono::month(11),
                                                                       std::chrono::day(21)))
                         .time_since_epoch());
  }
};

inline alert::Alert alert_saying(std::string message) {
  alert::Alert alert;
  alert.kind = alert::AlertKind::Window;
  alert.level = alert::AlertLevel::Critical;
  alert.subject = "month";
  alert.message = std::move(message);
  return alert;
}

// A notifier on a loop of its own, driven step by step.
struct AlertBed {
  AlertBed()
      : out(std::make_shared<spdlog::logger>(
            "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines))),
        notifier(loop.get_executor(), Log(out, Log::Format::Text)) {}
  ~AlertBed() { stop(); }

  void add_webhook(const std::string& url,
                   alert::Outbox::Options options,
                   milliseconds timeout = 10s) {
    alert::Webhook::Options webhook;
    webhook.url = url;
    webhook.secret = kWebhookSecret;
    webhook.timeout = timeout;
    auto made = alert::Webhook::make(loop.get_executor(), webhook, clock);
    REQUIRE(made);
    notifier.add(std::move(*made), options);
  }
  void add_command(std::vector<std::string> arguments,
                   milliseconds limit = 10s,
                   milliseconds grace = 2s) {
    alert::Command::Options options{std::move(arguments), limit, grace};
    auto made = alert::Command::make(loop.get_executor(), std::move(options), clock);
    REQUIRE(made);
    notifier.add(std::move(*made), alert::once());
  }

  void run_until(const std::function<bool()>& is_done, milliseconds limit = 20s) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    loop.restart();
    while (!is_done() && std::chrono::steady_clock::now() < deadline) {
      const auto turn = std::chrono::steady_clock::now() + 20ms;
      loop.run_one_until(std::min(turn, deadline));
      if (loop.stopped()) loop.restart();
    }
    REQUIRE(is_done());
  }
  void run_until_idle() {
    run_until([this] {
      const auto counts = notifier.counts();
      return std::ranges::all_of(counts, [](const auto& count) { return count.queued == 0; });
    });
  }
  void stop(milliseconds limit = 0ms) {
    bool is_stopped = false;
    asio::co_spawn(
        loop, notifier.stop(limit), [&](const std::exception_ptr&) { is_stopped = true; });
    run_until([&] { return is_stopped; });
  }

  [[nodiscard]] alert::Outbox::Counts counts() const { return notifier.counts().at(0); }
  [[nodiscard]] std::string log() const { return lines.str(); }

  AlertClock clock;
  std::ostringstream lines;
  std::shared_ptr<spdlog::logger> out;
  asio::io_context loop;
  alert::Notifier notifier;
};

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace quotecached::test
