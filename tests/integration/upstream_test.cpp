// The client of the provider against a real server: its connections, and what it makes of answers.
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>
#include <fmt/chrono.h>

#include "provider/coinmarketcap.hpp"
#include "scripted_upstream.hpp"
#include "upstream_bench.hpp"
#include "upstream_checks.hpp"

using namespace quotecached;
using namespace quotecached::test;
using namespace std::chrono_literals;
using provider::Verdict;

TEST_SUITE("upstream::Client connections") {
  TEST_CASE("calls one after the other share one connection") {
    const Cmcsim sim;
    Bench bench(sim.url());
    for (int i = 0; i < 10; ++i) check_good_quotes(bench.get(kThreeQuotes));
    const auto totals = bench.client->totals();
    CHECK(totals.calls == 10);
    CHECK(totals.connections_opened == 1);
    CHECK(totals.reused == 9);
    CHECK(totals.http2 == 0);
    CHECK(Control(sim).stat("connections_accepted") == 2);  // ours and the control's
  }

  TEST_CASE("calls at once use as many connections as allowed, and the rest wait") {
    const Cmcsim sim({"--latency", "100"});
    Bench bench(sim.url(), [](Client::Options& options) { options.max_connections = 5; });
    for (const auto& answer : bench.ask_all(copies(5, kThreeQuotes))) check_good_quotes(answer);
    CHECK(bench.client->totals().connections_opened == 5);
    for (const auto& answer : bench.ask_all(copies(12, kThreeQuotes))) check_good_quotes(answer);
    CHECK(bench.client->totals().connections_opened == 5);
    CHECK(bench.client->totals().reused == 12);
    CHECK(Control(sim).stat("connections_max") == 6);
  }

  TEST_CASE("a connection closed while idle is not noticed by anybody") {
    const Cmcsim sim;
    Bench bench(sim.url());
    Control control(sim);
    control.fault(R"({"kind":"close_keepalive","path":"/v2"})");
    check_good_quotes(bench.get(kThreeQuotes));
    // Its end must have come in before the next call.
    for (int i = 0; i < 1000 && control.stat("connections_open") > 1; ++i) bench.loop.run_for(10ms);
    check_good_quotes(bench.get(kThreeQuotes));
    CHECK(bench.client->totals().connections_opened == 2);
  }

  TEST_CASE("what is lost with a kept connection is not sent again behind the caller's back") {
    for (const auto* method : {"GET", "POST"}) {
      CAPTURE(method);
      const Cmcsim sim;
      Bench bench(sim.url());
      Control control(sim);
      check_good_quotes(bench.get(kThreeQuotes));
      const auto before = control.stat("calls");
      control.fault(R"({"kind":"reset_before_headers","path":"/v2","count":1})");
      Request request;
      request.target = kThreeQuotes;
      request.method = method;
      request.content_type = "application/json";
      const auto lost = bench.ask(std::move(request));
      REQUIRE_FALSE(lost);
      CHECK(lost.error().code == ErrorCode::Unavailable);
      CHECK(lost.error().was_sent);  // so that it is booked
      CHECK(control.stat("calls") == before + 1);
      check_good_quotes(bench.get(kThreeQuotes));
    }
  }

  TEST_CASE("nobody listens: Unavailable") {
    const ReservedPort port;
    Bench bench("http://127.0.0.1:" + std::to_string(port.number()));
    check_failed(bench.get(kThreeQuotes), ErrorCode::Unavailable);
    CHECK(bench.client->totals().calls == 1);
    CHECK(bench.log().find("upstream_call_failed path=/v2/cryptocurrency/quotes/latest error=") !=
          std::string::npos);
  }

  TEST_CASE("a proxy is used only when the options name one") {
    const Cmcsim sim;
    const ReservedPort port;
    const std::string nobody = "http://127.0.0.1:" + std::to_string(port.number());
    setenv("http_proxy", nobody.c_str(), 1);
    Bench direct(sim.url());
    check_good_quotes(direct.get(kThreeQuotes));
    unsetenv("http_proxy");
    Bench proxied(sim.url(), [&](Client::Options& options) { options.proxy = nobody; });
    check_failed(proxied.get(kThreeQuotes), ErrorCode::Unavailable);
  }
}

TEST_SUITE("upstream::Client answers") {
  TEST_CASE("a compressed answer arrives as it was before") {
    const Cmcsim sim;
    Control control(sim);
    control.settings(R"({"tick":31536000})");  // both answers tell the same prices
    Bench bench(sim.url());
    const auto packed = bench.get(kOneListing);
    check_good_quotes(packed);
    control.settings(R"({"gzip":false})");
    const auto plain = bench.get(kOneListing);
    check_good_quotes(plain);
    CHECK(plain->body.size() > 100000);
    const auto after_status = [](const std::string& body) {
      return body.substr(body.find("\"data\""));
    };
    CHECK(after_status(packed->body) == after_status(plain->body));
    CHECK(plain->content_type.starts_with("application/json"));
  }

  TEST_CASE("failures of the server are told as what they are") {
    struct Row {
      const char* fault;
      unsigned http_status;
      Verdict verdict;
      std::int64_t error_code;
    };
    const std::vector<Row> rows = {
        {R"({"kind":"html_error","status":503})", 503, Verdict::ServerFailure, 0},
        {R"({"kind":"status_5xx"})", 500, Verdict::ServerFailure, 500},
        {R"({"kind":"malformed_json"})", 200, Verdict::ServerFailure, 0},
        {R"({"kind":"error_in_200","code":500})", 200, Verdict::ServerFailure, 500},
        {R"({"kind":"error_in_200","code":1008})", 200, Verdict::MinuteLimit, 1008},
        {R"({"kind":"rate_limit","code":1008})", 429, Verdict::MinuteLimit, 1008},
        {R"({"kind":"rate_limit","code":1009})", 429, Verdict::DayLimit, 1009},
        {R"({"kind":"rate_limit","code":1010})", 429, Verdict::MonthLimit, 1010},
        {R"({"kind":"rate_limit","code":1011})", 429, Verdict::IpLimit, 1011},
        {R"({"kind":"auth","code":1002})", 401, Verdict::KeyRefused, 1002},
        {R"({"kind":"auth","code":1004})", 402, Verdict::KeyRefused, 1004},
        {R"({"kind":"auth","code":1006})", 403, Verdict::BadRequest, 1006}};
    const Cmcsim sim;
    Control control(sim);
    Bench bench(sim.url());
    for (const auto& row : rows) {
      CAPTURE(row.fault);
      control.fault(row.fault);
      const auto answer = bench.get(kThreeQuotes);
      REQUIRE(answer);
      CHECK(answer->http_status == row.http_status);
      const auto reading = reading_of(*answer);
      CHECK(to_string(reading.verdict) == to_string(row.verdict));
      CHECK(reading.error_code == row.error_code);
      CHECK_FALSE(answer->body.empty());
    }
    check_good_quotes(bench.get(kThreeQuotes));
  }

  TEST_CASE("a bad request comes back with the provider's own words") {
    const Cmcsim sim;
    Bench bench(sim.url());
    const auto answer =
        bench.get("/v2/cryptocurrency/quotes/latest?id=999999999&skip_invalid=false");
    REQUIRE(answer);
    const auto reading = reading_of(*answer);
    CHECK(reading.verdict == Verdict::BadRequest);
    CHECK(reading.error_code == 400);
    CHECK(reading.error_message.find("Invalid value for \"id\"") != std::string::npos);
    CHECK(reading.charge.credits == Credits{0});
  }

  TEST_CASE("headers that are asked for are kept, unless they cannot be told on") {
    asio::io_context loop;
    ScriptedUpstream upstream(loop, [](const std::string&) {
      return Reply{.body = "{}",
                   .headers = "x-request-id: 7f\r\nSet-Cookie: a=b\r\nX-RateLimit-Limit: " +
                              std::string(300, '9') + "\r\nRateLimit-Reset: 1\t2\r\n"};
    });
    Client::Options options;
    options.base_url = upstream.url();
    options.kept_headers = {
        "X-Request-Id", "X-RateLimit-Limit", "RateLimit-Reset", "RateLimit-Policy"};
    const auto client = Client::make(loop.get_executor(), std::move(options), Log());
    REQUIRE(client);
    const auto answer = get(loop, **client, "/");
    REQUIRE(answer);
    CHECK(answer->kept_headers == "X-Request-Id: 7f\r\n");
  }

  TEST_CASE("a date to wait until is told in seconds") {
    asio::io_context loop;
    struct Row {
      std::string header;
      bool is_told;
    };
    const auto in_an_hour = std::chrono::system_clock::now() + 1h;
    const auto date = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT",
                                  fmt::gmtime(std::chrono::system_clock::to_time_t(in_an_hour)));
    for (const auto& row :
         {Row{date, true}, Row{"Wed, 21 Oct 2015 07:28:00 GMT", false}, Row{"soon", false}}) {
      CAPTURE(row.header);
      ScriptedUpstream upstream(loop, [&row](const std::string&) {
        return Reply{.body = "{}", .headers = "Retry-After: " + row.header + "\r\n"};
      });
      Client::Options options;
      options.base_url = upstream.url();
      const auto client = Client::make(loop.get_executor(), std::move(options), Log());
      REQUIRE(client);
      const auto answer = get(loop, **client, "/");
      REQUIRE(answer);
      CHECK(answer->retry_after.empty() == !row.is_told);
      if (!row.is_told) continue;
      CHECK(std::stol(answer->retry_after) > 3500);
      CHECK(std::stol(answer->retry_after) <= 3600);
    }
  }

  TEST_CASE("the key goes to the upstream, and only a right one opens it") {
    const Cmcsim sim({"--key", kKey});
    Bench right(sim.url());
    check_good_quotes(right.get(kThreeQuotes));
    Bench keyless(sim.url(), [](Client::Options& options) { options.secret_headers.clear(); });
    const auto refused = keyless.get(kThreeQuotes);
    REQUIRE(refused);
    CHECK(reading_of(*refused).verdict == Verdict::KeyRefused);
    CHECK(reading_of(*refused).error_code == 1002);
  }

  TEST_CASE("a request that could smuggle something in is not sent") {
    const Cmcsim sim;
    Bench bench(sim.url());
    check_failed(bench.get("/v1\r\nX-Other: 1"), ErrorCode::Invalid);
    check_failed(bench.get("@example.com/"), ErrorCode::Invalid);
    Request request;
    request.target = "/v1/x";
    request.method = "DELETE";
    check_failed(bench.ask(request), ErrorCode::Invalid);
    request.method = "POST";
    request.content_type = "text/plain\r\nX-Other: 1";
    check_failed(bench.ask(request), ErrorCode::Invalid);
    request = {};
    request.target = "/v1";
    for (const char* line : {"X-Other: 1\r\nX-More: 2",
                             "X-Other",
                             "X-Other:",
                             "X-Other: ",
                             "X-Other;",
                             ": 1",
                             "X Other: 1",
                             "X-Other: \xc3\xa4"}) {
      CAPTURE(line);
      request.headers = {line};
      check_failed(bench.ask(request), ErrorCode::Invalid);
    }
    CHECK(Control(sim).stat("connections_accepted") == 1);  // the control's own
  }
}
