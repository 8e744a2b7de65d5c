// The admin client over real sockets.
#include "quotecache/admin_client.hpp"

#include <doctest/doctest.h>

#include "client/canned_server.hpp"
#include "client/documents.hpp"
#include "support/address.hpp"
#include "support/temp_dir.hpp"

namespace quotecache::test {
namespace {

using quotecached::test::ReservedPort;
using quotecached::test::TempDir;

AdminClient client_of(const std::string& server, const std::string& token = "") {
  Options options;
  options.server = server;
  options.token = token;
  options.timeout = std::chrono::seconds(20);
  auto client = AdminClient::make(options);
  REQUIRE(client);
  return *std::move(client);
}

bool holds(const std::string& text, const std::string& wanted) {
  return text.find(wanted) != std::string::npos;
}

}  // namespace

TEST_SUITE("client::AdminClient") {
  TEST_CASE("every document is asked for by its own target, over one connection") {
    const CannedServer server(
        {{"GET /admin/credits", {200, kCredits}},
         {"GET /admin/credits/report?days=30&by=cause", {200, kReportByCause}},
         {"GET /admin/credits/report?days=3660&by=day", {200, kReport}},
         {"GET /admin/credits/report?from=2026-10-05&to=2026-11-02&by=day", {200, kReport}},
         {"GET /admin/credits/report?period=billing&by=asset", {200, kReport}},
         {"GET /admin/credits/report?period=billing_previous&by=asset", {200, kReport}},
         {"GET /admin/credits/calls?limit=5&cursor=a%2Fb%20c", {200, kCalls}},
         {"GET /admin/credits/alerts?limit=50", {200, kAlerts}}});
    AdminClient client = client_of(server.address());
    const auto credits = client.credits();
    REQUIRE(credits);
    CHECK(credits->level == Level::Warning);
    CHECK(credits->document == kCredits);
    const auto report = client.report({30, Grouping::Cause});
    REQUIRE(report);
    CHECK(report->rows.size() == 2);
    CHECK(report->document == kReportByCause);
    CHECK(client.report({3660, Grouping::Day}));
    CHECK(client.report({.by = Grouping::Day, .from = "2026-10-05", .to = "2026-11-02"}));
    for (const auto billing : {BillingMonth::Current, BillingMonth::Previous})
      CHECK(client.report({.by = Grouping::Asset, .billing = billing}));
    const auto calls = client.calls({5, "a/b c"});
    REQUIRE(calls);
    CHECK(calls->next == "1040");
    const auto alerts = client.alerts({});
    REQUIRE(alerts);
    CHECK_FALSE(alerts->next);
    CHECK(server.connections() == 1);
  }

  TEST_CASE("the token is sent as a bearer's, and none when there is none") {
    const CannedServer server({{"GET /admin/credits", {200, kCredits}}});
    AdminClient with = client_of(server.address(), "s3cret-token");
    REQUIRE(with.credits());
    CHECK(holds(server.requests().back(), "\r\nAuthorization: Bearer s3cret-token\r\n"));
    with = client_of(server.address());
    REQUIRE(with.credits());
    CHECK_FALSE(holds(server.requests().back(), "Authorization"));
  }

  TEST_CASE("a Unix socket serves as well as a port") {
    const TempDir dir;
    const CannedServer server({{"GET /admin/credits", {200, kQuietCredits}}}, dir / "daemon.sock");
    AdminClient client = client_of(server.address());
    const auto credits = client.credits();
    REQUIRE(credits);
    CHECK(credits->level == Level::Ok);
  }

  TEST_CASE("a spend mode is ordered with and without a time") {
    const CannedServer server({{"POST /admin/spend-mode", {200, kModeOrder}}});
    AdminClient client = client_of(server.address());
    const auto ordered = client.set_spend_mode(SpendMode::CacheOnly, std::chrono::hours(2));
    REQUIRE(ordered);
    CHECK(ordered->mode == SpendMode::CacheOnly);
    CHECK(ordered->manual_until.has_value());
    CHECK(holds(server.requests().back(), "\r\nContent-Type: application/json\r\n"));
    CHECK(
        server.requests().back().ends_with("\r\n\r\n{\"mode\":\"cache_only\",\"for\":\"7200s\"}"));
    REQUIRE(client.set_spend_mode(SpendMode::Automatic));
    CHECK(server.requests().back().ends_with("\r\n\r\n{\"mode\":\"auto\"}"));
  }

  TEST_CASE("settings are read anew: what changed is told, and all that is wrong") {
    const std::string told =
        R"({"changed":[{"key":"log.level","before":"\"info\"","after":"\"debug\""}],)"
        R"("needs_restart":[{"key":"listen.threads","before":"1","after":"2"}]})";
    {
      const CannedServer server({{"POST /admin/reload", {200, told}}});
      AdminClient client = client_of(server.address());
      const auto report = client.reload();
      REQUIRE(report);
      REQUIRE(report->changed.size() == 1);
      CHECK(report->changed[0].key == "log.level");
      CHECK(report->changed[0].after == "\"debug\"");
      REQUIRE(report->needs_restart.size() == 1);
      CHECK(report->needs_restart[0].key == "listen.threads");
      CHECK(report->document == told);
    }
    const CannedServer server(
        {{"POST /admin/reload",
          {400, R"({"status":400,"detail":"nothing was changed:\nq.toml:1: a\nq.toml:2: b"})"}}});
    AdminClient client = client_of(server.address());
    const auto refused = client.reload();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::Invalid);
    CHECK(holds(refused.error().message, "q.toml:1: a"));
    CHECK(holds(refused.error().message, "q.toml:2: b"));
  }

  TEST_CASE("a GET after a POST is a GET again") {
    const CannedServer server(
        {{"POST /admin/spend-mode", {200, kModeOrder}}, {"GET /admin/credits", {200, kCredits}}});
    AdminClient client = client_of(server.address());
    REQUIRE(client.set_spend_mode(SpendMode::Normal));
    CHECK(client.credits());
  }

  TEST_CASE("every way to fail has its own code") {
    struct Row {
      const char* name;
      CannedAnswer answer;
      ErrorCode code;
      int http_status;
      const char* says;
    };
    const std::string problem = R"({"title":"x","status":401,"detail":"a token is needed"})";
    const std::string oversized(80 * 1024 * 1024, ' ');
    const std::vector<Row> rows{
        {"no token", {401, problem}, ErrorCode::Unauthorized, 401, "401: a token is needed"},
        {"not here", {403, "{}"}, ErrorCode::Unauthorized, 403, "403"},
        {"not there", {404, "<html>"}, ErrorCode::NotFound, 404, "404"},
        {"foreign", {400, "<html>Bad Request</html>"}, ErrorCode::Protocol, 400, "answers 400"},
        {"wrong", {400, R"({"title":"Bad Request"})"}, ErrorCode::Invalid, 400, "Bad Request"},
        {"not now", {503, "{}"}, ErrorCode::Unavailable, 503, "503"},
        {"too often", {429, "{}"}, ErrorCode::RateLimited, 429, "429"},
        {"elsewhere", {302, ""}, ErrorCode::Protocol, 302, "302"},
        {"no JSON", {200, "<html></html>"}, ErrorCode::Protocol, 200, "it is no JSON"},
        {"empty", {200, ""}, ErrorCode::Protocol, 200, "it is no JSON"},
        {"other JSON", {200, "[]"}, ErrorCode::Protocol, 200, "it is not an object"},
        {"a member is missing", {200, "{}"}, ErrorCode::Protocol, 200, "at is missing"},
        {"no HTTP", {200, "SSH-2.0-x\r\n", true}, ErrorCode::Protocol, 0, "no answer from"},
        {"cut short",
         {200, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", true},
         ErrorCode::Protocol,
         0,
         "no answer from"},
        {"hung up", {200, "", true}, ErrorCode::Unavailable, 0, "no answer from"},
        {"too large", {200, oversized}, ErrorCode::Protocol, 0, "no answer from"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      const CannedServer server({{"GET /admin/credits", row.answer}});
      const auto credits = client_of(server.address()).credits();
      REQUIRE_FALSE(credits);
      CHECK(credits.error().code == row.code);
      CHECK(credits.error().http_status == row.http_status);
      CHECK_MESSAGE(holds(credits.error().message, row.says), credits.error().message);
    }
  }

  TEST_CASE("nobody there is Unreachable, silence a Timeout") {
    const ReservedPort port;
    const std::string nobody = "http://127.0.0.1:" + std::to_string(port.number());
    const auto refused = client_of(nobody).credits();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::Unavailable);
    const auto no_socket = client_of("unix:/nonexistent/daemon.sock").credits();
    REQUIRE_FALSE(no_socket);
    CHECK(no_socket.error().code == ErrorCode::Unavailable);
    CHECK(no_socket.error().message.find("No such file or directory") != std::string::npos);

    const CannedServer server({{"GET /admin/credits", {200, "", false, true}}});
    Options options;
    options.server = server.address();
    options.timeout = std::chrono::milliseconds(100);
    const auto silence = AdminClient::make(options)->credits();
    REQUIRE_FALSE(silence);
    CHECK(silence.error().code == ErrorCode::Timeout);
  }

  TEST_CASE("options and arguments that cannot be used are refused before anything is sent") {
    const CannedServer server({});
    Options options;
    options.token = "two\r\nlines";
    CHECK(AdminClient::make(options).error().code == ErrorCode::Invalid);
    options.token = "token";
    options.server = "http://quotes.example:8466";
    CHECK(AdminClient::make(options).error().code == ErrorCode::Invalid);
    options.server = "https://quotes.example";
    CHECK(AdminClient::make(options));
    options.timeout = std::chrono::milliseconds(0);
    CHECK(AdminClient::make(options).error().code == ErrorCode::Invalid);

    AdminClient client = client_of(server.address());
    CHECK(client.report({0, Grouping::Day}).error().code == ErrorCode::Invalid);
    CHECK(client.report({3661, Grouping::Day}).error().code == ErrorCode::Invalid);
    CHECK(client.report({.from = "2026-10-05"}).error().code == ErrorCode::Invalid);
    CHECK(
        client.report({.from = "2026-10-05", .to = "2026-10-06", .billing = BillingMonth::Current})
            .error()
            .code == ErrorCode::Invalid);
    CHECK(client.calls({0, ""}).error().code == ErrorCode::Invalid);
    CHECK(client.alerts({1001, ""}).error().code == ErrorCode::Invalid);
    CHECK(client.set_spend_mode(SpendMode::Automatic, std::chrono::hours(1)).error().code ==
          ErrorCode::Invalid);
    CHECK(client.set_spend_mode(SpendMode::Normal, std::chrono::seconds(0)).error().code ==
          ErrorCode::Invalid);
    CHECK(server.requests().empty());
  }

  TEST_CASE("a proxy in the environment is not told the token") {
    REQUIRE(::setenv("http_proxy", "http://127.0.0.1:9", 1) == 0);
    const CannedServer server({{"GET /admin/credits", {200, kCredits}}});
    CHECK(client_of(server.address(), "token").credits());
    REQUIRE(::unsetenv("http_proxy") == 0);
  }
}

}  // namespace quotecache::test
