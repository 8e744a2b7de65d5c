// The daemon's own endpoint for quotes as a route: who may ask, by which methods, and what its
// answers say of themselves.
#include "daemon.hpp"

using namespace quotecached;
using namespace quotecached::test;

namespace {

bool says(const HttpResponse& response, std::string_view member) {
  return response.body.find(member) != std::string::npos;
}

void post(HttpClient& client, const std::string& body, const std::string& fields) {
  client.send("POST /quotes HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n" + fields + "\r\n" + body);
}

const std::string kForm = "Content-Type: application/x-www-form-urlencoded\r\n";

}  // namespace

TEST_SUITE("routing: /quotes") {
  TEST_CASE(
      "who may ask the provider's paths may ask for quotes, with the token in either header") {
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
        {"/quotes?ids=1", "", 401, "unauthorized"},
        {"/quotes?ids=x", "", 401, "unauthorized"},
        {"/quotes?ids=1", "X-CMC_PRO_API_KEY: wrong\r\n", 401, "unauthorized"},
        {"/quotes?ids=1", "X-CMC_PRO_API_KEY: secret\r\n", 200, ""},
        {"/quotes?ids=1", "Authorization: Bearer secret\r\n", 200, ""},
        {"/quotes?ids=x", "Authorization: bearer secret\r\n", 400, "invalid"},
        {"/quotes?ids=1", "Authorization: Bearer other\r\n", 200, ""},
        {"/quotes?ids=1", "Authorization: Bearer other\r\n", 200, ""},
        {"/quotes?ids=1", "Authorization: Bearer other\r\n", 429, "rate_limited"},
    };
    HttpClient client(daemon.address());
    for (const auto& row : rows) {
      CAPTURE(row.target);
      CAPTURE(row.fields);
      const auto response = client.ask(row.target, row.fields);
      CAPTURE(response.body);
      CHECK(response.status == row.status);
      if (row.status == 200) continue;
      CHECK(response.has("Content-Type: application/problem+json"));
      CHECK(response.has("Cache-Control: no-store"));
      CHECK(says(response, "\"code\":\"" + row.code + "\""));
      CHECK(response.field("Retry-After").empty() == (row.status != 429));
      CHECK(response.field("WWW-Authenticate").empty() == (row.status != 401));
    }
  }

  TEST_CASE("an answer from memory tells its age and its tag, in each format") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    daemon.clock.advance(std::chrono::seconds(7));
    HttpClient client(daemon.address());
    const auto response = client.ask("/quotes?ids=1");
    CHECK(response.status == 200);
    CHECK(says(response, "\"price\":1.1,"));
    CHECK(response.has("Age: 7"));
    CHECK(response.has("Cache-Control: private, max-age=0"));
    CHECK(response.has("Content-Type: application/json; charset=utf-8"));
    CHECK(response.field("Cache-Status").starts_with("quotecached; hit"));
    const auto tag = response.field("ETag");
    REQUIRE_FALSE(tag.empty());
    CHECK(client.ask("/quotes?ids=1", "If-None-Match: " + tag + "\r\n").status == 304);
    client.send("HEAD /quotes?ids=1 HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto head = client.read(false);
    CHECK(head.status == 200);
    CHECK(head.field("ETag") == tag);
    CHECK(head.field("Content-Length") == std::to_string(response.body.size()));
    const auto csv = client.ask("/quotes?ids=1", "Accept: text/csv\r\n");
    CHECK(csv.body.starts_with("id,symbol,name,slug,convert,price,"));
    CHECK(csv.has("Vary: Accept"));
    // The ask is read once, but for another format.
    CHECK(client.ask("/quotes?ids=1").body.starts_with("{"));
  }

  TEST_CASE("a form asks as a query does") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    daemon.seed(2);
    HttpClient client(daemon.address());
    post(client, "ids=2,1", kForm);
    const auto response = client.read();
    CHECK(response.status == 200);
    CHECK(response.body.find("\"id\":2,") < response.body.find("\"id\":1,"));
    post(client, "ids=1&nonsense=1", kForm);
    const auto wrong = client.read();
    CHECK(wrong.status == 400);
    CHECK(says(wrong, "\"field\":\"nonsense\""));
    post(client, "ids=2", "Content-Type: Application/X-WWW-Form-Urlencoded; charset=utf-8\r\n");
    CHECK(client.read().status == 200);
    post(client, "", kForm);
    CHECK(client.read().status == 400);
    HttpClient other(daemon.address());
    post(other, "{}", "Content-Type: application/json\r\n");
    const auto refused = other.read();
    CHECK(refused.status == 400);
    CHECK(says(refused, "\"code\":\"invalid\""));
  }

  TEST_CASE("what is no path or no method of it is refused") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    HttpClient client(daemon.address());
    const auto nowhere = client.ask("/quotes/nowhere");
    CHECK(nowhere.status == 404);
    CHECK(says(nowhere, "\"code\":\"not_found\""));
    client.send("DELETE /quotes?ids=1 HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto refused = client.read();
    CHECK(refused.status == 405);
    CHECK(refused.has("Allow: GET, HEAD, POST"));
  }

  TEST_CASE("is counted under its own label, and in usage as the endpoint that told the rows") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    CHECK(client.ask("/quotes?ids=1").status == 200);
    CHECK(client.ask("/quotes?ids=x").status == 400);
    const auto metrics = client.ask("/metrics").body;
    CHECK(metrics.find("\nquotecached_requests_total{endpoint=\"quotes\",outcome=\"hit\"} 1\n") !=
          std::string::npos);
    CHECK(
        metrics.find("\nquotecached_requests_total{endpoint=\"quotes\",outcome=\"refused\"} 1\n") !=
        std::string::npos);
    const auto usage = daemon.server->usage();
    REQUIRE(usage.size() == 1);
    CHECK(usage.front().endpoint == "v2.quotes");
    CHECK(usage.front().counts.requests == 1);
    CHECK(usage.front().counts.worth == 1);
  }
}
