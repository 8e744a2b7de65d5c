// What the daemon's own endpoint for quotes asks for is part of the trace of requests, as requests
// of the provider's endpoint by id, and is simulated like any other.
#include <algorithm>
#include <string>
#include <vector>

#include "e2e/bed.hpp"
#include "e2e/event_source.hpp"

namespace quotecached::test {
namespace {

// Without the times in front; the first line is none of a request.
std::vector<std::string> targets_in(const std::filesystem::path& trace) {
  std::vector<std::string> targets;
  const auto text = read_file(trace);
  for (auto at = text.find('\t'); at != std::string::npos; at = text.find('\t', at + 1))
    targets.push_back(text.substr(at + 1, text.find('\n', at) - at - 1));
  return targets;
}

}  // namespace

TEST_SUITE("e2e::quotes_trace") {
  TEST_CASE("asks stand as what buys the assets that their names led to, streams do not") {
    const TempDir dir;
    const auto trace = dir / "requests.trace";
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(),
                   .sets = {"freshness.ttl_jitter=0", "usage.trace=" + trace.string()}});
    must(daemon.get("/quotes?symbols=XRP,NOPE&slugs=bitcoin"));  // bought
    must(daemon.get("/quotes?slugs=bitcoin&symbols=XRP"));       // from memory
    must(daemon.get("/quotes?ids=1027&fields=price,percent_change_7d&convert=EUR,USD"));
    must(daemon.request(
        "POST", "/quotes", "ids=1", {"Content-Type: application/x-www-form-urlencoded"}));
    must(daemon.get("/quotes?slugs=no-such-coin"));
    CHECK(daemon.get("/quotes?ids=x").status == 400);
    EventSource stream(daemon.base_url(), "/quotes/stream?ids=1");
    REQUIRE(stream.next("quote"));
    must(daemon.get(kV2Quotes + "?id=1"));
    REQUIRE(daemon.sigterm());
    auto targets = targets_in(trace);
    REQUIRE(targets.size() == 5);
    CAPTURE(targets[0]);
    CHECK(targets[0].starts_with("/v2/simple/price?id=52,1&"));
    CHECK(targets[1] == targets[0]);
    CHECK(targets[2].starts_with("/v2/cryptocurrency/quotes/latest?id=1027&convert=EUR,USD"));
    CHECK(targets[3].starts_with("/v2/simple/price?id=1&"));
    CHECK(targets[4].starts_with("/v2/cryptocurrency/quotes/latest?id=1"));

    Process simulate({{built_program("quotecached").string(),
                       "simulate",
                       "--trace",
                       trace.string(),
                       "--per-month",
                       "0",
                       "--format",
                       "json"}},
                     dir.path(),
                     "simulate");
    const auto status = simulate.wait();
    CAPTURE(simulate.err());
    REQUIRE((status && status->is_success()));
    CAPTURE(simulate.out());
    CHECK(simulate.out().find("\"requests\":5") != std::string::npos);
  }

  TEST_CASE("what cannot be bought is asked for all the same") {
    const TempDir dir;
    const auto trace = dir / "requests.trace";
    Sim sim;
    sim.fault(R"({"kind":"status_5xx","count":-1})");
    Daemon daemon({.base_url = sim.base_url(),
                   .sets = {"usage.trace=" + trace.string(), "upstream.retries=0"}});
    CHECK(daemon.get("/quotes?ids=1").status == 503);
    REQUIRE(daemon.sigterm());
    CHECK(targets_in(trace).size() == 1);
  }
}

}  // namespace quotecached::test
