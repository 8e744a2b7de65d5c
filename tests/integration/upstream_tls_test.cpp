// The client of the provider talks to nobody whom it cannot verify.
#include <doctest/doctest.h>

#include "provider/coinmarketcap.hpp"
#include "upstream_bench.hpp"
#include "upstream_checks.hpp"

using namespace quotecached;
using namespace quotecached::test;
using namespace std::chrono_literals;
using provider::Verdict;

TEST_SUITE("upstream::Client TLS") {
  TEST_CASE("an authority that is known is believed") {
    const Certificate certificate;
    const Cmcsim sim(certificate, "127.0.0.1");
    Bench bench(sim.tls_url(), [&](Client::Options& o) { o.ca_file = certificate.ca(); });
    for (int i = 0; i < 3; ++i) check_good_quotes(bench.get(kThreeQuotes));
    CHECK(bench.client->totals().connections_opened == 1);
  }

  TEST_CASE("anyone else is not") {
    const Certificate certificate;
    const Certificate stranger;
    const Cmcsim sim(certificate, "127.0.0.1");
    Bench system(sim.tls_url());
    check_failed(system.get(kThreeQuotes), ErrorCode::Unavailable);
    Bench other(sim.tls_url(), [&](Client::Options& o) { o.ca_file = stranger.ca(); });
    check_failed(other.get(kThreeQuotes), ErrorCode::Unavailable);
    Bench missing(sim.tls_url(), [&](Client::Options& o) { o.ca_file = stranger.ca() + ".no"; });
    check_failed(missing.get(kThreeQuotes), ErrorCode::Unavailable);
    const Cmcsim misplaced(certificate, "127.0.0.2");
    Bench wrong_name(misplaced.tls_url(),
                     [&](Client::Options& o) { o.ca_file = certificate.ca(); });
    check_failed(wrong_name.get(kThreeQuotes), ErrorCode::Unavailable);
  }

  TEST_CASE("over HTTP/2 one connection carries all calls at once") {
    const Certificate certificate;
    const Cmcsim sim({"--latency", "30"});
    const Nginx nginx(certificate, sim.url());
    Bench bench(nginx.url(), [&](Client::Options& o) { o.ca_file = certificate.ca(); });
    for (const auto& answer : bench.ask_all(copies(20, kThreeQuotes))) check_good_quotes(answer);
    check_good_quotes(bench.get(kOneListing));
    const auto totals = bench.client->totals();
    CHECK(totals.calls == 21);
    CHECK(totals.http2 == 21);
    CHECK(totals.connections_opened == 1);
  }

  TEST_CASE("a redirect is an answer, not an order") {
    const Certificate certificate;
    const Cmcsim sim;
    const Nginx nginx(certificate, sim.url());
    Bench bench(nginx.url(), [&](Client::Options& o) { o.ca_file = certificate.ca(); });
    const auto answer = bench.get("/moved");
    REQUIRE(answer);
    CHECK(answer->http_status == 302);
    CHECK(reading_of(*answer).verdict == Verdict::ServerFailure);
    CHECK(Control(sim).stat("connections_accepted") == 1);
  }
}
