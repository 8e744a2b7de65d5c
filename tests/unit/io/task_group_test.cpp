#include "io/task_group.hpp"

#include <stdexcept>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include "run.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
namespace asio = boost::asio;
using io::TaskGroup;

namespace {

asio::awaitable<void> sleep_then(std::chrono::milliseconds delay, int& finished) {
  asio::steady_timer timer(co_await asio::this_coro::executor, delay);
  co_await timer.async_wait(asio::use_awaitable);
  ++finished;
}

asio::awaitable<void> throw_at_once() {
  throw std::runtime_error("broken");
  co_return;
}

asio::awaitable<void> joins_all() {
  TaskGroup group(co_await asio::this_coro::executor, Log());
  const bool idle = co_await group.join(0ms);
  CHECK(idle);

  int finished = 0;
  for (int i = 0; i < 5; ++i) CHECK(group.spawn("sleep", sleep_then(2ms, finished)));
  CHECK(group.running() == 5);
  const bool joined = co_await group.join(4000ms);
  CHECK(joined);
  CHECK(finished == 5);
  CHECK(group.running() == 0);
  CHECK(group.failed() == 0);
}

asio::awaitable<void> cancels_all() {
  TaskGroup group(co_await asio::this_coro::executor, Log());
  int finished = 0;
  for (int i = 0; i < 5; ++i) group.spawn("sleep", sleep_then(60s, finished));
  const bool in_time = co_await group.join(2ms);
  CHECK_FALSE(in_time);

  group.cancel();
  const bool joined = co_await group.join(4000ms);
  CHECK(joined);
  CHECK(finished == 0);
  CHECK(group.failed() == 0);  // being cancelled is no failure
  CHECK_FALSE(group.spawn("late", sleep_then(1ms, finished)));
  CHECK(group.running() == 0);
}

asio::awaitable<void> counts_failures(Log log) {
  TaskGroup group(co_await asio::this_coro::executor, std::move(log));
  group.spawn("thrower", throw_at_once());
  const bool joined = co_await group.join(4000ms);
  CHECK(joined);
  CHECK(group.failed() == 1);
}

asio::awaitable<void> dropped_while_running(int& finished) {
  {
    TaskGroup group(co_await asio::this_coro::executor, Log());
    group.spawn("sleep", sleep_then(60s, finished));
    const bool joined = co_await group.join(1ms);
    CHECK_FALSE(joined);
  }
}

}  // namespace

TEST_SUITE("io::TaskGroup") {
  TEST_CASE("joins when the last task has ended") { test::run(joins_all()); }
  TEST_CASE("cancels its tasks and takes no more") { test::run(cancels_all()); }
  TEST_CASE("logs and counts a task that throws") {
    std::ostringstream out;
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(out);
    test::run(
        counts_failures(Log(std::make_shared<spdlog::logger>("test", sink), Log::Format::Text)));
    CHECK(out.str().find("task_failed task=thrower error=broken") != std::string::npos);
  }
  TEST_CASE("its end cancels what still runs") {
    int finished = 0;
    test::run(dropped_while_running(finished));  // would run into its limit otherwise
    CHECK(finished == 0);
  }
}
