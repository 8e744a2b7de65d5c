// The daemon in the provider's place, at paths and with methods and headers that are no plain
// request for quotes: what is passed on, shared, refused or told.
#include "e2e/bed.hpp"
#include "e2e/drop_in_bed.hpp"
#include "e2e/health_text.hpp"

namespace quotecached::test {
TEST_SUITE("e2e::drop_in") {
  TEST_CASE("paths: never cached, not catalogued, not the provider's, and other methods") {
    DropInBed bed;
    for (int i = 0; i < 2; ++i) {
      const HttpResponse info = bed.get("/v1/key/info");
      CHECK(info.status == 200);
      CHECK(info.header("cache-control") == "no-store");
      CHECK(info.header("cache-status").find("fwd=bypass") != std::string::npos);
      CHECK(!json_value(data_of(info), "usage").empty());
    }
    CHECK(daemon_calls(bed.sim).size() == 2);

    const auto calls = bed.calls_for("/v1/foo/bar?x=1&CMC_PRO_API_KEY=secret");
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].target == "/v1/foo/bar?x=1");
    CHECK(bed.get("/v1/foo/bar").status == 404);

    bed.sim.clear_calls();
    const HttpResponse foreign = bed.get("/foo");
    CHECK(foreign.status == 404);
    CHECK(foreign.header("content-type").starts_with("application/problem+json"));
    const HttpResponse post = bed.daemon->request("POST", kV2Quotes + "?id=1", "{}");
    CHECK(post.status == 405);
    CHECK(post.header("allow") == "GET, HEAD");
    CHECK(status_of(post, "error_code") == "405");
    CHECK(bed.get("/v2/cryptocurrency/quotes/latest/?id=1").status == 404);
    CHECK(bed.get("/V2/cryptocurrency/quotes/latest?id=1").status == 404);
    CHECK(daemon_calls(bed.sim).empty());
  }

  TEST_CASE("POST to a path that is not catalogued is passed on with its body, and booked") {
    DropInBed bed;
    bed.sim.clear_calls();
    const HttpResponse answer = bed.daemon->request("POST", "/v1/new/list?x=1", R"({"a":1})");
    CHECK(answer.status == 404);  // of the provider, who knows no such path
    CHECK(answer.header("cache-status").find("fwd=bypass") != std::string::npos);
    const auto calls = daemon_calls(bed.sim);
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].method == "POST");
    CHECK(calls[0].target == "/v1/new/list?x=1");
    CHECK(bed.daemon->request("PUT", "/v1/new/list").status == 405);
  }

  TEST_CASE("programs without a key share what the others have fetched") {
    DropInBed bed;
    bed.get(kV2Quotes + "?id=1,2");
    bed.sim.clear_calls();
    const HttpResponse answer = bed.get("/public-api" + kV2Quotes + "?id=2,1");
    CHECK(answer.status == 200);
    CHECK(answer.header("cache-status").find("; hit;") != std::string::npos);
    CHECK(bed.get("/public-api/v2/no/such?id=1").status == 404);
    CHECK(daemon_calls(bed.sim).size() == 1);  // the path that nobody knows
  }

  TEST_CASE("who wants nothing but what is cached gets that, and costs nothing") {
    DropInBed bed;
    const std::vector<std::string> only{"Cache-Control: only-if-cached"};
    bed.get(kV2Quotes + "?id=1");
    bed.sim.clear_calls();
    CHECK(bed.get(kV2Quotes + "?id=1", only).status == 200);
    for (const auto* target : {"?id=1,2", "?id=2"}) {
      const HttpResponse missed = bed.get(kV2Quotes + target, only);
      CHECK(missed.status == 504);
      CHECK(status_of(missed, "error_code") == "504");
      CHECK(status_of(missed, "credit_count") == "0");
    }
    CHECK(bed.get("/v1/key/info", only).status == 504);
    advance(*bed.daemon, seconds(90));  // stale, but may be shown
    const HttpResponse stale = bed.get(kV2Quotes + "?id=1", only);
    CHECK(stale.status == 200);
    CHECK(stale.header("cache-status").find("stale") != std::string::npos);
    advance(*bed.daemon, seconds(3600));
    CHECK(bed.get(kV2Quotes + "?id=1", only).status == 200);
    CHECK(daemon_calls(bed.sim).empty());
  }

  TEST_CASE("what the provider sends beside its answer reaches who caused the call") {
    DropInBed bed;
    const auto miss = bed.get(std::string(kV2Quotes) + "?id=1,2");
    CHECK(miss.header("x-ratelimit-limit").starts_with("sim-"));
    CHECK(bed.get(std::string(kV2Quotes) + "?id=1").header("x-ratelimit-limit").empty());
    const auto partial = bed.get(std::string(kV2Quotes) + "?id=1,3");
    CHECK(partial.header("x-ratelimit-limit").starts_with("sim-"));
    CHECK(partial.header("x-ratelimit-limit") != miss.header("x-ratelimit-limit"));
    const auto forwarded = bed.get("/v1/nothing/known?id=1");
    CHECK(forwarded.header("x-ratelimit-limit").starts_with("sim-"));
    const auto refused = bed.get(std::string(kV2Quotes) + "?symbol=NOSUCHCOIN&convert=NOSUCH");
    CHECK(refused.status == 400);
    CHECK(refused.header("x-ratelimit-limit").starts_with("sim-"));
    for (const auto* const answer : {&miss, &partial, &forwarded, &refused})
      CHECK_FALSE(answer->header("x-request-id").starts_with("sim-"));  // ours
  }

  TEST_CASE("paths that are not catalogued are refused where a setting says so") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(), .sets = {"upstream.forward_unknown=false"}});
    const HttpResponse refused = daemon.get("/v1/foo/bar");
    CHECK(refused.status == 404);
    CHECK(refused.body.find("\"error_code\":404") != std::string::npos);
    CHECK(daemon.get("/v1/key/info").status == 200);  // catalogued, if never cached
    CHECK(sim.calls("/v1/foo").empty());
  }

  TEST_CASE("what clients have forwarded does not turn upstream off for others") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    sim.fault(R"({"kind":"html_error","count":-1,"path":"/v1/key","params":{"status":403}})");
    for (int i = 0; i < 6; ++i) CHECK(daemon.get("/v1/key/info").status == 403);
    CHECK(daemon.get(kV2Quotes + "?id=1").status == 200);
    CHECK(daemon.get(kV2Quotes + "?id=1&convert=NOSUCH").status == 400);
    CHECK(health_of(daemon, "upstream") == "pass");
  }
}

}  // namespace quotecached::test
