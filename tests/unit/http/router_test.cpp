#include "routing/router.hpp"

#include "daemon.hpp"

using namespace quotecached;
using namespace quotecached::test;

namespace {

std::string code(const HttpResponse& response) {
  const auto at = response.body.find("\"error_code\":");
  if (at == std::string::npos) return {};
  const auto begin = at + 13;
  return response.body.substr(begin, response.body.find(',', begin) - begin);
}

}  // namespace

TEST_SUITE("routing::Router") {
  TEST_CASE("asks for a token before it looks at parameters") {
    Daemon daemon({}, {{"alice", "secret"}, {"bob", "other", false, 2}});
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    struct Row {
      std::string target;
      std::string fields;
      int status;
      std::string code;
    };
    const Row rows[] = {
        {quotes("1"), "", 401, "1002"},
        {quotes("bad"), "", 401, "1002"},
        {quotes("1"), "X-CMC_PRO_API_KEY: wrong\r\n", 401, "1001"},
        {quotes("1") + "&CMC_PRO_API_KEY=wrong", "", 401, "1001"},
        {"/v9/none", "", 401, "1002"},
        {quotes("bad"), "X-CMC_PRO_API_KEY: secret\r\n", 400, "400"},
        {quotes("1"), "x-cmc_pro_api_key: secret\r\n", 200, "0"},
        {quotes("1") + "&CMC_PRO_API_KEY=secret", "", 200, "0"},
        {quotes("1"), "X-CMC_PRO_API_KEY: other\r\n", 200, "0"},
        {quotes("1"), "X-CMC_PRO_API_KEY: other\r\n", 200, "0"},
        {quotes("1"), "X-CMC_PRO_API_KEY: other\r\n", 429, "1008"},
        {quotes("1"), "X-CMC_PRO_API_KEY: secret\r\n", 200, "0"},
    };
    HttpClient client(daemon.address());
    for (const auto& row : rows) {
      CAPTURE(row.target);
      CAPTURE(row.fields);
      const auto response = client.ask(row.target, row.fields);
      CAPTURE(response.body);
      CHECK(response.status == row.status);
      CHECK(code(response) == row.code);
      CHECK(response.field("Retry-After").empty() == (row.status != 429));
    }
  }

  TEST_CASE("ignores keys when access is open") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    CHECK(client.ask(quotes("1"), "X-CMC_PRO_API_KEY: any\r\n").status == 200);
    CHECK(client.ask(quotes("1") + "&CMC_PRO_API_KEY=any").status == 200);
  }

  TEST_CASE("speaks problem+json outside the provider's paths") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    HttpClient client(daemon.address());
    for (const auto* target :
         {"/index.html", "/favicon.ico", "/health/x", "/healthy", "/metricsx"}) {
      CAPTURE(target);
      const auto response = client.ask(target);
      CHECK(response.status == 404);
      CHECK(response.has("Content-Type: application/problem+json"));
    }
  }

  TEST_CASE("tells at / what it is and which routes there are, to anyone") {
    Daemon daemon({}, {{"alice", "secret-of-alice"}});
    REQUIRE(daemon.server->start());
    HttpClient client(daemon.address());
    for (const auto* target : {"/", "/?x=1"}) {
      CAPTURE(target);
      const auto page = client.ask(target);
      CAPTURE(page.body);
      CHECK(page.status == 200);
      CHECK(page.has("Content-Type: text/plain; charset=utf-8"));
      CHECK(page.body.starts_with("quotecached "));
      CHECK(page.body.find("\nGET        /health/live\n") != std::string::npos);
      CHECK(page.body.find("/admin/cache/clear-memory\n") != std::string::npos);
      CHECK(page.body.find("/admin/credits\n") == std::string::npos);  // this daemon has none
      CHECK(page.body.find("alice") == std::string::npos);
    }
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.read(false).status == 200);
    client.send("POST / HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto refused = client.read();
    CHECK(refused.status == 405);
    CHECK(refused.has("Allow: GET, HEAD"));
    REQUIRE(client.ask("/health/live").status == 200);  // an answer is counted before the next
    CHECK(daemon.metric("quotecached_requests_total{endpoint=\"index\",outcome=\"own\"}") == "4");
  }

  TEST_CASE("allows the methods that make sense") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    HttpClient client(daemon.address());
    for (const std::string& target : {quotes("1"), std::string("/metrics")}) {
      for (const auto* method : {"PUT", "DELETE", "POST", "OPTIONS", "WHATEVER"}) {
        CAPTURE(method);
        client.send(std::string(method) + " " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto response = client.read();
        CHECK(response.status == 405);
        CHECK(response.has("Allow: GET, HEAD"));
      }
    }
  }

  TEST_CASE("where tokens are asked for, tells errors and figures to admins alone") {
    Daemon daemon({}, {{"desk", "token", false, 0}, {"boss", "admin", true, 0}});
    daemon.health.publish({{.name = "redis:responseTime",
                            .status = health::Status::Warn,
                            .detail = "down",
                            .observed = 7,
                            .unit = "ms"}},
                          true,
                          {},
                          std::chrono::steady_clock::now());
    REQUIRE(daemon.server->start());
    HttpClient client(daemon.address());
    const auto ask = [&](const std::string& target, const std::string& field) {
      client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n" + field + "\r\n");
      return client.read().body;
    };
    const std::string names =
        R"({"status":"warn","version":"1.2.3","checks":{)"
        R"("redis:responseTime":[{"status":"warn"}],"engine:responseTime":[{"status":"pass"}]}})"
        "\n";
    for (const auto* field : {"", "X-CMC_PRO_API_KEY: token\r\n", "Authorization: Bearer no\r\n"}) {
      CAPTURE(field);
      CHECK(ask("/health", field) == names);
      const auto verbose = ask("/health?verbose", field);
      CHECK(verbose.find("redis:responseTime") != std::string::npos);
      CHECK(verbose.find("down") == std::string::npos);
      CHECK(verbose.find("observed") == std::string::npos);
    }
    const std::string admin = "Authorization: Bearer admin\r\n";
    CHECK(ask("/health", admin).find(R"("output":"down")") != std::string::npos);
    CHECK(ask("/health?verbose", admin).find(R"("observedValue":7)") != std::string::npos);
  }

  TEST_CASE("tells how the daemon is") {
    Daemon daemon;
    daemon.health.publish({{.name = "redis:responseTime",
                            .status = health::Status::Warn,
                            .detail = "down",
                            .observed = 7,
                            .unit = "ms"}},
                          true,
                          {},
                          std::chrono::steady_clock::now());
    REQUIRE(daemon.server->start());
    HttpClient client(daemon.address());
    CHECK(client.ask("/health/live").body == "{\"status\":\"live\"}\n");
    CHECK(client.ask("/health/ready").body == "{\"status\":\"pass\"}\n");
    const auto brief = client.ask("/health");
    CHECK(brief.status == 200);
    CHECK(brief.has("Content-Type: application/health+json"));
    CHECK(brief.has("Cache-Control: no-store"));
    CHECK(brief.body == R"({"status":"warn","version":"1.2.3","checks":{)"
                        R"("redis:responseTime":[{"status":"warn","output":"down"}],)"
                        R"("engine:responseTime":[{"status":"pass"}]}})"
                        "\n");
    CHECK(client.ask("/health?verbose").body.find(R"("observedValue":7,"observedUnit":"ms")") !=
          std::string::npos);
    CHECK(client.ask("/health?x=1").status == 400);
    const auto metrics = client.ask("/metrics");
    CHECK(metrics.has("Content-Type: text/plain; version=0.0.4; charset=utf-8"));
    CHECK(metrics.body.find(
              "\nquotecached_requests_total{endpoint=\"health\",outcome=\"own\"} 5\n") !=
          std::string::npos);
  }

  TEST_CASE("tells the spend mode of now") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    CHECK(client.ask(quotes("1")).field("Quotecached-Spend-Mode").empty());
    daemon.policy.publish(pacing::policy_of(pacing::SpendMode::CacheOnly));
    CHECK(client.ask(quotes("1")).field("Quotecached-Spend-Mode") == "cache_only");
    CHECK(client.ask("/v9/none").field("Quotecached-Spend-Mode") == "cache_only");
    CHECK(client.ask("/health/live").field("Quotecached-Spend-Mode").empty());
    daemon.policy.publish(pacing::policy_of(pacing::SpendMode::Normal));
    CHECK(client.ask(quotes("1")).field("Quotecached-Spend-Mode").empty());
  }

  TEST_CASE("is unhealthy while a check fails, and not ready while nothing can be served") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    HttpClient client(daemon.address());
    const auto now = std::chrono::steady_clock::now;
    daemon.health.publish({{.name = "upstream", .status = health::Status::Fail}}, true, {}, now());
    CHECK(client.ask("/health").status == 503);
    CHECK(client.ask("/health/ready").status == 200);
    daemon.health.publish({}, false, {}, now());
    CHECK(client.ask("/health/ready").status == 503);
    daemon.health.publish({}, true, {}, now());
    CHECK(client.ask("/health/ready").status == 200);
    daemon.health.begin_stop();
    const auto stopping = client.ask("/health/ready");
    CHECK(stopping.status == 503);
    CHECK(stopping.body == "{\"status\":\"fail\",\"output\":\"the daemon stops\"}\n");
    CHECK(client.ask("/health/live").status == 200);
  }

  TEST_CASE("lets operators act, with an admin token where tokens are asked for") {
    Daemon daemon({}, {{"alice", "secret"}, {"boss", "admin", true}});
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    struct Row {
      std::string fields;
      int status;
    };
    const Row rows[] = {
        {"", 401},
        {"X-CMC_PRO_API_KEY: secret\r\n", 401},
        {"Authorization: Bearer secret\r\n", 401},
        {"Authorization: Bearer admin\r\nOrigin: http://evil.example\r\n", 403},
        {"Authorization: Bearer admin\r\n", 200},
        {"Authorization: bearer admin\r\n", 200},
        {"Authorization: Basic admin\r\n", 401},
        {"X-CMC_PRO_API_KEY: admin\r\n", 200},
    };
    HttpClient client(daemon.address());
    for (const auto& row : rows) {
      CAPTURE(row.fields);
      client.send("POST /admin/cache/clear-memory HTTP/1.1\r\nHost: a\r\n" + row.fields + "\r\n");
      CHECK(client.read().status == row.status);
      CHECK((daemon.memory.usage().entries == 0) == (row.status == 200));
      daemon.seed(1);
    }
  }

  TEST_CASE("keeps operators' routes from peers that are not on this machine") {
    Daemon daemon({}, {{"boss", "admin", true}});
    routing::Exchange exchange;
    routing::RequestHead head;
    head.method = routing::Method::Post;
    head.target = "/admin/cache/clear-memory";
    head.authorization = "Bearer admin";
    CHECK(daemon.router->route(head, "", false, exchange) == routing::Router::Action::Answered);
    CHECK(exchange.answer.http_status == 403);
    CHECK(daemon.router->route(head, "", true, exchange) == routing::Router::Action::Answered);
    CHECK(exchange.answer.http_status == 200);
  }

  TEST_CASE("refuses operators' requests that came through a proxy") {
    Daemon daemon({}, {{"boss", "admin", true}});
    routing::Exchange exchange;
    routing::RequestHead head;
    head.method = routing::Method::Post;
    head.target = "/admin/cache/clear-memory";
    head.authorization = "Bearer admin";
    head.is_relayed = true;
    CHECK_FALSE(daemon.router->admit(head, true, exchange));
    CHECK(exchange.answer.http_status == 403);
  }

  TEST_CASE("without tokens answers no web page, whatever it asks for") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    for (const std::string& target :
         {quotes("1"), std::string("/metrics"), std::string("/health/live"), std::string("/x")}) {
      for (const std::string& fields : {std::string("Sec-Fetch-Site: cross-site\r\n"),
                                        std::string("Origin: http://evil.example\r\n"),
                                        std::string("Origin: null\r\n")}) {
        CAPTURE(target);
        CAPTURE(fields);
        const auto response = client.ask(target, fields);
        CHECK(response.status == 403);
        CHECK(code(response) == (target == quotes("1") ? "403" : ""));
      }
    }
    client.send("GET " + quotes("1") + " HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    CHECK(client.read().status == 403);
    client.send("GET " + quotes("1") +
                " HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nSec-Fetch-Site: "
                "same-origin\r\n\r\n");
    CHECK(client.read().status == 200);
    CHECK(daemon.metric("quotecached_requests_total{endpoint=\"v2.quotes\",outcome=\"miss\"}") ==
          "0");
  }

  TEST_CASE("with tokens a page that shows one is answered under any host") {
    Daemon daemon({}, {{"alice", "secret"}});
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    client.send("GET " + quotes("1") +
                " HTTP/1.1\r\nHost: quotes.example\r\nOrigin: "
                "http://evil.example\r\nX-CMC_PRO_API_KEY: secret\r\n\r\n");
    CHECK(client.read().status == 200);
  }

  TEST_CASE("takes a POST's body for a media type only") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    HttpClient client(daemon.address());
    const std::string begin =
        "POST /v1/dex/tokens/batch-query HTTP/1.1\r\nHost: a\r\nContent-Type: ";
    for (const auto* type : {"json", "application/json\x80", "a/b/c"}) {
      CAPTURE(type);
      client.send(begin + type + "\r\nContent-Length: 2\r\n\r\n{}");
      const auto response = client.read();
      CHECK(response.status == 400);
      CHECK(code(response) == "\"400\"");  // in the shape of that endpoint
    }
  }

  TEST_CASE("without tokens operators ask by address, so that no page may pose as them") {
    Daemon daemon;
    routing::Exchange exchange;
    routing::RequestHead head;
    head.method = routing::Method::Post;
    head.target = "/admin/cache/clear-memory";
    struct Row {
      const char* host;
      unsigned status;
    };
    const Row rows[] = {{"localhost", 200},
                        {"localhost:8466", 200},
                        {"127.0.0.1:8466", 200},
                        {"[::1]:8466", 200},
                        {"quotecached", 200},
                        {"", 200},
                        {"evil.example", 403},
                        {"127.0.0.1.evil.example:8466", 403}};
    for (const Row& row : rows) {
      CAPTURE(row.host);
      head.host = row.host;
      head.host_kind = routing::parse_authority(row.host)->kind;
      CHECK(daemon.router->route(head, "", true, exchange) == routing::Router::Action::Answered);
      CHECK(exchange.answer.http_status == row.status);
    }
  }

  TEST_CASE("moves the clock so that what was fresh is not") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    CHECK(client.ask(quotes("1")).field("Age") == "0");
    const std::string body = "{\"advance\":\"61s\"}";
    client.send("POST /admin/test/clock HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
    CHECK(client.read().status == 200);
    CHECK(client.ask(quotes("1")).field("Cache-Status").find("; hit; ttl=5") == std::string::npos);
  }
}
