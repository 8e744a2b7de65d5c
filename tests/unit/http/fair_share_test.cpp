#include "http/fair_share.hpp"

#include <vector>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::http;
using namespace std::chrono_literals;

TEST_SUITE("http::fair_share") {
  TEST_CASE("who has the most waiting is refused first, who has few gets in") {
    struct Row {
      const char* name;
      WaitingNow now;
      Refuser refuser;
    };
    const Row rows[] = {
        {"nobody waits", {0, 100, 0, 0}, Refuser::Nobody},
        {"half of it is one client's", {50, 100, 50, 0}, Refuser::Overload},
        {"just less than half", {49, 100, 49, 0}, Refuser::Nobody},
        {"another beside the greedy one", {50, 100, 0, 0}, Refuser::Nobody},
        {"with as many as are free", {75, 100, 25, 0}, Refuser::Overload},
        {"with fewer", {75, 100, 24, 0}, Refuser::Nobody},
        {"a connection takes the last place", {99, 100, 0, 0}, Refuser::Nobody},
        {"none is left", {100, 100, 0, 0}, Refuser::Overload},
        {"the bound has come down since", {100, 16, 0, 0}, Refuser::Overload},
        {"its own limit", {2, 100, 2, 2}, Refuser::TokenConcurrent},
        {"below its own limit", {1, 100, 1, 2}, Refuser::Nobody},
        {"its own limit goes before", {100, 100, 2, 2}, Refuser::TokenConcurrent},
        {"its own limit is no right", {100, 100, 0, 2}, Refuser::Overload},
        {"one place in all", {0, 1, 0, 0}, Refuser::Nobody},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      CHECK(may_wait(row.now) == row.refuser);
    }
  }

  TEST_CASE("greedy clients get equal shares, and a modest one beside them is served") {
    constexpr std::size_t kBound = 120;
    std::vector<std::size_t> clients(5, 0);  // the last one is modest
    std::size_t all = 0;
    const auto ask = [&](std::size_t client) {
      if (may_wait({all, kBound, clients[client], 0}) != Refuser::Nobody) return false;
      ++clients[client];
      ++all;
      return true;
    };
    for (int i = 0; i < 500; ++i)
      for (std::size_t client = 0; client < 4; ++client) (void)ask(client);
    for (std::size_t client = 0; client < 4; ++client) CHECK(clients[client] == kBound / 5);
    for (int i = 0; i < 10; ++i) CHECK(ask(4));
    CHECK(all <= kBound);
  }
}

TEST_SUITE("http::EngineBound") {
  constexpr EngineBound::Time kBegin{std::chrono::hours(1)};

  TEST_CASE("fewer may wait while the engine is late with all of them, and more again after") {
    EngineBound bound(2048, 25ms);
    auto now = kBegin;
    const auto run = [&](int times, EngineBound::Time::duration delay, std::size_t waiting) {
      for (int i = 0; i < times; ++i) bound.note(delay, waiting, now += 10ms);
    };
    run(50, 1ms, 500);
    CHECK(bound.bound() == 2048);
    run(25, 40ms, 500);
    CHECK(bound.bound() < 500);
    run(300, 40ms, 20);
    CHECK(bound.bound() == 16);
    run(12, 1ms, 16);
    CHECK(bound.bound() > 16);
    run(500, 1ms, 16);
    CHECK(bound.bound() == 2048);
  }

  TEST_CASE("one long turn makes nobody late") {
    EngineBound bound(100, 25ms);
    auto now = kBegin;
    for (int i = 0; i < 200; ++i)
      bound.note(i % 10 < 9 ? 60ms : 1ms, 90, now += 10ms);  // the last ones came as it ended
    CHECK(bound.bound() == 100);
  }

  TEST_CASE("it is forgotten when nobody asked for a while, and never looked at without a limit") {
    EngineBound bound(100, 25ms);
    auto now = kBegin;
    for (int i = 0; i < 100; ++i) bound.note(60ms, 50, now += 10ms);
    CHECK(bound.bound() == 16);
    bound.note(1ms, 1, now += 3s);
    CHECK(bound.bound() == 100);
    EngineBound never(100, 0ms);
    for (int i = 0; i < 100; ++i) never.note(1s, 50, now += 10ms);
    CHECK(never.bound() == 100);
  }
}
