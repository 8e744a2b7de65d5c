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

  struct Engine {
    explicit Engine(std::size_t most, std::chrono::milliseconds late = 25ms) : limit(most, late) {}

    // Begins with requests, one each `every`, of which each was handed over `delay` before.
    void run(int times,
             EngineBound::Time::duration delay,
             std::size_t waiting,
             EngineBound::Time::duration every = 10ms) {
      for (int i = 0; i < times; ++i) limit.note(delay, waiting, now += every);
    }
    [[nodiscard]] std::size_t bound() const { return limit.bound(); }

    EngineBound limit;
    EngineBound::Time now = kBegin;
  };

  TEST_CASE("fewer may wait while the engine is late with all of them, and more again after") {
    Engine engine(2048);
    engine.run(50, 1ms, 500);
    CHECK(engine.bound() == 2048);
    engine.run(100, 40ms, 500);  // not for as much as a second yet
    CHECK(engine.bound() == 2048);
    engine.run(25, 40ms, 500);
    CHECK(engine.bound() < 500);
    engine.run(300, 40ms, 20);
    CHECK(engine.bound() == 16);
    engine.run(12, 1ms, 16);
    CHECK(engine.bound() > 16);
    engine.run(12, 40ms, 30);  // at once, while it is not over
    CHECK(engine.bound() < 30);
    engine.run(500, 1ms, 16);
    CHECK(engine.bound() == 2048);
  }

  TEST_CASE("nobody is refused since many came at once, however long the engine has of them") {
    Engine engine(2048);
    engine.run(10, 1ms, 1);
    const auto came = engine.now;
    for (int i = 0; i < 1000; ++i) {  // within half a second; ten seconds of work
      const auto handed_over = came + i * 500us;
      engine.now = came + i * 10ms;
      engine.limit.note(engine.now - handed_over, 1000, engine.now);
      REQUIRE(engine.bound() == 2048);
    }
  }

  TEST_CASE("nor since some are late when hardly anything waits") {
    Engine engine(2048);
    engine.run(1000, 60ms, 16);
    CHECK(engine.bound() == 2048);
  }

  TEST_CASE("one long turn makes nobody late") {
    Engine engine(100);
    for (int i = 0; i < 200; ++i)
      engine.run(1, i % 10 < 9 ? 60ms : 1ms, 90);  // the last ones came as it ended
    CHECK(engine.bound() == 100);
    for (int i = 0; i < 5; ++i) {  // all came as it began
      engine.now += 1s;
      engine.run(200, 900ms, 90, 1ms);
    }
    CHECK(engine.bound() == 100);
  }

  TEST_CASE("requests are begun in waves, between long turns, while there is too much") {
    Engine engine(2048);
    for (int wave = 0; wave < 20; ++wave) {
      engine.now += 200ms;
      engine.run(20, 300ms, 500, 1ms);
    }
    CHECK(engine.bound() < 500);
  }

  TEST_CASE("more may wait again when few ask") {
    Engine engine(2048);
    engine.run(300, 60ms, 2000);
    CHECK(engine.bound() < 100);
    engine.run(30, 1ms, 1, 500ms);
    CHECK(engine.bound() == 2048);
  }

  TEST_CASE("it is forgotten when nobody asked for a while, and never looked at without a limit") {
    Engine engine(100);
    engine.run(300, 60ms, 50);
    CHECK(engine.bound() == 16);
    engine.run(1, 1ms, 1, 3s);
    CHECK(engine.bound() == 100);
    Engine never(100, 0ms);
    never.run(300, 1s, 50);
    CHECK(never.bound() == 100);
  }
}
