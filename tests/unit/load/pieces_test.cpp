// The small pure pieces of a load test: its provider, its daemon's settings, what it reads.
#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "load/canned_answer.hpp"
#include "load/child_daemon.hpp"
#include "load/page_text.hpp"

using namespace quotecached;
using namespace quotecached::load;

TEST_SUITE("load::canned_answer") {
  TEST_CASE("each asset in each currency") {
    const auto answer =
        canned_answer("/v2/cryptocurrency/quotes/latest?id=1%2C1027&convert=USD,EUR");
    CHECK(answer.status == 200);
    for (const auto* part : {R"("credit_count":2)",
                             R"("1":{"id":1,)",
                             R"("1027":{"id":1027,)",
                             R"("USD":{"price":)",
                             R"("EUR":{"price":)"}) {
      CAPTURE(part);
      CHECK(answer.body.find(part) != std::string::npos);
    }
    CHECK(std::ranges::count(answer.body, '{') == std::ranges::count(answer.body, '}'));
    CHECK(canned_answer("/v1/key/info").status == 200);
  }

  TEST_CASE("what it does not know is a bad request") {
    std::string many = "/v2/cryptocurrency/quotes/latest?id=1";
    for (std::size_t i = 0; i < kMostCanned; ++i) many += ",1";
    for (const std::string& target : {std::string("/v1/cryptocurrency/listings/latest"),
                                      std::string("/v2/cryptocurrency/quotes/latest"),
                                      std::string("/v2/cryptocurrency/quotes/latest?symbol=BTC"),
                                      std::string("/v2/cryptocurrency/quotes/latest?id=BTC"),
                                      std::string("/v2/cryptocurrency/quotes/latest?id=1,,2"),
                                      many}) {
      CAPTURE(target.substr(0, 60));
      CHECK(canned_answer(target).status == 400);
    }
  }
}

TEST_SUITE("load::child_settings") {
  TEST_CASE("the user's settings come last") {
    const auto sets = child_settings({"listen.threads=2"}, 4711, "/tmp/x", false);
    REQUIRE(sets);
    CHECK(sets->back() == "listen.threads=2");
    for (const auto* set : {"upstream.base_url=http://127.0.0.1:4711",
                            "tiers.sqlite.path=/tmp/x/quotecached.db",
                            "freshness.quotes.fresh=1h"}) {
      CAPTURE(set);
      CHECK(std::ranges::find(*sets, set) != sets->end());
    }
  }

  TEST_CASE("made-up prices stay here") {
    for (const std::string set : {"listen.address=0.0.0.0:80",
                                  "upstream.base_url=https://pro-api.coinmarketcap.com",
                                  "tiers.sqlite.path=/var/lib/quotecached/quotecached.db",
                                  "tiers.order=[\"memory\",\"redis\"]",
                                  "tiers.memcached.servers=x"}) {
      CAPTURE(set);
      CHECK(!child_settings({set}, 1, "/tmp", false));
    }
  }

  TEST_CASE("the port is in the log, once its line is whole") {
    const std::string line = "2026 info listening address=127.0.0.1:8466\n";
    CHECK(listening_port(line) == 8466);
    CHECK(!listening_port(line.substr(0, line.size() - 1)));
    CHECK(!listening_port(line.substr(0, line.size() - 3)));
    CHECK(listening_port(R"({"event":"listening","address":"127.0.0.1:8466"})") == 8466);
    CHECK(!listening_port("info listening address=unix:/tmp/x\n"));
    CHECK(!listening_port(""));
  }
}

TEST_SUITE("load::page_text") {
  TEST_CASE("series of a metric are summed up") {
    const std::string page =
        "# HELP calls_total x\ncalls_total{result=\"ok\"} 2\ncalls_total{result=\"bad\"} 3\n"
        "calls_total_more 100\ncpu_seconds_total 0.25\n";
    CHECK(metric_sum(page, "calls_total") == 5);
    CHECK(metric_sum(page, "cpu_seconds_total") == 0.25);
    CHECK(!metric_sum(page, "calls"));
    CHECK(!metric_sum("", "calls"));
  }

  TEST_CASE("ids of an answer, each once") {
    CHECK(ids_in(R"({"data":[{"id":1,"platform":null},{"id":825,"platform":{"id":1,"x":2}}]})") ==
          std::vector<std::int64_t>{1, 825});
    CHECK(ids_in(R"({"id":null,"id":"x","id":-1,"id":)").empty());
  }
}
