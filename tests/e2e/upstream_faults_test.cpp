// An upstream that is down, slow or lying costs freshness: never an error for who has a copy, never
// a wrong answer, never more than the one call a throttle window allows.
#include <array>

#include <doctest/doctest.h>

#include "e2e/fault_bed.hpp"

namespace quotecached::test {
namespace {

constexpr double kThrottle = 1.0;  // seconds, in the tests that do not use the default of 30

struct Row {
  const char* name;
  const char* fault;
};

constexpr std::array<Row, 8> kOutages = {{
    {"503", R"({"kind":"status_5xx","count":-1,"params":{"status":503}})"},
    {"reset before headers", R"({"kind":"reset_before_headers","count":-1})"},
    {"reset after headers", R"({"kind":"reset_after_headers","count":-1})"},
    {"HTML page", R"({"kind":"html_error","count":-1})"},
    {"hang", R"({"kind":"hang","count":-1})"},
    {"truncated body", R"({"kind":"truncated_body","count":-1})"},
    {"malformed JSON", R"({"kind":"malformed_json","count":-1})"},
    {"error in 200", R"({"kind":"error_in_200","count":-1})"},
}};

std::vector<int> ids_from(int first, int count, const std::vector<int>& all) {
  return {all.begin() + first, all.begin() + first + count};
}

// Answers from `since` on; all of them must say that they are stale.
void check_all_stale(const Load::Report& seen, Steady::time_point since, const std::string& what) {
  std::vector<microseconds> times;
  std::size_t fresh = 0;
  for (const auto& sample : seen.good) {
    if (sample.asked < since) continue;
    times.push_back(sample.elapsed);
    if (!sample.says_stale) ++fresh;
  }
  INFO(seen.wrongs());
  CHECK(seen.bad.empty());
  CHECK(times.size() > 100);
  CHECK(fresh == 0);
  MESSAGE(what << ": " << times.size() << " stale answers, 0 errors, p50 "
               << ms(percentile(times, 0.5)) << " ms, p99 " << ms(percentile(times, 0.99))
               << " ms");
}

// The time until none of `ids` is stale any more.
double ms_until_fresh(Daemon& daemon, const std::vector<int>& ids) {
  const auto start = Steady::now();
  for (const int id : ids) {
    CAPTURE(id);
    CHECK(wait_until([&] { return !says_stale(daemon.get(quotes_of(id))); }));
  }
  return ms_since(start);
}

void check_outage(const Row& row) {
  const std::string name = row.name;
  CAPTURE(name);
  Sim sim;
  const auto all = asset_ids(sim, 20);
  Daemon daemon({.base_url = sim.base_url(),
                 .sets = {"upstream.failure_throttle=1s", "upstream.timeout=700ms"}});
  // Half of the copies are past the time in which they are shown without waiting for upstream.
  warm_up(daemon, ids_from(0, 10, all));
  advance(daemon, seconds(240));
  warm_up(daemon, ids_from(10, 10, all));
  Load load(daemon.base_url(), {.ids = all, .clients = 50, .pause = milliseconds(50)});
  sim.fault(row.fault);
  sim.clear_calls();
  const auto begin = Steady::now();
  advance(daemon, seconds(61));
  const auto since = Steady::now();
  let_run(milliseconds(2'300));
  const auto seen = load.take();
  const std::size_t calls = sim.calls().size();
  const double lasted = ms_since(begin) / 1000;
  check_all_stale(seen, since, name);
  CHECK(calls >= 1);
  CHECK(static_cast<double>(calls) <= lasted / kThrottle + 1);
  sim.clear_faults();
  const double back = ms_until_fresh(daemon, all);
  MESSAGE(name << ": " << calls << " calls in " << lasted << " s of outage (one a second may be); "
               << "all fresh " << back << " ms after its end");
  const auto after = load.stop();
  INFO(after.wrongs());
  CHECK(after.bad.empty());
}

TEST_SUITE("e2e::UpstreamFaults") {
  TEST_CASE("while upstream fails copies are served, it is tried once a window, and comes back") {
    for (const auto& row : kOutages) check_outage(row);
  }

  TEST_CASE("ten seconds of outage cost one call for each lane by default") {
    Sim sim;
    const auto ids = asset_ids(sim, 20);
    Daemon daemon({.base_url = sim.base_url()});
    warm_up(daemon, ids);
    for (const int id : ids) REQUIRE(daemon.get(quotes_of(id) + "&convert=EUR").status == 200);
    sim.fault(kOutages[0].fault);
    sim.clear_calls();
    advance(daemon, seconds(61));
    const auto since = Steady::now();
    {
      Load dollars(daemon.base_url(), {.ids = ids, .clients = 25, .pause = milliseconds(50)});
      Load euros(daemon.base_url(),
                 {.ids = ids, .more = "&convert=EUR", .clients = 25, .pause = milliseconds(50)});
      let_run(milliseconds(10'000));
      check_all_stale(dollars.stop(), since, "USD lane");
      check_all_stale(euros.stop(), since, "EUR lane");
    }
    MESSAGE("10 s of 503: " << sim.calls().size() << " calls for two lanes");
    CHECK(sim.calls().size() == 2);
    CHECK(metric(daemon, "quotecached_refill_throttled_total") >= 0);
  }

  TEST_CASE("without a copy a client is told soon, and the breaker opens and closes") {
    Sim sim;
    const auto ids = asset_ids(sim, 20);
    Daemon daemon({.base_url = sim.base_url()});
    sim.fault(kOutages[0].fault);
    const auto cold = daemon.get(quotes_of(ids[0]));
    MESSAGE("cold during 503: " << cold.status << " after " << ms(cold.elapsed) << " ms and "
                                << sim.calls().size() << " calls: " << cold.body);
    CHECK(cold.status >= 500);
    CHECK(cold.body.starts_with("{\"status\":{\"timestamp\":\""));
    CHECK(status_of(cold, "error_code") == std::to_string(cold.status));
    CHECK(credits_of(cold) == 0);
    CHECK(sim.calls().size() == 3);  // 2 retries
    CHECK(cold.elapsed < milliseconds(5'000));

    CHECK(daemon.get(quotes_of(ids[1])).status >= 500);
    // The lane has failed five times, and then a call of the daemon's own.
    CHECK(wait_until([&] { return metric(daemon, "quotecached_upstream_breaker_open") == 1; }));
    CHECK(count_of(daemon.log(), "upstream breaker opened") == 1);
    CHECK(daemon.get("/health/ready").body.find("\"degraded\"") != std::string::npos);
    sim.clear_calls();
    const auto refused = daemon.get(quotes_of(ids[2]));
    MESSAGE("cold with the breaker open: " << refused.status << " after " << ms(refused.elapsed)
                                           << " ms");
    CHECK(refused.status >= 500);
    CHECK(sim.calls().size() <= 1);  // a probe at most

    sim.clear_faults();
    const auto start = Steady::now();
    CHECK(wait_until([&] { return daemon.get(quotes_of(ids[3])).status == 200; },
                     milliseconds(8'000)));
    MESSAGE("breaker closed " << ms_since(start) << " ms after the outage");
    CHECK(metric(daemon, "quotecached_upstream_breaker_open") == 0);
    CHECK(count_of(daemon.log(), "upstream breaker closed") == 1);
    CHECK(daemon.get("/health/ready").body.find("\"status\":\"ready\"") != std::string::npos);
  }
}

// --- limits ---

struct Limit {
  int code;
  long longest_wait;  // seconds
  seconds over_after;
};

// A second of the minute, by the daemon's clock, that leaves time for a test.
void go_to_start_of_minute(Daemon& daemon) {
  const auto answer = daemon.get("/v2/cryptocurrency/quotes/latest?id=0");  // refused, with a time
  const std::string time = status_of(answer, "timestamp");
  const int second = std::stoi(time.substr(time.rfind(':') + 1, 2));
  advance(daemon, seconds(60 - second + 2));
}

std::string limit_fault(int code) {
  return R"({"kind":"rate_limit","count":-1,"params":{"code":)" + std::to_string(code) + "}}";
}

void check_limit(const Limit& limit) {
  CAPTURE(limit.code);
  Sim sim;
  const auto ids = asset_ids(sim, 30);
  Daemon daemon({.base_url = sim.base_url(), .sets = {"upstream.ride_along_bytes=0B"}});
  REQUIRE(daemon.get(quotes_of(ids[0])).status == 200);
  advance(daemon, seconds(61));
  go_to_start_of_minute(daemon);
  sim.clear_calls();
  sim.fault(limit_fault(limit.code));

  const auto first = daemon.get(quotes_of(ids[1]));
  CHECK(first.status == 429);
  CHECK(status_of(first, "error_code") == std::to_string(limit.code));
  const long wait = std::atol(first.header("retry-after").c_str());
  CHECK(wait > 0);
  CHECK(wait <= limit.longest_wait);
  CHECK(sim.calls().size() == 1);

  for (std::size_t i = 2; i < 12; ++i) {
    const auto cold = daemon.get(quotes_of(ids[i]));
    CHECK(cold.status == 429);
    CHECK(status_of(cold, "error_code") == std::to_string(limit.code));
    CHECK(!cold.header("retry-after").empty());
    const auto held = daemon.get(quotes_of(ids[0]));
    CHECK(held.status == 200);
    CHECK(says_stale(held));
  }
  const auto calls = sim.calls().size();
  MESSAGE(limit.code << ": without a copy 429 with Retry-After " << wait
                     << " s, with one 200 stale; 1 call, then " << calls - 1
                     << " more for 20 requests");
  CHECK(calls == 1);

  sim.clear_faults();
  advance(daemon, limit.over_after);
  CHECK(wait_until([&] { return daemon.get(quotes_of(ids[20])).status == 200; }));
}

TEST_SUITE("e2e::UpstreamLimits") {
  TEST_CASE("a spent window is not asked again until it ends, and copies are served meanwhile") {
    using std::chrono::hours;
    for (const Limit& limit : {Limit{1008, 60, seconds(61)},
                               Limit{1009, 86'400, hours(24)},
                               Limit{1010, 31 * 86'400, hours(31 * 24)},
                               Limit{1011, 5, seconds(0)}}) {
      check_limit(limit);
    }
  }
}

// --- answers that are wrong in part ---

struct Flaw {
  const char* fault;
  std::string_view price;
};

TEST_SUITE("e2e::UpstreamLies") {
  TEST_CASE("a wrong credit count passes on and is booked as the provider said") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    sim.fault(R"({"kind":"wrong_credit_count","params":{"credits":6}})");
    const auto answer = daemon.get(quotes_of(1));
    CHECK(answer.status == 200);
    CHECK(credits_of(answer) == 7);
    CHECK(metric(daemon, "quotecached_credits_total") == 7);
    CHECK(count_of(daemon.log(), "charged more than the worst case") == 1);
    CHECK(credits_of(daemon.get(quotes_of(1))) == 0);
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

}  // namespace
}  // namespace quotecached::test
