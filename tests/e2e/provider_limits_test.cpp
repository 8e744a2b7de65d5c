// What the provider's own limits and refusals do: calls made afterwards, how things stand, and when
// all is well again.
#include "e2e/credit_bed.hpp"

namespace quotecached::test {
namespace {

struct Bed {
  Bed()
      : sim(Sim::Options{.has_tls = false, .arguments = frozen()}),
        daemon({.base_url = sim.base_url(), .sets = {"upstream.failure_throttle=100ms"}}) {
    keep_windows(daemon, sim, seconds(15), seconds(900));
    must(daemon.get(quotes_of(1)));
    advance_both(daemon, sim, seconds(0));
  }

  // The next call gets that error, and only that one.
  void inject(const char* kind, int code) {
    sim.fault("{\"kind\":\"" + std::string(kind) +
              "\",\"params\":{\"code\":" + std::to_string(code) + "}}");
  }

  [[nodiscard]] bool has_alert(const std::string& kind, const std::string& state = "raised") {
    const std::string body = daemon.get("/admin/credits/alerts?limit=100").body;
    for (const auto& alert : json_members(json_value(body, "alerts"))) {
      if (json_text(alert.value, "kind") == kind && json_text(alert.value, "state") == state)
        return true;
    }
    return false;
  }

  Sim sim;
  Daemon daemon;
};

struct Limit {
  int code;
  std::string window;
  seconds until_turn;
};

}  // namespace

TEST_SUITE("e2e::provider_limits") {
  TEST_CASE("1008, 1009 and 1010 close their window at once and until it turns") {
    const Limit limits[] = {
        {1008, "minute", seconds(61)},
        {1009, "day", seconds(86'401)},
        {1010, "month", seconds(32 * 86'400)},
    };
    for (const auto& limit : limits) {
      CAPTURE(limit.code);
      Bed bed;
      bed.inject("rate_limit", limit.code);
      const auto told = bed.daemon.get(quotes_of(1027));
      CHECK(told.status == 429);
      CHECK(status_of(told, "error_code") == std::to_string(limit.code));
      CHECK(std::stol("0" + told.header("retry-after")) > 0);
      bed.sim.clear_calls();
      const auto next = bed.daemon.get(quotes_of(825));
      CHECK(next.status == 429);
      CHECK(status_of(next, "error_code") == std::to_string(limit.code));
      CHECK(daemon_calls(bed.sim).empty());
      const std::string window = window_of(bed.daemon, limit.window);
      CHECK(number_in(window, "error_code") == limit.code);
      CHECK(window.find("\"closed_until\":\"") != std::string::npos);
      advance_both(bed.daemon, bed.sim, limit.until_turn);
      CHECK(bed.daemon.get(quotes_of(825)).status == 200);
      CHECK(daemon_calls(bed.sim).size() == 1);
    }
  }

  TEST_CASE("a window closed by the provider leaves copies to be served, and says so") {
    Bed bed;
    advance_both(bed.daemon, bed.sim, seconds(300));
    bed.inject("rate_limit", 1009);
    const auto stale = bed.daemon.get(quotes_of(1));
    CHECK(stale.status == 200);
    CHECK(says_stale(stale));
  }

  TEST_CASE("1011 lets the lane rest and lowers the number of calls, then all goes on") {
    Bed bed;
    bed.inject("rate_limit", 1011);
    CHECK(bed.daemon.get(quotes_of(1027)).status == 429);
    bed.sim.clear_calls();
    CHECK(bed.daemon.get(quotes_of(825)).status == 429);
    CHECK(daemon_calls(bed.sim).empty());
    CHECK(wait_until([&] { return bed.daemon.get(quotes_of(825)).status == 200; },
                     milliseconds(10'000)));
  }

  TEST_CASE("a refused key stops all calls, raises an alert, and one call tries it later") {
    for (const int code : {1001, 1003}) {
      CAPTURE(code);
      Bed bed;
      bed.inject("auth", code);
      const auto told = bed.daemon.get(quotes_of(1027));
      CHECK(told.status == 502);  // the daemon's key, not the client's
      bed.sim.clear_calls();
      CHECK(bed.daemon.get(quotes_of(825)).status == 502);
      CHECK(daemon_calls(bed.sim).empty());
      CHECK(wait_until([&] { return bed.has_alert("key"); }));
      advance_both(bed.daemon, bed.sim, seconds(601));
      CHECK(bed.daemon.get(quotes_of(825)).status == 200);
      CHECK(wait_until([&] { return bed.has_alert("key", "recovered"); }));
    }
  }

  TEST_CASE("1006 refuses one endpoint and nothing else") {
    Bed bed;
    bed.inject("auth", 1006);
    const auto told = bed.daemon.get("/v1/global-metrics/quotes/latest");
    CHECK(told.status == 403);
    CHECK(status_of(told, "error_code") == "1006");
    CHECK(bed.daemon.get(quotes_of(825)).status == 200);
  }
}

}  // namespace quotecached::test
