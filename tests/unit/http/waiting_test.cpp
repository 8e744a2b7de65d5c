// Requests that wait for the engine: how many of a client and of all, and that a place is given
// back once. The provider keeps them waiting while its gate is closed.
#include <atomic>
#include <thread>
#include <vector>

#include "daemon.hpp"
#include "http/waiting_room.hpp"

using namespace quotecached;
using namespace quotecached::http;
using namespace quotecached::test;

namespace {

std::string request(int id, const std::string& key = {}) {
  return "GET " + quotes(std::to_string(id)) + " HTTP/1.1\r\nHost: a\r\n" +
         (key.empty() ? "" : "X-CMC_PRO_API_KEY: " + key + "\r\n") + "\r\n";
}

// Waits until so many wait at the engine, for ten seconds at most.
void await_waiting(Daemon& daemon, const std::string& count) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (daemon.metric("quotecached_http_waiting_requests") != count) {
    REQUIRE(std::chrono::steady_clock::now() < limit);
    std::this_thread::yield();
  }
}

}  // namespace

TEST_SUITE("http::WaitingRoom") {
  TEST_CASE("a place is given back once, however it ends") {
    const auto room = std::make_shared<WaitingRoom>(8, std::chrono::milliseconds(0));
    const routing::Waiters client{std::make_shared<std::atomic<std::uint32_t>>(0U), 2};
    const WaitingRoom::Time now{std::chrono::hours(1)};
    WaitingRoom::Place first;
    WaitingRoom::Place second;
    WaitingRoom::Place third;
    CHECK(room->enter(client, first, now) == Refuser::Nobody);
    CHECK(room->enter(client, second, now) == Refuser::Nobody);
    CHECK(room->enter(client, third, now) == Refuser::TokenConcurrent);
    CHECK(*client.now == 2);
    CHECK(room->waiting() == 2);
    CHECK(room->enter({}, third, now) == Refuser::Nobody);
    {
      const auto moved = std::move(first);
      first.leave();
      CHECK(*client.now == 2);
    }
    CHECK(*client.now == 1);
    second.leave();
    second.leave();
    CHECK(*client.now == 0);
    third = {};
    CHECK(room->waiting() == 0);
  }

  TEST_CASE("who is refused holds no place, so that nobody else is refused for it") {
    const auto room = std::make_shared<WaitingRoom>(6, std::chrono::milliseconds(0));
    const routing::Waiters greedy{std::make_shared<std::atomic<std::uint32_t>>(0U), 0};
    const routing::Waiters modest{std::make_shared<std::atomic<std::uint32_t>>(0U), 1};
    const WaitingRoom::Time now{std::chrono::hours(1)};
    std::vector<WaitingRoom::Place> held(3);  // all that one client gets while it is alone
    for (auto& place : held) REQUIRE(room->enter(greedy, place, now) == Refuser::Nobody);
    std::atomic<bool> is_over{false};
    std::atomic<int> admitted{0};
    std::vector<std::jthread> spinning;
    for (int i = 0; i < 6; ++i) {
      spinning.emplace_back([&] {
        while (!is_over.load()) {
          WaitingRoom::Place place;
          if (room->enter(greedy, place, now) == Refuser::Nobody) ++admitted;
        }
      });
    }
    int refused = 0;
    for (int i = 0; i < 20'000; ++i) {
      WaitingRoom::Place place;
      if (room->enter(modest, place, now) != Refuser::Nobody) ++refused;
    }
    is_over = true;
    spinning.clear();
    CHECK(refused == 0);
    CHECK(admitted == 0);
    CHECK(room->waiting() == 3);
    CHECK(*greedy.now == 3);
    CHECK(*modest.now == 0);
  }

  TEST_CASE("fewer places are no more when the engine has had nothing to do") {
    const auto room = std::make_shared<WaitingRoom>(2048, std::chrono::milliseconds(25));
    std::vector<WaitingRoom::Place> waiting(100);
    WaitingRoom::Time now{std::chrono::hours(1)};
    for (auto& place : waiting) REQUIRE(room->enter({}, place, now) == Refuser::Nobody);
    for (int i = 0; i < 200; ++i) {
      WaitingRoom::Place place;
      if (room->enter({}, place, now) != Refuser::Nobody) continue;
      place.started(now + std::chrono::milliseconds(60));
      now += std::chrono::milliseconds(10);
    }
    CHECK(room->bound(now) < 100);
    now += std::chrono::seconds(3);
    CHECK(room->bound(now) == 2048);
    CHECK(room->enter({}, waiting.front(), now) == Refuser::Nobody);
  }

  TEST_CASE("beyond what a token may have waiting is 429, and hits are answered all the same") {
    Daemon daemon({}, {{"dash", "secret", false, 0, 1}, {"desk", "other"}});
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    daemon.provider.close_gate();
    HttpClient waiting(daemon.address());
    waiting.send(request(2, "secret"));
    daemon.provider.await_requests(1);
    HttpClient client(daemon.address());
    client.send(request(3, "secret"));
    const auto refused = client.read();
    CHECK(refused.status == 429);
    CHECK(refused.has("Quotecached-Refused-By: token dash concurrent"));
    CHECK(refused.has("Retry-After: 1"));
    CHECK(refused.body.find("\"error_code\":1008") != std::string::npos);
    client.send("GET /quotes?ids=3 HTTP/1.1\r\nHost: a\r\nX-CMC_PRO_API_KEY: secret\r\n\r\n");
    const auto own = client.read();
    CHECK(own.status == 429);
    CHECK(own.has("Quotecached-Refused-By: token dash concurrent"));
    CHECK(own.body.find("\"code\":\"rate_limited\"") != std::string::npos);
    client.send(request(1, "secret"));
    CHECK(client.read().status == 200);
    daemon.provider.open_gate();
    CHECK(waiting.read().status == 200);
    client.send(request(3, "secret"));
    CHECK(client.read().status == 200);
    CHECK(daemon.metric("quotecached_http_waiting_requests") == "0");
  }

  TEST_CASE("beyond what may wait in all is 503, for who has most of it first") {
    Server::Options options;
    options.max_waiting = 4;
    options.shed_after = std::chrono::milliseconds(0);
    Daemon daemon(options, {{"greedy", "secret"}, {"modest", "other"}});
    REQUIRE(daemon.server->start());
    daemon.provider.close_gate();
    std::vector<std::unique_ptr<HttpClient>> greedy;
    for (int id = 1; id <= 2; ++id) {
      greedy.push_back(std::make_unique<HttpClient>(daemon.address()));
      greedy.back()->send(request(id, "secret"));
    }
    await_waiting(daemon, "2");
    HttpClient client(daemon.address());
    client.send(request(3, "secret"));
    const auto refused = client.read();
    CHECK(refused.status == 503);
    CHECK(refused.has("Quotecached-Refused-By: overload"));
    CHECK(refused.has("Retry-After: 1"));
    client.send(request(4, "other"));
    await_waiting(daemon, "3");
    daemon.provider.open_gate();
    CHECK(client.read().status == 200);
    for (auto& one : greedy) CHECK(one->read().status == 200);
  }
}
