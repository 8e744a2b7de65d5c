#include <functional>
#include <string>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>
#include <fmt/chrono.h>

#include "provider/coinmarketcap.hpp"
#include "scripted_upstream.hpp"
#include "upstream_bench.hpp"

using namespace quotecached;
using namespace quotecached::test;
using namespace std::chrono_literals;
using provider::Verdict;

namespace {

constexpr const char* kQuotes = "/v2/cryptocurrency/quotes/latest?id=1,2,3";
constexpr const char* kListing = "/v1/cryptocurrency/listings/latest?limit=200";

std::vector<Request> copies(std::size_t count, const std::string& target) {
  std::vector<Request> requests(count);
  for (auto& request : requests) request.target = target;
  return requests;
}

// What the provider's dialect makes of it.
provider::Reading reading_of(Response answer) {
  return provider::CoinMarketCap().interpret(answer, provider::Asker::Client);
}

void check_good(const Fetched& answer) {
  if (!answer) MESSAGE(answer.error().message);
  REQUIRE(answer);
  CHECK(answer->http_status == 200);
  const auto reading = reading_of(*answer);
  CHECK(reading.verdict == Verdict::Ok);
  CHECK(reading.has_status);
  CHECK(reading.charge.credits == Credits{1});
  CHECK(answer->body.find("\"data\":") != std::string::npos);
}

void check_failed_make(const Result<std::unique_ptr<Client>>& made) {
  REQUIRE_FALSE(made);
  CHECK(made.error().code == ErrorCode::Invalid);
}

void check_failed(const Fetched& answer, ErrorCode code) {
  REQUIRE_FALSE(answer);
  CAPTURE(answer.error().message);
  CHECK(to_string(answer.error().code) == to_string(code));
}

// One call by a client on a loop that an upstream of the test's shares.
Fetched get(asio::io_context& loop, Client& client, const std::string& target) {
  Fetched answer = never_ended();
  bool is_done = false;
  Request request;
  request.target = target;
  const auto call = [&]() -> asio::awaitable<void> {
    answer = co_await client.fetch(std::move(request));
    is_done = true;
  };
  asio::co_spawn(loop, call, asio::detached);
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!is_done && std::chrono::steady_clock::now() < deadline) loop.run_one_for(1s);
  REQUIRE(is_done);
  return answer;
}

// For what the loop itself does not see: asks every 10 ms, for 20 s at most.
void run_until(asio::io_context& loop, const std::function<bool()>& is_true) {
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!is_true() && std::chrono::steady_clock::now() < deadline) {
    loop.restart();
    loop.run_for(10ms);
  }
  REQUIRE(is_true());
}

}  // namespace

TEST_SUITE("upstream::Client connections") {
  TEST_CASE("calls one after the other share one connection") {
    const Cmcsim sim;
    Bench bench(sim.url());
    for (int i = 0; i < 10; ++i) check_good(bench.get(kQuotes));
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
    for (const auto& answer : bench.ask_all(copies(5, kQuotes))) check_good(answer);
    CHECK(bench.client->totals().connections_opened == 5);
    for (const auto& answer : bench.ask_all(copies(12, kQuotes))) check_good(answer);
    CHECK(bench.client->totals().connections_opened == 5);
    CHECK(bench.client->totals().reused == 12);
    CHECK(Control(sim).stat("connections_max") == 6);
  }

  TEST_CASE("a connection closed while idle is not noticed by anybody") {
    const Cmcsim sim;
    Bench bench(sim.url());
    Control control(sim);
    control.fault(R"({"kind":"close_keepalive","path":"/v2"})");
    check_good(bench.get(kQuotes));
    // Its end must have come in before the next call.
    for (int i = 0; i < 1000 && control.stat("connections_open") > 1; ++i) bench.loop.run_for(10ms);
    check_good(bench.get(kQuotes));
    CHECK(bench.client->totals().connections_opened == 2);
  }

  TEST_CASE("what is lost with a kept connection is not sent again behind the caller's back") {
    for (const auto* method : {"GET", "POST"}) {
      CAPTURE(method);
      const Cmcsim sim;
      Bench bench(sim.url());
      Control control(sim);
      check_good(bench.get(kQuotes));
      const auto before = control.stat("calls");
      control.fault(R"({"kind":"reset_before_headers","path":"/v2","count":1})");
      Request request;
      request.target = kQuotes;
      request.method = method;
      request.content_type = "application/json";
      const auto lost = bench.ask(std::move(request));
      REQUIRE_FALSE(lost);
      CHECK(lost.error().code == ErrorCode::Unavailable);
      CHECK(lost.error().was_sent);  // so that it is booked
      CHECK(control.stat("calls") == before + 1);
      check_good(bench.get(kQuotes));
    }
  }

  TEST_CASE("nobody listens: Unavailable") {
    const ReservedPort port;
    Bench bench("http://127.0.0.1:" + std::to_string(port.number()));
    check_failed(bench.get(kQuotes), ErrorCode::Unavailable);
    CHECK(bench.client->totals().calls == 1);
    CHECK(bench.log().find("upstream call failed path=/v2/cryptocurrency/quotes/latest error=") !=
          std::string::npos);
  }

  TEST_CASE("a proxy is used only when the options name one") {
    const Cmcsim sim;
    const ReservedPort port;
    const std::string nobody = "http://127.0.0.1:" + std::to_string(port.number());
    setenv("http_proxy", nobody.c_str(), 1);
    Bench direct(sim.url());
    check_good(direct.get(kQuotes));
    unsetenv("http_proxy");
    Bench proxied(sim.url(), [&](Client::Options& options) { options.proxy = nobody; });
    check_failed(proxied.get(kQuotes), ErrorCode::Unavailable);
  }
}

TEST_SUITE("upstream::Client answers") {
  TEST_CASE("a compressed answer arrives as it was before") {
    const Cmcsim sim;
    Control control(sim);
    control.settings(R"({"tick":31536000})");  // both answers tell the same prices
    Bench bench(sim.url());
    const auto packed = bench.get(kListing);
    check_good(packed);
    control.settings(R"({"gzip":false})");
    const auto plain = bench.get(kListing);
    check_good(plain);
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
      const auto answer = bench.get(kQuotes);
      REQUIRE(answer);
      CHECK(answer->http_status == row.http_status);
      const auto reading = reading_of(*answer);
      CHECK(to_string(reading.verdict) == to_string(row.verdict));
      CHECK(reading.error_code == row.error_code);
      CHECK_FALSE(answer->body.empty());
    }
    check_good(bench.get(kQuotes));
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
    check_good(right.get(kQuotes));
    Bench keyless(sim.url(), [](Client::Options& options) { options.secret_headers.clear(); });
    const auto refused = keyless.get(kQuotes);
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

TEST_SUITE("upstream::Client limits") {
  TEST_CASE("an answer that never comes: Timeout, and the client goes on") {
    const Cmcsim sim;
    Control(sim).fault(R"({"kind":"hang","path":"/v2"})");
    Bench bench(sim.url(), [](Client::Options& options) { options.timeout = 150ms; });
    const auto before = std::chrono::steady_clock::now();
    check_failed(bench.get(kQuotes), ErrorCode::Timeout);
    CHECK(std::chrono::steady_clock::now() - before >= 150ms);
    auto patient = copies(1, kQuotes).front();
    patient.timeout = 10s;
    check_good(bench.ask(patient));
    CHECK(bench.client->totals().connections_opened == 2);
  }

  TEST_CASE("a call's own timeout goes before the client's") {
    const Cmcsim sim;
    Control(sim).fault(R"({"kind":"hang","path":"/v2"})");
    Bench bench(sim.url(), [](Client::Options& options) { options.timeout = 1h; });
    Request request;
    request.target = kQuotes;
    request.timeout = 100ms;
    check_failed(bench.ask(request), ErrorCode::Timeout);
  }

  TEST_CASE("an answer that stops in the middle is given up before the whole timeout") {
    const Cmcsim sim;
    Control(sim).fault(R"({"kind":"slow_body","ms":15000,"bytes":100})");
    Bench bench(sim.url(), [](Client::Options& options) {
      options.timeout = 1h;
      options.stall_timeout = 1s;
    });
    check_failed(bench.get(kQuotes), ErrorCode::Timeout);
  }

  TEST_CASE("an answer cut short is Unavailable, never half an answer") {
    const Cmcsim sim;
    Control control(sim);
    for (const auto* kind : {"reset_before_headers", "reset_after_headers", "truncated_body"}) {
      CAPTURE(kind);
      control.fault(std::string(R"({"kind":")") + kind + R"(","path":"/v2"})");
      Bench fresh(sim.url());
      check_failed(fresh.get(kQuotes), ErrorCode::Unavailable);
      check_good(fresh.get(kQuotes));
    }
  }

  TEST_CASE("a failure tells whether the request was sent, and so may have been billed") {
    const Cmcsim sim;
    Control control(sim);
    for (const auto* kind :
         {"hang", "reset_before_headers", "reset_after_headers", "truncated_body"}) {
      CAPTURE(kind);
      control.fault(std::string(R"({"kind":")") + kind + R"(","path":"/v2"})");
      Bench bench(sim.url(), [](Client::Options& options) { options.timeout = 2s; });
      const auto lost = bench.get(kQuotes);
      REQUIRE_FALSE(lost);
      CHECK(lost.error().was_sent);
    }
    const ReservedPort port;
    Bench nobody("http://127.0.0.1:" + std::to_string(port.number()));
    const auto unreached = nobody.get(kQuotes);
    REQUIRE_FALSE(unreached);
    CHECK_FALSE(unreached.error().was_sent);
  }

  TEST_CASE("an answer larger than allowed is refused, announced or unpacked") {
    for (const bool is_packed : {false, true}) {
      CAPTURE(is_packed);
      const Cmcsim sim({"--gzip", is_packed ? "on" : "off"});
      Control(sim).fault(R"({"kind":"oversized_body","bytes":4000000})");
      Bench bench(sim.url(), [](Client::Options& options) { options.max_body = mebibytes(1); });
      check_failed(bench.get(kQuotes), ErrorCode::Invalid);
      check_good(bench.get(kQuotes));
    }
  }

  TEST_CASE("settings that would mean nothing are refused") {
    asio::io_context loop;
    const auto make = [&loop](const std::function<void(Client::Options&)>& spoil) {
      Client::Options options;
      options.base_url = "https://localhost";
      spoil(options);
      return Client::make(loop.get_executor(), options, Log());
    };
    CHECK(make([](Client::Options&) {}));
    check_failed_make(make([](auto& o) { o.base_url = "http://example.com"; }));
    check_failed_make(make([](auto& o) { o.secret_headers = {"X-Key: a\r\nX: b"}; }));
    check_failed_make(make([](auto& o) { o.max_connections = 0; }));
    check_failed_make(make([](auto& o) { o.timeout = 0ms; }));
    check_failed_make(make([](auto& o) { o.stall_timeout = 0s; }));
    check_failed_make(make([](auto& o) { o.max_body = Bytes{0}; }));
  }
}

TEST_SUITE("upstream::Client endings") {
  TEST_CASE("a cancelled call ends at once and leaves the client whole") {
    const Cmcsim sim;
    Control control(sim);
    control.fault(R"({"kind":"hang","path":"/v2"})");
    Bench bench(sim.url(), [](Client::Options& options) { options.timeout = 1h; });
    asio::cancellation_signal signal;
    bool is_over = false;
    Request request;
    request.target = kQuotes;
    asio::co_spawn(
        bench.loop,
        bench.client->fetch(request),
        asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, Fetched got) {
          is_over = true;
          check_failed(got, ErrorCode::Unavailable);
        }));
    const auto calls = control.stat("calls");
    run_until(bench.loop, [&] { return control.stat("calls") == calls + 1; });
    signal.emit(asio::cancellation_type::terminal);
    bench.run_until([&] { return is_over; });
    check_good(bench.get(kQuotes));
  }

  TEST_CASE("a client that goes away fails its calls in flight") {
    const Cmcsim sim;
    Control(sim).fault(R"({"kind":"hang","path":"/v2","count":-1})");
    Bench bench(sim.url(), [](Client::Options& options) { options.timeout = 1h; });
    std::vector<Fetched> results(8, never_ended());
    for (auto& result : results) bench.start(copies(1, kQuotes).front(), result);
    auto unborn = bench.client->fetch(copies(1, kQuotes).front());
    bench.loop.run_for(50ms);
    bench.client.reset();
    bench.finish();
    for (const auto& result : results) check_failed(result, ErrorCode::Unavailable);
    bool is_over = false;
    asio::co_spawn(bench.loop, std::move(unborn), [&](std::exception_ptr, Fetched got) {
      is_over = true;
      check_failed(got, ErrorCode::Unavailable);
    });
    bench.run_until([&] { return is_over; });
  }

  TEST_CASE("a loop that goes away first takes its calls along") {
    const Cmcsim sim;
    Control control(sim);
    control.fault(R"({"kind":"hang","path":"/v2","count":-1})");
    Client::Options options;
    options.base_url = sim.url();
    std::unique_ptr<Client> client;
    {
      asio::io_context loop;
      auto made = Client::make(loop.get_executor(), options, Log());
      REQUIRE(made);
      client = std::move(*made);
      for (int i = 0; i < 3; ++i)
        asio::co_spawn(loop, client->fetch(copies(1, kQuotes).front()), asio::detached);
      run_until(loop, [&] { return control.stat("calls") >= 1; });
      client.reset();
    }
  }
}

TEST_SUITE("upstream::Client TLS") {
  TEST_CASE("an authority that is known is believed") {
    const Certificate certificate;
    const Cmcsim sim(certificate, "127.0.0.1");
    Bench bench(sim.tls_url(), [&](Client::Options& o) { o.ca_file = certificate.ca(); });
    for (int i = 0; i < 3; ++i) check_good(bench.get(kQuotes));
    CHECK(bench.client->totals().connections_opened == 1);
  }

  TEST_CASE("anyone else is not") {
    const Certificate certificate;
    const Certificate stranger;
    const Cmcsim sim(certificate, "127.0.0.1");
    Bench system(sim.tls_url());
    check_failed(system.get(kQuotes), ErrorCode::Unavailable);
    Bench other(sim.tls_url(), [&](Client::Options& o) { o.ca_file = stranger.ca(); });
    check_failed(other.get(kQuotes), ErrorCode::Unavailable);
    Bench missing(sim.tls_url(), [&](Client::Options& o) { o.ca_file = stranger.ca() + ".no"; });
    check_failed(missing.get(kQuotes), ErrorCode::Unavailable);
    const Cmcsim misplaced(certificate, "127.0.0.2");
    Bench wrong_name(misplaced.tls_url(),
                     [&](Client::Options& o) { o.ca_file = certificate.ca(); });
    check_failed(wrong_name.get(kQuotes), ErrorCode::Unavailable);
  }

  TEST_CASE("over HTTP/2 one connection carries all calls at once") {
    const Certificate certificate;
    const Cmcsim sim({"--latency", "30"});
    const Nginx nginx(certificate, sim.url());
    Bench bench(nginx.url(), [&](Client::Options& o) { o.ca_file = certificate.ca(); });
    for (const auto& answer : bench.ask_all(copies(20, kQuotes))) check_good(answer);
    check_good(bench.get(kListing));
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
