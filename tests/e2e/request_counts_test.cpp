// Whatever a client sends is counted once: the sum over all outcomes is the number of requests. And
// each series is there before the first thing is counted in it.
#include <map>
#include <sstream>

#include "e2e/bed.hpp"
#include "support/address.hpp"

namespace quotecached::test {
namespace {

using Series = std::map<std::string, double>;

Series series_of(const std::string& page) {
  Series series;
  std::istringstream text(page);
  for (std::string line; std::getline(text, line);) {
    const auto blank = line.rfind(' ');
    if (line.starts_with("#") || blank == std::string::npos) continue;
    series[line.substr(0, blank)] = std::stod(line.substr(blank + 1));
  }
  return series;
}

// By outcome, over all endpoints.
std::map<std::string, double> outcomes_in(const Series& series) {
  std::map<std::string, double> sums;
  for (const auto& [name, value] : series) {
    if (!name.starts_with("quotecached_requests_total{")) continue;
    const auto begin = name.find("outcome=\"") + 9;
    sums[name.substr(begin, name.find('"', begin) - begin)] += value;
  }
  return sums;
}

// Sends requests and counts them.
class Asker {
 public:
  explicit Asker(Daemon& daemon) : daemon_(daemon) { before_ = outcomes_in(scrape()); }

  void ask(int status, const std::string& method, const std::string& target) {
    CAPTURE(method);
    CAPTURE(target);
    ++sent_;
    CHECK(daemon_.request(method, target).status == status);
  }
  // On a connection of its own, which the daemon ends.
  void send(const char* status, const std::string& text) {
    CAPTURE(text.substr(0, 80));
    ++sent_;
    Connection connection(daemon_.socket());
    connection.send(text);
    CHECK(connection.read_until("\r\n\r\n").starts_with(std::string("HTTP/1.1 ") + status));
  }

  // What was counted since the start. An answer is counted right after it is written.
  std::map<std::string, double> counted() {
    std::map<std::string, double> counts;
    const auto is_all = [&] {
      const auto expected = sent_;  // not the scrape itself
      counts = outcomes_in(scrape());
      double sum = 0;
      for (auto& [outcome, count] : counts) sum += count -= before_[outcome];
      INFO(sum << " counted, " << expected << " sent");
      REQUIRE(sum <= expected);
      return sum == expected;
    };
    CHECK(wait_until(is_all));
    return counts;
  }

 private:
  Series scrape() {
    ++sent_;
    return series_of(daemon_.get("/metrics").body);
  }

  Daemon& daemon_;
  double sent_ = 0;
  std::map<std::string, double> before_;
};

}  // namespace

TEST_SUITE("e2e::request_counts") {
  TEST_CASE("each request is counted once, whatever becomes of it") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(), .sets = {"listen.header_timeout=300ms"}});
    Asker asker(daemon);
    for (int i = 0; i < 3; ++i) asker.ask(200, "GET", kV2Quotes + "?id=1");
    asker.ask(200, "GET", kV2Quotes + "?id=1,1027");
    asker.ask(200, "GET", "/v1/key/info");
    asker.ask(400, "GET", kV2Quotes + "?id=none");
    asker.ask(405, "DELETE", kV2Quotes + "?id=1");
    asker.ask(200, "GET", "/quotes?ids=1");
    asker.ask(400, "GET", "/quotes?ids=none");
    asker.ask(404, "GET", "/nothing");
    asker.ask(404, "GET", "/admin/nothing");
    asker.ask(200, "GET", "/admin/credits");
    asker.ask(200, "GET", "/health/live");
    sim.fault(R"({"kind":"status_5xx","count":-1})");
    asker.ask(502, "GET", kV2Quotes + "?id=1839");
    asker.send("400", "NONSENSE\r\n\r\n");
    asker.send("505", "GET / HTTP/9.9\r\nHost: a\r\n\r\n");
    asker.send("431", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n");
    asker.send("408", "GET / HTTP/1.1\r\nHost: a\r\n");
    asker.send(
        "421",
        "GET http://other.example/ HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n");
    const auto counts = asker.counted();
    CHECK(counts.at("hit") == 3);
    CHECK(counts.at("miss") == 1);
    CHECK(counts.at("partial") == 1);
    CHECK(counts.at("forwarded") == 1);
    CHECK(counts.at("refused") == 3);
    CHECK(counts.at("failed") == 1);
    CHECK(counts.at("malformed") == 4);
    CHECK(counts.at("shed") == 0);
  }

  TEST_CASE("each series is there before the first thing is counted in it") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    Series before;
    REQUIRE(wait_until([&] {
      before = series_of(daemon.get("/metrics").body);
      return before.contains("quotecached_ledger_up");
    }));
    must(daemon.get(kV2Quotes + "?id=1"));
    must(daemon.get(kV2Quotes + "?id=1,1027"));
    must(daemon.get(kV1Quotes + "?symbol=BTC"));
    must(daemon.get("/v1/cryptocurrency/listings/latest?limit=10"));
    must(daemon.get("/quotes?ids=1&fields=all"));
    CHECK(daemon.get("/nothing").status == 404);
    CHECK(daemon.get(kV2Quotes + "?id=none").status == 400);
    CHECK(metric(daemon, "quotecached_endpoint_credits_total{endpoint=\"v2.quotes\"}") >= 2);
    CHECK(metric(daemon, "quotecached_cause_credits_total{cause=\"miss\"}") >= 3);
    CHECK(metric(daemon, "quotecached_client_credits_total{client=\"\"}") >= 3);
    CHECK(metric(daemon, "quotecached_upstream_call_duration_seconds_count") >= 3);
    CHECK(metric(daemon,
                 "quotecached_tier_duration_seconds_count{tier=\"sqlite\",operation=\"lookup\"}") >
          0);
    CHECK(metric(daemon, "quotecached_answered_bytes_total{outcome=\"miss\"}") > 1000);
    CHECK(metric(daemon, "quotecached_database_bytes") > 0);
    for (const auto& [name, value] : series_of(daemon.get("/metrics").body))
      CHECK_MESSAGE(before.contains(name), "only now there: " << name);
  }
}

}  // namespace quotecached::test
