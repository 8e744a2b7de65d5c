#include "io/offload.hpp"

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include "run.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
namespace asio = boost::asio;
using io::OffloadPool;

namespace {

// Holds a pool's only thread until opened.
struct Gate {
  std::promise<void> opened;
  std::promise<void> reached;
  std::shared_future<void> open_future = opened.get_future().share();

  void open() { opened.set_value(); }
  auto holder() {
    return [this] {
      reached.set_value();
      open_future.wait();
      return 1;
    };
  }
};

asio::awaitable<void> runs_elsewhere(OffloadPool& pool) {
  const auto home = std::this_thread::get_id();
  auto where = [] { return std::this_thread::get_id(); };
  auto got = co_await io::offload(pool, where, 4000ms);
  REQUIRE(got);
  CHECK(*got != home);
  CHECK(std::this_thread::get_id() == home);
}

asio::awaitable<void> forwards_results(OffloadPool& pool) {
  auto failing = [] { return Result<int>(fail(ErrorCode::NotFound, "none")); };
  auto failed = co_await io::offload(pool, failing, 4000ms);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == ErrorCode::NotFound);

  auto throwing = []() -> int { throw std::runtime_error("broken"); };
  auto thrown = co_await io::offload(pool, throwing, 4000ms);
  REQUIRE_FALSE(thrown);
  CHECK(thrown.error().code == ErrorCode::Unavailable);
  CHECK(thrown.error().message == "broken");

  bool ran = false;
  auto nothing = [&ran] { ran = true; };
  auto done = co_await io::offload(pool, nothing, 4000ms);
  CHECK(done);
  CHECK(ran);
}

asio::awaitable<void> hold(OffloadPool& pool, Gate& gate, Result<int>& result) {
  auto fn = gate.holder();
  result = co_await io::offload(pool, fn, 4000ms);
}

asio::awaitable<void> refuses_when_full(OffloadPool& pool, Gate& gate, Result<int>& held) {
  const auto loop = co_await asio::this_coro::executor;
  asio::co_spawn(loop, hold(pool, gate, held), asio::detached);
  co_await asio::post(loop, asio::use_awaitable);
  gate.reached.get_future().wait();

  std::atomic<bool> ran_late = false;
  auto late = [&ran_late] { ran_late = true; };
  auto timed_out = co_await io::offload(pool, late, 2ms);
  REQUIRE_FALSE(timed_out);
  CHECK(timed_out.error().code == ErrorCode::Timeout);

  auto refused = co_await io::offload(pool, late, 4000ms);  // the queue of one is still taken
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::Exhausted);
  CHECK(pool.load().refused == 1);

  gate.open();
  pool.stop();
  CHECK_FALSE(ran_late);  // its caller had gone
}

asio::awaitable<void> late_result_is_dropped(OffloadPool& pool) {
  std::promise<void> opened;
  auto finished = std::make_shared<std::promise<void>>();
  auto slow = [may_pass = opened.get_future().share(), finished, data = std::string(1000, 'x')] {
    may_pass.wait();
    finished->set_value();
    return data;
  };
  auto got = co_await io::offload(pool, slow, 250ms);  // by then it has started
  REQUIRE_FALSE(got);
  CHECK(got.error().code == ErrorCode::Timeout);
  opened.set_value();
  CHECK(finished->get_future().wait_for(4s) == std::future_status::ready);
}

asio::awaitable<void> count_up(OffloadPool& pool, std::atomic<int>& sum, int& answered) {
  for (int i = 0; i < 100; ++i) {
    auto add = [&sum] { return ++sum; };
    auto got = co_await io::offload(pool, add, 4000ms);
    if (got) ++answered;
  }
}

asio::awaitable<void> wait_for_pool(OffloadPool& pool, Result<int>& result) {
  auto quick = [] { return 1; };
  result = co_await io::offload(pool, quick, 4000ms);
}

}  // namespace

TEST_SUITE("io::offload") {
  TEST_CASE("runs on another thread and resumes on its own") {
    OffloadPool pool({.threads = 2, .max_queued = 8});
    test::run(runs_elsewhere(pool));
  }
  TEST_CASE("forwards failures, turns exceptions into Unavailable, takes functions without value") {
    OffloadPool pool({.threads = 1, .max_queued = 8});
    test::run(forwards_results(pool));
  }
  TEST_CASE("fails with Exhausted when the queue is full, and skips work whose caller gave up") {
    Gate gate;
    Result<int> held = 0;
    OffloadPool pool({.threads = 1, .max_queued = 1});
    test::run(refuses_when_full(pool, gate, held));
    CHECK(held == 1);
  }
  TEST_CASE("drops a result that comes after the deadline") {
    OffloadPool pool({.threads = 1, .max_queued = 8});
    test::run(late_result_is_dropped(pool));
  }
  TEST_CASE("answers every one of many callers") {
    OffloadPool pool({.threads = 3, .max_queued = 64});
    std::atomic<int> sum = 0;
    int answered = 0;
    asio::io_context loop;
    for (int i = 0; i < 50; ++i) {
      asio::co_spawn(loop, count_up(pool, sum, answered), asio::detached);
    }
    loop.run_for(20s);
    REQUIRE(loop.stopped());
    CHECK(sum == 5000);
    CHECK(answered == 5000);
  }
  TEST_CASE("a stopped pool fails what it has not started with Unavailable") {
    Gate gate;
    OffloadPool pool({.threads = 1, .max_queued = 8});
    asio::io_context loop;
    Result<int> held = 0;
    Result<int> queued = 0;
    asio::co_spawn(loop, hold(pool, gate, held), asio::detached);
    asio::co_spawn(loop, wait_for_pool(pool, queued), asio::detached);
    loop.poll();
    gate.reached.get_future().wait();
    std::thread stopper([&pool] { pool.stop(); });
    while (pool.load().queued > 0) std::this_thread::yield();
    gate.open();
    stopper.join();
    loop.run_for(4s);
    REQUIRE(loop.stopped());
    REQUIRE(held);
    CHECK(*held == 1);
    REQUIRE_FALSE(queued);
    CHECK(queued.error().code == ErrorCode::Unavailable);
    CHECK_FALSE(pool.post(nullptr));
  }
}
