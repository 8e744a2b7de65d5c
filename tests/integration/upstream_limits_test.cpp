// What the client of the provider does not wait for, nor take: its limits, and how calls end.
#include <functional>
#include <string>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "upstream_bench.hpp"
#include "upstream_checks.hpp"

using namespace quotecached;
using namespace quotecached::test;
using namespace std::chrono_literals;

namespace {

void check_failed_make(const Result<std::unique_ptr<Client>>& made) {
  REQUIRE_FALSE(made);
  CHECK(made.error().code == ErrorCode::Invalid);
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

TEST_SUITE("upstream::Client limits") {
  TEST_CASE("an answer that never comes: Timeout, and the client goes on") {
    const Cmcsim sim;
    Control(sim).fault(R"({"kind":"hang","path":"/v2"})");
    Bench bench(sim.url(), [](Client::Options& options) { options.timeout = 150ms; });
    const auto before = std::chrono::steady_clock::now();
    check_failed(bench.get(kThreeQuotes), ErrorCode::Timeout);
    CHECK(std::chrono::steady_clock::now() - before >= 150ms);
    auto patient = copies(1, kThreeQuotes).front();
    patient.timeout = 10s;
    check_good_quotes(bench.ask(patient));
    CHECK(bench.client->totals().connections_opened == 2);
  }

  TEST_CASE("a call's own timeout goes before the client's") {
    const Cmcsim sim;
    Control(sim).fault(R"({"kind":"hang","path":"/v2"})");
    Bench bench(sim.url(), [](Client::Options& options) { options.timeout = 1h; });
    Request request;
    request.target = kThreeQuotes;
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
    check_failed(bench.get(kThreeQuotes), ErrorCode::Timeout);
  }

  TEST_CASE("an answer cut short is Unavailable, never half an answer") {
    const Cmcsim sim;
    Control control(sim);
    for (const auto* kind : {"reset_before_headers", "reset_after_headers", "truncated_body"}) {
      CAPTURE(kind);
      control.fault(std::string(R"({"kind":")") + kind + R"(","path":"/v2"})");
      Bench fresh(sim.url());
      check_failed(fresh.get(kThreeQuotes), ErrorCode::Unavailable);
      check_good_quotes(fresh.get(kThreeQuotes));
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
      const auto lost = bench.get(kThreeQuotes);
      REQUIRE_FALSE(lost);
      CHECK(lost.error().was_sent);
    }
    const ReservedPort port;
    Bench nobody("http://127.0.0.1:" + std::to_string(port.number()));
    const auto unreached = nobody.get(kThreeQuotes);
    REQUIRE_FALSE(unreached);
    CHECK_FALSE(unreached.error().was_sent);
  }

  TEST_CASE("an answer larger than allowed is refused, announced or unpacked") {
    for (const bool is_packed : {false, true}) {
      CAPTURE(is_packed);
      const Cmcsim sim({"--gzip", is_packed ? "on" : "off"});
      Control(sim).fault(R"({"kind":"oversized_body","bytes":4000000})");
      Bench bench(sim.url(), [](Client::Options& options) { options.max_body = mebibytes(1); });
      check_failed(bench.get(kThreeQuotes), ErrorCode::Invalid);
      check_good_quotes(bench.get(kThreeQuotes));
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
    request.target = kThreeQuotes;
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
    check_good_quotes(bench.get(kThreeQuotes));
  }

  TEST_CASE("a client that goes away fails its calls in flight") {
    const Cmcsim sim;
    Control(sim).fault(R"({"kind":"hang","path":"/v2","count":-1})");
    Bench bench(sim.url(), [](Client::Options& options) { options.timeout = 1h; });
    std::vector<Fetched> results(8, never_ended());
    for (auto& result : results) bench.start(copies(1, kThreeQuotes).front(), result);
    auto unborn = bench.client->fetch(copies(1, kThreeQuotes).front());
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
        asio::co_spawn(loop, client->fetch(copies(1, kThreeQuotes).front()), asio::detached);
      run_until(loop, [&] { return control.stat("calls") >= 1; });
      client.reset();
    }
  }
}
