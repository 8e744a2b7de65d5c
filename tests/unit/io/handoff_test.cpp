#include "io/handoff.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include "run.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
namespace asio = boost::asio;

namespace {

asio::awaitable<void> delivered_before() {
  io::Handoff<int> handoff;
  handoff.deliver(7);
  handoff.deliver(8);
  auto got = co_await handoff.receive(1000ms);
  REQUIRE(got);
  CHECK(*got == 7);
}

asio::awaitable<void> delivered_while_waiting() {
  io::Handoff<int> handoff;
  std::thread other([handoff] { handoff.deliver(7); });
  auto got = co_await handoff.receive(4000ms);
  other.join();
  REQUIRE(got);
  CHECK(*got == 7);
}

asio::awaitable<void> never_delivered() {
  io::Handoff<int> handoff;
  auto got = co_await handoff.receive(2ms);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == ErrorCode::Timeout);
  CHECK(handoff.is_abandoned());
  handoff.deliver(7);  // too late: dropped
}

asio::awaitable<void> receive_once(io::Handoff<int> handoff, std::atomic<int>& received) {
  auto got = co_await handoff.receive(1ms);
  if (got) ++received;
}

}  // namespace

TEST_SUITE("io::Handoff") {
  TEST_CASE("gives the first result that was delivered before the wait") {
    test::run(delivered_before());
  }
  TEST_CASE("gives a result that another thread delivers") { test::run(delivered_while_waiting()); }
  TEST_CASE("fails with Timeout when nothing comes, and drops what comes later") {
    test::run(never_delivered());
  }

  TEST_CASE("a late delivery does not touch a loop that is gone") {
    io::Handoff<int> handoff;
    {
      std::atomic<int> received = 0;
      asio::io_context loop;
      asio::co_spawn(loop, receive_once(handoff, received), asio::detached);
      loop.poll();  // the coroutine waits now; the loop dies under it
    }
    CHECK(handoff.is_abandoned());
    handoff.deliver(7);
  }

  TEST_CASE("a delivery may race with the deadline, and come to a loop that has stopped") {
    for (int round = 0; round < 200; ++round) {
      io::Handoff<int> handoff;
      std::atomic<int> received = 0;
      std::thread other;
      {
        asio::io_context loop;
        asio::co_spawn(loop, receive_once(handoff, received), asio::detached);
        other = std::thread([handoff, round] {
          std::this_thread::sleep_for(std::chrono::microseconds(round * 10));
          handoff.deliver(round);
        });
        if (round % 2 == 0)
          loop.run();
        else
          loop.poll();
        other.join();
      }
      CHECK(received <= 1);
      CHECK(handoff.is_abandoned());
    }
  }
}
