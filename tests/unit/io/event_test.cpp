#include "io/event.hpp"

#include <optional>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include "run.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
namespace asio = boost::asio;

namespace {

asio::awaitable<void> wait_for(io::Event& event,
                               std::chrono::milliseconds limit,
                               std::vector<bool>& woken) {
  const bool was_set = co_await event.wait_for(limit);
  woken.push_back(was_set);
}

}  // namespace

TEST_SUITE("io::Event") {
  TEST_CASE("wakes all who wait, and does not make the next one wait") {
    asio::io_context loop;
    io::Event event;
    std::vector<bool> woken;
    for (int i = 0; i < 3; ++i) asio::co_spawn(loop, wait_for(event, 4s, woken), asio::detached);
    loop.poll();
    CHECK(event.waiting() == 3);
    CHECK(woken.empty());
    event.set();
    CHECK(event.waiting() == 0);
    asio::co_spawn(loop, wait_for(event, 4s, woken), asio::detached);
    loop.run_for(2s);
    CHECK(woken == std::vector<bool>{true, true, true, true});
  }

  TEST_CASE("tells a waiter whose deadline passes that nothing came") {
    asio::io_context loop;
    io::Event event;
    std::vector<bool> woken;
    asio::co_spawn(loop, wait_for(event, 2ms, woken), asio::detached);
    loop.run_for(2s);
    CHECK(woken == std::vector<bool>{false});
    CHECK(event.waiting() == 0);
  }

  TEST_CASE("one that was woken stays woken when the event is cleared at once") {
    asio::io_context loop;
    io::Event event;
    std::vector<bool> woken;
    asio::co_spawn(loop, wait_for(event, 4s, woken), asio::detached);
    loop.poll();
    event.set();
    event.clear();
    CHECK_FALSE(event.is_set());
    loop.run_for(2s);
    CHECK(woken == std::vector<bool>{true});
  }

  TEST_CASE("its end wakes the waiters, who outlive it") {
    asio::io_context loop;
    std::optional<io::Event> event(std::in_place);
    std::vector<bool> woken;
    asio::co_spawn(loop, wait_for(*event, 4s, woken), asio::detached);
    loop.poll();
    event.reset();
    loop.run_for(2s);
    CHECK(woken == std::vector<bool>{false});
  }

  TEST_CASE("a waiter that is cancelled leaves, the others stay") {
    asio::io_context loop;
    io::Event event;
    std::vector<bool> woken;
    asio::cancellation_signal cancel;
    asio::co_spawn(loop,
                   wait_for(event, 4s, woken),
                   asio::bind_cancellation_slot(cancel.slot(), asio::detached));
    asio::co_spawn(loop, wait_for(event, 4s, woken), asio::detached);
    loop.poll();
    cancel.emit(asio::cancellation_type::terminal);
    loop.poll();
    CHECK(event.waiting() == 1);
    CHECK(woken == std::vector<bool>{false});
    event.set();
    loop.run_for(2s);
    CHECK(woken == std::vector<bool>{false, true});
  }

  TEST_CASE("a loop that goes away under its waiters leaves nothing behind") {
    io::Event event;
    std::vector<bool> woken;
    {
      asio::io_context loop;
      asio::co_spawn(loop, wait_for(event, 4s, woken), asio::detached);
      loop.poll();
      CHECK(event.waiting() == 1);
    }
    CHECK(event.waiting() == 0);
    event.set();
  }
}
