// The record of calls is what the provider counted: every call once, and what became of it.
#include <map>
#include <set>
#include <tuple>

#include <doctest/doctest.h>

#include "e2e/fault_bed.hpp"
#include "e2e/recorded.hpp"

namespace quotecached::test {
namespace {

// The catalogue's name of a target.
std::string endpoint_of(const std::string& target) {
  static const std::map<std::string, std::string> kNames = {
      {"/v1/cryptocurrency/quotes/latest", "v1.quotes"},
      {"/v2/cryptocurrency/quotes/latest", "v2.quotes"},
      {"/v3/cryptocurrency/quotes/latest", "v3.quotes"},
      {"/v2/simple/price", "v2.simple_price"},
      {"/v1/cryptocurrency/listings/latest", "v1.listings"},
      {"/v1/cryptocurrency/map", "v1.map"},
      {"/v1/fiat/map", "v1.fiat_map"},
      {"/v1/global-metrics/quotes/latest", "v1.global_metrics"}};
  const auto found = kNames.find(target.substr(0, target.find('?')));
  return found == kNames.end() ? "forward" : found->second;
}

struct Step {
  const char* target;
  const char* fault;  // set before; null: none
  std::vector<std::string> causes;
};

}  // namespace

TEST_SUITE("e2e::CallRecord") {
  TEST_CASE("the record of calls is the simulator's own: endpoint, credits, outcome and cause") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(), .sets = {"upstream.retry_delay=20ms"}});
    const char* const k503 = R"({"kind":"status_5xx","params":{"status":503}})";
    const std::vector<Step> steps = {
        {"/v2/cryptocurrency/quotes/latest?id=1", nullptr, {"miss"}},
        {"/v2/cryptocurrency/quotes/latest?id=1027,74,52&convert=USD,EUR,BTC", nullptr, {"miss"}},
        {"/v1/cryptocurrency/quotes/latest?symbol=BTC", nullptr, {"miss"}},
        {"/v3/cryptocurrency/quotes/latest?slug=bitcoin", k503, {"miss", "retry"}},
        {"/v2/simple/price?id=1,1027", nullptr, {"miss"}},
        {"/v1/cryptocurrency/listings/latest?limit=450", nullptr, {"miss"}},
        {"/v1/cryptocurrency/listings/latest?limit=450", nullptr, {}},
        {"/v1/global-metrics/quotes/latest", nullptr, {"miss"}},
        {"/v1/fiat/map", nullptr, {"miss"}},
        {"/v2/cryptocurrency/quotes/latest?id=999999999", nullptr, {"miss"}},
        {"/v9/not/in/the/catalogue?a=b", nullptr, {"forward"}},
        {"/v1/cryptocurrency/listings/latest?limit=10&convert=EUR",
         R"({"kind":"wrong_credit_count","params":{"credits":4}})",
         {"miss"}},
        {"/v1/cryptocurrency/quotes/latest?id=825",
         R"({"kind":"rate_limit","params":{"code":1011}})",
         {"miss"}},
    };
    std::vector<std::string> causes;
    for (const Step& step : steps) {
      if (step.fault != nullptr) sim.fault(step.fault);
      daemon.get(step.target);
      causes.insert(causes.end(), step.causes.begin(), step.causes.end());
    }
    advance(daemon, seconds(61));
    daemon.get(steps[0].target);
    causes.emplace_back("refresh");
    CHECK(wait_until([&] { return sim.calls().size() == causes.size(); }));
    // The simulator knows of a call before the daemon has booked what it cost.
    CHECK(wait_until([&] {
      return metric(daemon, "quotecached_calls_booked_total") == static_cast<double>(causes.size());
    }));
    const double booked = metric(daemon, "quotecached_credits_total");
    REQUIRE(daemon.sigterm());

    const auto rows = recorded(daemon.database());
    const auto calls = sim.calls();
    REQUIRE(calls.size() == causes.size());
    REQUIRE(rows.size() == calls.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      CAPTURE(i);
      CAPTURE(calls[i].target);
      CHECK(rows[i].endpoint == endpoint_of(calls[i].target));
      CHECK(rows[i].cause == causes[i]);
      CHECK(rows[i].credits == calls[i].credits);
      CHECK(rows[i].http_status == calls[i].status);
      // A 404 for an unknown path has no status object, and so no error code.
      if (rows[i].endpoint != "forward") CHECK(rows[i].error_code == calls[i].error_code);
    }
    CHECK(booked == static_cast<double>(sim.stats().credits_charged));
    MESSAGE(rows.size() << " rows, equal to the simulator's log; " << booked << " credits");
  }

  TEST_CASE("under load not one call is left out") {
    raise_file_limit();
    Sim sim;
    const auto ids = asset_ids(sim, 900);
    Daemon daemon({.base_url = sim.base_url()});
    std::vector<std::string> targets;
    for (std::size_t i = 0; i < 400; ++i) {
      targets.push_back(quotes_of(ids[i]));
      targets.push_back("/v1/cryptocurrency/quotes/latest?id=" + std::to_string(ids[i + 400]) +
                        "&convert=EUR");
    }
    burst(daemon, targets);
    advance(daemon, seconds(61));
    burst(daemon, targets);
    burst(daemon, targets);
    REQUIRE(daemon.sigterm());  // refreshes behind answers may be under way
    using Line = std::tuple<std::string, std::int64_t, std::int64_t>;
    std::multiset<Line> rows;
    std::multiset<Line> calls;
    for (const auto& row : recorded(daemon.database()))
      rows.emplace(row.endpoint, row.credits, row.http_status);
    for (const auto& call : sim.calls())
      calls.emplace(endpoint_of(call.target), call.credits, call.status);
    MESSAGE("2,400 requests: " << calls.size() << " calls, " << rows.size() << " rows");
    CHECK(rows == calls);
  }
}

}  // namespace quotecached::test
