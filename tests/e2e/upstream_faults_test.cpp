// An upstream that is down, slow or spent costs freshness: never an error for who has a copy, never
// more than the one call a throttle window allows.
#include <array>

#include <doctest/doctest.h>

#include "e2e/fault_bed.hpp"
#include "e2e/health_text.hpp"
#include "e2e/until_fresh.hpp"

namespace quotecached::test {
namespace {

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

}  // namespace

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
    CHECK(count_of(daemon.log(), "upstream_breaker_opened") == 1);
    CHECK(turns(daemon, "upstream", "fail"));
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
    CHECK(count_of(daemon.log(), "upstream_breaker_closed") == 1);
    CHECK(turns(daemon, "upstream", "pass"));
  }
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

}  // namespace quotecached::test
