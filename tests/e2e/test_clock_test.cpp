// The test clock: what a move promises to have done by the time it is answered.
#include <string>

#include <doctest/doctest.h>

#include "e2e/bed.hpp"

using namespace quotecached::test;

namespace {

const std::string kStart = "2026-11-01T00:00:00Z";

Sim::Options standing_sim() {
  Sim::Options options;
  options.arguments = {"--tick", "0", "--stamps", "--clock-at", kStart};
  return options;
}

Daemon::Options standing_daemon(const Sim& sim) {
  Daemon::Options options;
  options.base_url = sim.base_url();
  options.sets = {
      "test.clock_at=" + kStart, "freshness.ttl_jitter=0", "upstream.stale_patience=0s"};
  return options;
}

std::string written_at(Daemon& daemon) {
  const auto answer = daemon.get(kV2Quotes + "?id=1");
  REQUIRE(answer.status == 200);
  return std::string(json_value(json_value(data_of(answer), "1"), "written_at_ms"));
}

}  // namespace

TEST_SUITE("e2e: the test clock") {
  TEST_CASE("stands still between moves, and a move waits for the refresh that an answer caused" *
            doctest::skip(!Daemon::is_built())) {
    Sim sim(standing_sim());
    Daemon daemon(standing_daemon(sim));
    CHECK(written_at(daemon) == "1793491200000");
    for (int minute = 1; minute <= 20; ++minute) {
      CAPTURE(minute);
      sim.advance_clock(seconds(70));
      advance(daemon, seconds(70));
      // Stale, and refreshed behind. The next move finds it renewed, however slow the provider is.
      sim.set(R"({"latency": 20})");
      CHECK(written_at(daemon) == std::to_string(1793491200000 + (minute - 1) * 70000));
      advance(daemon, seconds(0));
      CHECK(written_at(daemon) == std::to_string(1793491200000 + minute * 70000));
    }
    CHECK(sim.stats().calls == 21);
    CHECK(daemon.get("/admin/credits").body.find("\"at\":\"2026-11-01T00:23:20Z\"") !=
          std::string::npos);
  }

  TEST_CASE("a move that is not over in time says what is not, and has moved the clock" *
            doctest::skip(!Daemon::is_built())) {
    Sim sim(standing_sim());
    Daemon daemon(standing_daemon(sim));
    CHECK(written_at(daemon) == "1793491200000");
    advance(daemon, seconds(70));
    sim.fault(R"({"kind": "hang"})");
    CHECK(written_at(daemon) == "1793491200000");
    const auto answer =
        daemon.request("POST", "/admin/test/clock", R"({"advance":"50s","within":"100ms"})");
    CHECK(answer.status == 503);
    CHECK(answer.body.find("the clock is moved, but a ") != std::string::npos);
    CHECK(age_of(daemon.get(kV2Quotes + "?id=1")) == 120);
    sim.clear_faults();
    advance(daemon, seconds(0));
  }
}
