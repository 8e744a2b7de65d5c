#include "routing/response.hpp"

#include <doctest/doctest.h>

#include "routing/date.hpp"
#include "routing/etag.hpp"

using namespace quotecached;
using namespace quotecached::routing;
using namespace std::chrono_literals;

namespace {

proxy::Answer fresh_answer() {
  proxy::Answer answer;
  answer.detail = "memory";
  answer.has_age = true;
  answer.age = 18s;
  answer.max_age = 42s;
  answer.etag = 0x0123456789abcdef;
  answer.pieces = {"{\"a\":", "1}"};
  return answer;
}

ResponseContext context() {
  ResponseContext about;
  about.date = "Sun, 06 Nov 1994 08:49:37 GMT";
  return about;
}

std::string head_of(const proxy::Answer& answer, const ResponseContext& about) {
  std::string out = "before ";
  append_head(out, answer, about);
  REQUIRE(out.starts_with("before "));
  return out.substr(7);
}

bool has(const std::string& head, const std::string& line) {
  return head.find("\r\n" + line + "\r\n") != std::string::npos;
}

}  // namespace

TEST_SUITE("routing::append_head") {
  TEST_CASE("says all that a client and a cache between want to know") {
    CHECK(head_of(fresh_answer(), context()) ==
          "HTTP/1.1 200 OK\r\n"
          "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
          "Content-Type: application/json; charset=utf-8\r\n"
          "Content-Length: 7\r\n"
          "Age: 18\r\n"
          "Cache-Control: private, max-age=60\r\n"
          "ETag: W/\"0123456789abcdef\"\r\n"
          "Cache-Status: quotecached; hit; ttl=42; detail=memory\r\n"
          "Vary: Accept-Encoding\r\n"
          "\r\n");
  }

  TEST_CASE("tells how the client's token stands in its minute") {
    auto about = context();
    about.rate = {100, 42, 17s};
    const auto head = head_of(fresh_answer(), about);
    CHECK(has(head, "RateLimit-Policy: \"minute\";q=100;w=60"));
    CHECK(has(head, "RateLimit: \"minute\";r=42;t=17"));
    CHECK(head_of(fresh_answer(), context()).find("RateLimit") == std::string::npos);
  }

  TEST_CASE("tells what the answer cost and what is left, where that is wanted") {
    auto about = context();
    about.tells_cost = true;
    about.budget_left = 9000;
    auto answer = fresh_answer();
    answer.cost = Credits{2};
    auto head = head_of(answer, about);
    CHECK(has(head, "Quotecached-Credits: 2"));
    CHECK(has(head, "Quotecached-Spend-Mode: normal"));
    CHECK(has(head, "Quotecached-Budget-Left: 9000"));
    about.budget_left = -1;
    CHECK(head_of(answer, about).find("Budget-Left") == std::string::npos);
    CHECK(head_of(answer, context()).find("Quotecached-") == std::string::npos);
  }

  TEST_CASE("tells who of us refused, and counts that as refused unless the daemon fails") {
    proxy::Answer answer;
    answer.http_status = 429;
    answer.outcome = proxy::Outcome::Failed;
    answer.set_refused_by(RefusedBy(Refuser::TokenRate, "a b"));
    CHECK(answer.outcome == proxy::Outcome::Refused);
    CHECK(has(head_of(answer, context()), "Quotecached-Refused-By: token a%20b"));
    answer.outcome = proxy::Outcome::Failed;
    answer.set_refused_by(RefusedBy(Refuser::Ledger));
    CHECK(answer.outcome == proxy::Outcome::Failed);
    CHECK(has(head_of(answer, context()), "Quotecached-Refused-By: ledger"));
    answer.clear();
    CHECK(head_of(answer, context()).find("Refused-By") == std::string::npos);
    fill_problem(answer, 404);
    auto own = context();
    own.is_own = true;
    CHECK(has(head_of(answer, own), "Quotecached-Refused-By: path"));
  }

  TEST_CASE("tells the coding of a body, and has a tag for each") {
    for (const std::string coding : {"gzip", "br", "zstd"}) {
      CAPTURE(coding);
      auto answer = fresh_answer();
      answer.coding = coding;
      auto head = head_of(answer, context());
      CHECK(has(head, "Content-Length: 7\r\nContent-Encoding: " + coding));
      CHECK(has(head, "ETag: W/\"0123456789abcdef-" + coding + "\""));
      CHECK(has(head, "Vary: Accept-Encoding"));
      for (const auto* held : {"W/\"0123456789abcdef\"", "\"0123456789abcdef-br\""}) {
        auto about = context();
        about.if_none_match = held;
        REQUIRE(is_not_modified(answer, about));
        head = head_of(answer, about);
        CHECK(head.starts_with("HTTP/1.1 304 "));
        CHECK(has(head, "ETag: W/\"0123456789abcdef-" + coding + "\""));
        CHECK(has(head, "Vary: Accept-Encoding"));
        CHECK(head.find("Content-Encoding") == std::string::npos);
      }
    }
  }

  TEST_CASE("tells how the answer came about") {
    using proxy::Outcome;
    struct Row {
      Outcome outcome;
      bool has_age;
      std::chrono::seconds max_age;
      const char* detail;
      const char* line;
    };
    const Row rows[] = {
        {Outcome::Hit, true, 5s, "redis", "Cache-Status: quotecached; hit; ttl=5; detail=redis"},
        {Outcome::Stale,
         true,
         -12s,
         "memory",
         "Cache-Status: quotecached; hit; ttl=-12; detail=stale-memory"},
        {Outcome::Stale, true, 0s, "", "Cache-Status: quotecached; hit; ttl=0; detail=stale"},
        {Outcome::Miss,
         true,
         60s,
         "upstream",
         "Cache-Status: quotecached; fwd=miss; stored; ttl=60; detail=upstream"},
        {Outcome::Partial,
         true,
         9s,
         "upstream",
         "Cache-Status: quotecached; fwd=partial; stored; ttl=9; detail=upstream"},
        {Outcome::Forwarded, false, 0s, "", "Cache-Status: quotecached; fwd=bypass"},
        {Outcome::Refused, false, 0s, "", "Cache-Status: quotecached; detail=refused"},
        {Outcome::Failed, false, 0s, "", "Cache-Status: quotecached; fwd=miss; detail=failed"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.line);
      auto answer = fresh_answer();
      answer.outcome = row.outcome;
      answer.has_age = row.has_age;
      answer.max_age = row.max_age;
      answer.detail = row.detail;
      const auto head = head_of(answer, context());
      CAPTURE(head);
      CHECK(has(head, row.line));
      CHECK(has(head, "Warning: 110 - \"Response is Stale\"") == (row.outcome == Outcome::Stale));
      CHECK(has(head, "Cache-Control: no-store") == !row.has_age);
    }
  }

  TEST_CASE("tells that some was fetched, though the rest is stale") {
    auto answer = fresh_answer();
    answer.outcome = proxy::Outcome::Stale;
    answer.has_fetched = true;
    answer.has_age = true;
    answer.max_age = -3s;
    answer.detail = "upstream";
    const auto head = head_of(answer, context());
    CHECK(
        has(head, "Cache-Status: quotecached; fwd=partial; stored; ttl=-3; detail=stale-upstream"));
    CHECK(has(head, "Warning: 110 - \"Response is Stale\""));
  }

  TEST_CASE("tells that upstream was asked in vain, and which assets are stale") {
    auto answer = fresh_answer();
    answer.outcome = proxy::Outcome::Stale;
    answer.has_asked = true;
    answer.has_age = true;
    answer.max_age = -3s;
    answer.detail = "memory";
    auto head = head_of(answer, context());
    CHECK(has(head, "Cache-Status: quotecached; fwd=stale; ttl=-3; detail=stale-memory"));
    CHECK_FALSE(has(head, "Quotecached-Stale"));
    answer.stale_assets = std::string(600, '7');
    head = head_of(answer, context());
    CHECK(has(head, "Quotecached-Stale: " + answer.stale_assets));
  }

  TEST_CASE("tells what the provider sent beside its answer, and not with our own answers") {
    auto answer = fresh_answer();
    CHECK_FALSE(has(head_of(answer, context()), "RateLimit-Limit"));
    answer.provider_headers = "RateLimit-Limit: " + std::string(200, '1') + "\r\n";
    CHECK(has(head_of(answer, context()), "RateLimit-Limit: " + std::string(200, '1')));
    auto own = context();
    own.is_own = true;
    CHECK_FALSE(has(head_of(answer, own), "RateLimit-Limit"));
  }

  TEST_CASE("tells what the request is called, whatever the answer") {
    const auto answer = fresh_answer();
    CHECK_FALSE(has(head_of(answer, context()), "X-Request-Id"));
    auto named = context();
    const std::string id(128, 'a');
    named.request_id = id;
    CHECK(has(head_of(answer, named), "X-Request-Id: " + id));
    named.is_own = true;
    CHECK(has(head_of(answer, named), "X-Request-Id: " + id));
    named.is_stream = true;
    CHECK(has(head_of(answer, named), "X-Request-Id: " + id));
  }

  TEST_CASE("tells the spend mode unless it is normal, and not with our own answers") {
    struct Row {
      pacing::SpendMode mode;
      const char* line;
    };
    const Row rows[] = {
        {pacing::SpendMode::Economise, "Quotecached-Spend-Mode: economise"},
        {pacing::SpendMode::ForegroundOnly, "Quotecached-Spend-Mode: foreground_only"},
        {pacing::SpendMode::CacheOnly, "Quotecached-Spend-Mode: cache_only"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.line);
      auto about = context();
      about.spend_mode = row.mode;
      CHECK(has(head_of(fresh_answer(), about), row.line));
      about.is_own = true;
      CHECK_FALSE(has(head_of(fresh_answer(), about), row.line));
    }
    CHECK(head_of(fresh_answer(), context()).find("Spend-Mode") == std::string::npos);
  }

  TEST_CASE("never gives a stale answer a lifetime") {
    auto answer = fresh_answer();
    answer.outcome = proxy::Outcome::Stale;
    for (const auto left : {-12s, 0s}) {
      answer.max_age = left;
      CHECK(has(head_of(answer, context()), "Cache-Control: private, max-age=0"));
    }
  }

  TEST_CASE("answers 304 without body fields when the client has the data") {
    auto about = context();
    about.if_none_match = "\"zzz\", W/\"0123456789abcdef\"";
    const auto head = head_of(fresh_answer(), about);
    CHECK(head.starts_with("HTTP/1.1 304 Not Modified\r\n"));
    CHECK(head.find("Content-") == std::string::npos);
    CHECK(has(head, "ETag: W/\"0123456789abcdef\""));
    CHECK(has(head, "Age: 18"));
  }

  TEST_CASE("never answers an error with 304") {
    auto about = context();
    about.if_none_match = "*";
    auto answer = fresh_answer();
    answer.http_status = 400;
    CHECK(head_of(answer, about).starts_with("HTTP/1.1 400 Bad Request\r\n"));
    answer = fresh_answer();
    answer.has_age = false;
    CHECK(head_of(answer, about).starts_with("HTTP/1.1 200 OK\r\n"));
  }

  TEST_CASE("says what becomes of the connection") {
    struct Row {
      bool is_http_1_0, keep_alive;
      const char* line;
    };
    const Row rows[] = {{false, true, ""},
                        {false, false, "Connection: close"},
                        {true, true, "Connection: keep-alive"},
                        {true, false, "Connection: close"}};
    for (const auto& row : rows) {
      CAPTURE(row.line);
      auto about = context();
      about.is_http_1_0 = row.is_http_1_0;
      about.keep_alive = row.keep_alive;
      const auto head = head_of(fresh_answer(), about);
      if (*row.line == '\0') {
        CHECK(head.find("Connection:") == std::string::npos);
      } else {
        CHECK(has(head, row.line));
      }
    }
  }

  TEST_CASE("never lets an upstream's content type break a line") {
    auto answer = fresh_answer();
    answer.content_type_storage = "text/html\r\nSet-Cookie: a=b";
    answer.content_type = answer.content_type_storage;
    CHECK(has(head_of(answer, context()), "Content-Type: application/octet-stream"));
  }

  TEST_CASE("lets readers keep an answer of our own that has a tag") {
    auto about = context();
    about.is_own = true;
    const auto head = head_of(fresh_answer(), about);
    CHECK(has(head, "Cache-Control: max-age=42"));
    CHECK(has(head, "ETag: W/\"0123456789abcdef\""));
    CHECK(head.find("Cache-Status") == std::string::npos);
    about.if_none_match = "W/\"0123456789abcdef\"";
    CHECK(head_of(fresh_answer(), about).starts_with("HTTP/1.1 304 "));
  }

  TEST_CASE("keeps our own answers out of caches") {
    auto about = context();
    about.is_own = true;
    about.extra_fields = "Allow: POST\r\n";
    proxy::Answer answer;
    fill_problem(answer, 405, "say \"please\"");
    answer.retry_after = 3s;
    const auto head = head_of(answer, about);
    CHECK(head.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
    CHECK(has(head, "Content-Type: application/problem+json"));
    CHECK(has(head, "Cache-Control: no-store"));
    CHECK(has(head, "Allow: POST"));
    CHECK(has(head, "Retry-After: 3"));
    CHECK(head.find("Cache-Status") == std::string::npos);
    CHECK(answer.body ==
          "{\"type\":\"about:blank\",\"title\":\"Method Not Allowed\",\"status\":405,"
          "\"detail\":\"say \\\"please\\\"\"}\n");
  }
}

TEST_SUITE("routing::ETag") {
  TEST_CASE("matches weakly, in lists, and by star") {
    struct Row {
      const char* condition;
      bool matches;
    };
    const Row rows[] = {
        {"", false},
        {"*", true},
        {" * ", false},
        {"W/\"00000000000000ff\"", true},
        {"\"00000000000000ff\"", true},
        {"\"a\", \"b\" ,W/\"00000000000000ff\"", true},
        {"\"a,\\\", \"00000000000000ff\"", true},
        {"\"00000000000000f\"", false},
        {"00000000000000ff", false},
        {"\"00000000000000ff", false},
        {"\"a\" garbage \"00000000000000ff\"", false},
    };
    for (const auto& row : rows) {
      CAPTURE(row.condition);
      CHECK(matches(row.condition, ETag(0xff).text()) == row.matches);
    }
  }
}

TEST_SUITE("routing::DateText") {
  TEST_CASE("spells dates as HTTP does, and follows the clock") {
    DateText date;
    CHECK(date.at(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(date.at(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(date.at(784111778) == "Sun, 06 Nov 1994 08:49:38 GMT");
    CHECK(date.at(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  }
}
