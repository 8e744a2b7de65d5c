// Questions about usage on their way through a server: session, engine and back.
#include <doctest/doctest.h>

#include "daemon.hpp"

using namespace quotecached;
using namespace quotecached::test;

TEST_SUITE("routing::answer_later") {
  TEST_CASE("a report comes from the engine, in its place among other answers") {
    Daemon daemon;
    std::thread::id asked_on;
    daemon.usage = [&](const usage::Question& question) -> Result<std::string> {
      asked_on = std::this_thread::get_id();
      const auto& query = std::get<usage::ReportQuery>(question);
      return "{\"days\":" + std::to_string(query.days) + "}";
    };
    REQUIRE(daemon.server->start());
    HttpClient client(daemon.address());
    client.get("/admin/credits/report?days=30");
    client.get("/health/live");
    client.get("/admin/credits/report?days=31&by=client");
    const auto report = client.read();
    CHECK(report.status == 200);
    CHECK(report.body == "{\"days\":30}\n");
    CHECK(report.has("Cache-Control: no-store"));
    CHECK(report.has("Content-Type: application/json; charset=utf-8"));
    CHECK(client.read().body == "{\"status\":\"live\"}\n");
    CHECK(client.read().body == "{\"days\":31}\n");
    CHECK(asked_on == daemon.engine_thread.get_id());
    CHECK(client.ask("/health/live").status == 200);  // what was answered before is counted now
    CHECK(daemon.metric("quotecached_requests_total{endpoint=\"admin\",outcome=\"own\"}") == "2");
  }

  TEST_CASE("what usage cannot answer is a problem document") {
    Daemon daemon;
    daemon.usage = [](const usage::Question& question) -> Result<std::string> {
      if (std::holds_alternative<usage::ReportQuery>(question))
        return fail(ErrorCode::Timeout, "too slow");
      throw std::runtime_error("a bug");
    };
    REQUIRE(daemon.server->start());
    HttpClient client(daemon.address());
    const auto slow = client.ask("/admin/credits/report");
    CHECK(slow.status == 503);
    CHECK(slow.has("Content-Type: application/problem+json"));
    CHECK(slow.body.find("too slow") != std::string::npos);
    CHECK(client.ask("/admin/credits/calls").status == 500);
    CHECK(client.ask("/admin/credits/calls?limit=x").status == 400);
    client.send("HEAD /admin/credits/report HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.read(false).status == 503);
    CHECK(client.ask("/health/live").status == 200);
  }

  TEST_CASE("usage is for operators only") {
    Daemon daemon({}, {{"alice", "secret"}, {"boss", "admin", true}});
    daemon.usage = [](const usage::Question&) -> Result<std::string> { return "{}"; };
    REQUIRE(daemon.server->start());
    HttpClient client(daemon.address());
    for (const auto* target : {"/admin/credits/report", "/admin/credits/calls"}) {
      CAPTURE(target);
      CHECK(client.ask(target).status == 401);
      CHECK(client.ask(target, "X-CMC_PRO_API_KEY: secret\r\n").status == 401);
      CHECK(client.ask(target, "Authorization: Bearer admin\r\n").status == 200);
    }
  }
}
