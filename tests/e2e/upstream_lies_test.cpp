// An upstream that lies costs freshness, never a wrong answer.
#include <array>

#include <doctest/doctest.h>

#include "e2e/fault_bed.hpp"
#include "e2e/until_fresh.hpp"

namespace quotecached::test {
namespace {

struct Flaw {
  const char* fault;
  std::string_view price;
};

}  // namespace

TEST_SUITE("e2e::UpstreamLies") {
  TEST_CASE("a wrong credit count passes on and is booked as the provider said") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    sim.fault(R"({"kind":"wrong_credit_count","params":{"credits":6}})");
    const auto answer = daemon.get(quotes_of(1));
    CHECK(answer.status == 200);
    CHECK(credits_of(answer) == 7);
    CHECK(metric(daemon, "quotecached_credits_total") == 7);
    CHECK(count_of(daemon.log(), "charged_more_than_the_worst_case") == 1);
    CHECK(credits_of(daemon.get(quotes_of(1))) == 0);
  }

  TEST_CASE("a credit count that no call can have is not believed, and stops nothing") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(), .sets = {"credits.per_day=200"}});
    sim.fault(R"({"kind":"wrong_credit_count","params":{"credits":500}})");
    CHECK(daemon.get(quotes_of(1)).status == 200);
    CHECK(metric(daemon, "quotecached_credits_total") == 1);
    CHECK(count_of(daemon.log(), "charge_not_believed") == 1);
    sim.clear_faults();
    CHECK(daemon.get(quotes_of(1027)).status == 200);
  }

  TEST_CASE("a price that is no price is passed on as it stands, and counted") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    int flawed = 0;
    for (const Flaw& flaw : {Flaw{R"({"kind":"null_price"})", "null,"},
                             Flaw{R"({"kind":"zero_price"})", "0,"},
                             Flaw{R"({"kind":"string_price"})", "\""}}) {
      CAPTURE(flaw.fault);
      sim.fault(flaw.fault);
      const int id = std::array{1, 1027, 74}[static_cast<std::size_t>(flawed)];
      const auto answer = daemon.get(quotes_of(id));
      CAPTURE(answer.body);
      CHECK(answer.status == 200);
      CHECK(answer.body.find("\"price\":" + std::string(flaw.price)) != std::string::npos);
      CHECK(data_of(daemon.get(quotes_of(id))) == data_of(answer));
      CHECK(metric(daemon, "quotecached_refill_flawed_prices_total") == ++flawed);
    }
  }

  // The daemon asks again for what it doubts after two `failure_throttle`s, which are none here.
  HttpResponse ask_each_minute(Daemon & daemon, const std::string& target, int minutes) {
    HttpResponse answer;
    for (int minute = 0; minute < minutes; ++minute) {
      advance(daemon, seconds(60));
      // Longer than a stale copy is shown at once, so that the answer waits for the provider's.
      if (minute == 0) advance(daemon, seconds(65));
      answer = daemon.get(target);
    }
    return answer;
  }

  TEST_CASE("a flawed price does not replace a good one until it was said for five minutes") {
    Sim sim({.has_tls = false, .arguments = frozen()});
    keep_day(sim);
    Daemon daemon({.base_url = sim.base_url(),
                   .sets = {"upstream.failure_throttle=0s", "upstream.stale_patience=20s"}});
    const auto good = daemon.get(quotes_of(1));
    REQUIRE(good.status == 200);
    sim.fault(R"({"kind":"zero_price","count":-1})");
    const auto held = ask_each_minute(daemon, quotes_of(1), 5);
    CHECK(held.status == 200);
    CHECK(data_of(held) == data_of(good));
    CHECK(says_stale(held));
    CHECK(metric(daemon, "quotecached_refill_withheld_total{claim=\"flawed\"}") == 5);
    const auto believed = ask_each_minute(daemon, quotes_of(1), 1);
    CHECK(believed.status == 200);
    CHECK(believed.body.find("\"price\":0,") != std::string::npos);
    CHECK_FALSE(says_stale(believed));
  }

  TEST_CASE("an asset that good answers leave out for two minutes is gone in all tiers") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(),
                   .sets = {"upstream.failure_throttle=0s", "upstream.stale_patience=20s"}});
    const auto target = quotes_of(1) + "&skip_invalid=false";
    REQUIRE(daemon.get(target).status == 200);
    sim.fault(R"({"kind":"missing_asset","count":-1,"params":{"id":1}})");
    CHECK(says_stale(ask_each_minute(daemon, target, 2)));
    CHECK(ask_each_minute(daemon, target, 1).status == 400);
    REQUIRE(wait_until(
        [&] { return stores(daemon, "sqlite") == 3; }));  // it, its alias, and that it is gone
    clear_memory(daemon);
    CHECK(daemon.get(target).status == 400);
    sim.clear_faults();
    advance(daemon, seconds(61));
    CHECK(daemon.get(target).status == 200);
  }

  TEST_CASE("an odd asset is left out of a list and named, and the others are served") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    sim.fault(R"({"kind":"odd_asset","count":-1,"params":{"id":1027}})");
    for (const bool is_cached : {false, true}) {
      CAPTURE(is_cached);
      const auto answer = daemon.get(kV2Quotes + "?id=1,1027,74");
      CAPTURE(answer.body);
      CHECK(answer.status == 200);
      CHECK(answer.header("quotecached-left-out") == "1027");
      CHECK(data_of(answer).find("\"1\":{") != std::string::npos);
      CHECK(data_of(answer).find("\"74\":{") != std::string::npos);
      CHECK(data_of(answer).find("\"1027\"") == std::string::npos);
      CHECK_FALSE(says_stale(answer));
      CHECK(credits_of(answer) == (is_cached ? 0 : 1));
    }
    const auto alone = daemon.get(quotes_of(1027));
    CHECK(alone.status == 502);
    CHECK(alone.header("quotecached-left-out").empty());
  }

  TEST_CASE("an asset left out of one answer keeps its copy") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(), .sets = {"upstream.failure_throttle=1s"}});
    REQUIRE(daemon.get(quotes_of(1)).status == 200);
    REQUIRE(daemon.get(quotes_of(1027)).status == 200);
    sim.fault(R"({"kind":"missing_asset","count":-1,"params":{"id":1}})");
    advance(daemon, seconds(61));
    sim.clear_calls();
    const auto begin = Steady::now();
    for (int i = 0; i < 50; ++i) {
      const auto answer = daemon.get(quotes_of(1));
      REQUIRE(answer.status == 200);
      REQUIRE(is_about(answer.body, 1));
      REQUIRE(says_stale(answer));
    }
    const auto calls = static_cast<double>(sim.calls().size());
    CHECK(calls <= ms_since(begin) / 1000 / kThrottle + 1);
    daemon.get(quotes_of(1027));
    CHECK(wait_until([&] { return !says_stale(daemon.get(quotes_of(1027))); }));
    // Past the time in which it is shown at once, and not so long that it is believed gone.
    advance(daemon, seconds(60));
    const auto old = daemon.get(quotes_of(1));
    CHECK(old.status == 200);
    CHECK(says_stale(old));
    sim.clear_faults();
    ms_until_fresh(daemon, {1});
  }

  TEST_CASE("a body beyond the limit is refused, and the daemon goes on") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(),
                   .sets = {"upstream.max_body=1MiB", "upstream.failure_throttle=1s"}});
    REQUIRE(daemon.get(quotes_of(1)).status == 200);
    sim.fault(R"({"kind":"oversized_body","count":-1,"params":{"bytes":8388608}})");
    const auto cold = daemon.get(quotes_of(1027));
    CHECK(cold.status == 502);
    CHECK(cold.body.starts_with("{\"status\":{"));
    advance(daemon, seconds(61));
    CHECK(says_stale(daemon.get(quotes_of(1))));
    sim.clear_faults();
    ms_until_fresh(daemon, {1});
    CHECK(daemon.get(quotes_of(1027)).status == 200);
  }

  TEST_CASE("a connection that is closed although it said keep-alive costs no client an error") {
    Sim sim;
    const auto ids = asset_ids(sim, 60);
    Daemon daemon({.base_url = sim.base_url()});
    sim.fault(R"({"kind":"close_keepalive","count":-1})");
    for (const int id : ids) {
      const auto answer = daemon.get(quotes_of(id));
      CAPTURE(answer.body);
      REQUIRE(answer.status == 200);
      REQUIRE(is_about(answer.body, id));
    }
    CHECK(daemon_calls(sim).size() == ids.size());
    CHECK(metric(daemon, "quotecached_upstream_calls_total{result=\"no_answer\"}") == 0);
  }
}

}  // namespace quotecached::test
