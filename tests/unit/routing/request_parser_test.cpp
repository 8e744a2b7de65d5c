#include "routing/request_parser.hpp"

#include <doctest/doctest.h>

using namespace quotecached::routing;
using State = RequestParser::State;

namespace {

constexpr std::string_view kKeyHeader = "X-CMC_PRO_API_KEY";

struct Outcome {
  State state = State::NeedMore;
  std::size_t consumed = 0;
};

// Shows the parser `text` in pieces of `step` bytes, as a session does.
Outcome feed(RequestParser& parser, const std::string& text, std::size_t step) {
  static std::string window;  // what the head's views point into
  window.clear();
  window.reserve(text.size());
  Outcome outcome;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size() && outcome.state == State::NeedMore; at += step) {
    window.append(text, at, step);
    std::size_t consumed = 0;
    outcome.state = parser.parse(std::string_view(window).substr(begin), consumed);
    begin += consumed;
  }
  outcome.consumed = begin;
  return outcome;
}

std::string get(const std::string& fields, const std::string& target = "/v1/a") {
  return "GET " + target + " HTTP/1.1\r\n" + fields + "\r\n";
}

}  // namespace

TEST_SUITE("routing::RequestParser") {
  TEST_CASE("reads a head however it is cut") {
    const auto text =
        get("Host: a\r\nx-cmc_pro_api_key: secret\r\nIf-None-Match: \"x\"\r\nAccept: */*\r\n",
            "/v2/x?id=1,2");
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{7}, text.size()}) {
      CAPTURE(step);
      RequestParser parser(RequestLimits{}, kKeyHeader);
      const auto outcome = feed(parser, text, step);
      REQUIRE(outcome.state == State::Complete);
      CHECK(outcome.consumed == text.size());
      CHECK(parser.head().method == Method::Get);
      CHECK(parser.head().target == "/v2/x?id=1,2");
      CHECK(parser.head().api_key == "secret");
      CHECK(parser.head().if_none_match == "\"x\"");
      CHECK(parser.head().keep_alive);
      CHECK_FALSE(parser.head().is_http_1_0);
    }
  }

  TEST_CASE("sees who wants nothing but what is cached") {
    const auto asks = [](const std::string& fields) {
      RequestParser parser(RequestLimits{}, kKeyHeader);
      REQUIRE(feed(parser, get("Host: a\r\n" + fields), 1000).state == State::Complete);
      return parser.head().only_if_cached;
    };
    CHECK(asks("Cache-Control: only-if-cached\r\n"));
    CHECK(asks("cache-control: max-age=0 , Only-If-Cached\r\n"));
    CHECK(asks("Cache-Control: only-if-cached\r\nCache-Control: no-transform\r\n"));
    CHECK_FALSE(asks(""));
    CHECK_FALSE(asks("Cache-Control: no-cache, x-only-if-cached\r\n"));
    CHECK_FALSE(asks("Cache-Control: ,,\r\n"));
  }

  TEST_CASE("leaves the next request alone") {
    RequestParser parser(RequestLimits{}, kKeyHeader);
    const auto one = get("Host: a\r\n");
    std::size_t consumed = 0;
    CHECK(parser.parse(one + one, consumed) == State::Complete);
    CHECK(consumed == one.size());
  }

  TEST_CASE("skips empty lines before a request") {
    RequestParser parser(RequestLimits{}, kKeyHeader);
    const auto outcome = feed(parser, "\r\n\r\n" + get("Host: a\r\n"), 3);
    CHECK(outcome.state == State::Complete);
  }

  TEST_CASE("refuses what is not acceptable, with the status that says why") {
    const std::string filler(16 * 1024, 'a');
    struct Row {
      const char* name;
      std::string text;
      unsigned status;
    };
    const Row rows[] = {
        {"no Host", get(""), 400},
        {"two Hosts", get("Host: a\r\nHost: a\r\n"), 400},
        {"garbage", "\x16\x03\x01 hello\r\n\r\n", 400},
        {"blank in target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"HTTP/2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        {"bare line feeds alone", "GET / HTTP/1.1\nHost: a\n\n", 400},
        {"bare line feed first", "\nGET / HTTP/1.1\r\nHost: a\r\n", 400},
        {"bare line feed in a head without end", "GET / HTTP/1.1\r\nHost: a\nA: b", 400},
        {"bare line feed, then an end of line", "GET / HTTP/1.1\n\r\n", 400},
        {"bare line feed", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
        {"folded line", get("Host: a\r\nX-CMC_PRO_API_KEY: a\r\n b\r\n"), 400},
        {"folded line, nothing before the fold", get("Host: a\r\nX-A:\r\n b\r\n"), 400},
        {"folded line, blanks before the fold", get("Host: a\r\nX-A: \t \r\n\tb\r\n"), 400},
        {"folded line, nothing at all", get("Host: a\r\nX-A:\r\n \r\nB: c\r\n"), 400},
        {"folded line, many lines of nothing", get("Host: a\r\nX-A:\r\n \r\n \r\n b\r\n"), 400},
        {"folded host", get("Host:\r\n a\r\n"), 400},
        {"fold behind the request line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
        {"host that is none", get("Host: a b\r\n"), 400},
        {"host with a path", get("Host: a/b\r\n"), 400},
        {"host with a user", get("Host: u@a\r\n"), 400},
        {"two in one host", get("Host: a, b\r\n"), 400},
        {"port that is none", get("Host: a:http\r\n"), 400},
        {"host that is none, other in the target", get("Host: <a>\r\n", "http://a/v1"), 400},
        {"absolute target with a user", get("Host: a\r\n", "http://u@a/v1"), 400},
        {"absolute target, no Host", get("", "http://a/v1"), 400},
        {"two origins", get("Host: a\r\nOrigin: http://a\r\nOrigin: http://b\r\n"), 400},
        {"blank before colon", get("Host : a\r\n"), 400},
        {"unknown expectation", get("Host: a\r\nExpect: miracle\r\n"), 417},
        {"length and coding",
         "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
         400},
        {"coding and length",
         "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
         400},
        {"two lengths",
         "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
         400},
        {"length that is none", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400},
        {"coding unknown", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
        {"coding in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {"bad chunk",
         "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
         400},
        {"target too long", get("Host: a\r\n", "/" + filler), 414},
        {"target without end", "GET /" + filler + filler, 414},
        {"fields too long", get("Host: a\r\nA: " + filler + "\r\n"), 431},
        {"fields without end", "GET / HTTP/1.1\r\nHost: a\r\nA: " + filler + filler, 431},
        {"body too long", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 413},
    };
    for (const auto& row : rows) {
      for (const std::size_t step : {std::size_t{1}, std::size_t{1000}, row.text.size()}) {
        CAPTURE(std::string(row.name));
        CAPTURE(step);
        RequestParser parser(RequestLimits{}, kKeyHeader);
        const auto outcome = feed(parser, row.text, step);
        CHECK(outcome.state == State::Failed);
        CHECK(parser.status() == row.status);
      }
    }
  }

  TEST_CASE("accepts what just keeps the limits") {
    const RequestLimits limits;
    const auto target = "/" + std::string(limits.target - 1, 'a');
    const std::string field = "Host: a\r\nA: ";
    const auto fields = field + std::string(limits.header - field.size() - 4, 'a') + "\r\n";
    RequestParser parser(limits, kKeyHeader);
    const auto outcome = feed(parser, get(fields, target), 4000);
    REQUIRE(outcome.state == State::Complete);
    CHECK(parser.head().target == target);
  }

  TEST_CASE("knows when the connection is to be kept") {
    struct Row {
      const char* text;
      bool keep_alive;
    };
    const Row rows[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
    };
    for (const auto& row : rows) {
      CAPTURE(row.text);
      RequestParser parser(RequestLimits{}, kKeyHeader);
      REQUIRE(feed(parser, row.text, 5).state == State::Complete);
      CHECK(parser.head().keep_alive == row.keep_alive);
    }
  }

  TEST_CASE("reads targets of every form") {
    struct Row {
      std::string text;
      std::string_view target;
      std::string_view host;
      HostKind kind;
      bool is_absolute;
    };
    const Row rows[] = {
        {get("Host: a:80\r\n", "/v1/x?a=//b"), "/v1/x?a=//b", "a:80", HostKind::Name, false},
        {get("Host: a\r\n", "//v1//x"), "/v1//x", "a", HostKind::Name, false},
        {get("Host: a\r\n", "////v1"), "/v1", "a", HostKind::Name, false},
        {get("Host: b\r\n", "http://A.b:80/v1?x"), "/v1?x", "A.b:80", HostKind::Domain, true},
        {get("Host: b\r\n", "http://127.0.0.1//v1"), "/v1", "127.0.0.1", HostKind::Address, true},
        {get("Host: b\r\n", "HTTPS://a"), "/", "a", HostKind::Name, true},
        {get("Host:\r\n"), "/v1/a", "", HostKind::None, false},
        {"GET / HTTP/1.0\r\n\r\n", "/", "", HostKind::None, false},
        {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "*", "a", HostKind::Name, false},
        {"OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n", "*", "a", HostKind::Name, true},
        {"OPTIONS http://a/a HTTP/1.1\r\nHost: a\r\n\r\n", "/a", "a", HostKind::Name, true},
    };
    RequestParser parser(RequestLimits{}, kKeyHeader);  // one connection: hosts are remembered
    for (const auto& row : rows) {
      CAPTURE(row.text);
      REQUIRE(feed(parser, row.text, row.text.size()).state == State::Complete);
      CHECK(parser.head().target == row.target);
      CHECK(parser.head().host == row.host);
      CHECK(parser.head().host_kind == row.kind);
      CHECK(parser.head().is_absolute == row.is_absolute);
      parser.reset();
    }
  }

  TEST_CASE("notices who asks in whose name") {
    struct Row {
      std::string fields;
      std::string_view origin;
      bool is_cross_site;
      bool is_relayed;
    };
    const Row rows[] = {
        {"", "", false, false},
        {"Origin: http://b\r\n", "http://b", false, false},
        {"Origin:\r\n", "null", false, false},
        {"Sec-Fetch-Site: cross-site\r\n", "", true, false},
        {"sec-fetch-site: Cross-Site\r\n", "", true, false},
        {"Sec-Fetch-Site: cross-site\r\nSec-Fetch-Site: none\r\n", "", true, false},
        {"Sec-Fetch-Site: same-origin\r\n", "", false, false},
        {"X-Forwarded-For: 1.2.3.4\r\n", "", false, true},
        {"x-forwarded-for:\r\n", "", false, true},
        {"Forwarded: for=1.2.3.4\r\n", "", false, true},
        {"Via: 1.1 proxy\r\n", "", false, true},
    };
    for (const auto& row : rows) {
      CAPTURE(row.fields);
      RequestParser parser(RequestLimits{}, kKeyHeader);
      const auto text = get("Host: a\r\n" + row.fields);
      REQUIRE(feed(parser, text, text.size()).state == State::Complete);
      CHECK(parser.head().origin == row.origin);
      CHECK(parser.head().is_cross_site == row.is_cross_site);
      CHECK(parser.head().is_relayed == row.is_relayed);
    }
  }

  TEST_CASE("reads what the request and its trace are called; of two names neither counts") {
    struct Row {
      std::string fields;
      std::string_view id;
      std::string_view trace;
    };
    const Row rows[] = {
        {"", "", ""},
        {"X-Request-Id: a-1\r\ntraceparent: 00-x\r\n", "a-1", "00-x"},
        {"x-request-id: a-1\r\nTraceParent: 00-x\r\n", "a-1", "00-x"},
        {"X-Request-Id:\r\n", "", ""},
        {"X-Request-Id: a\r\nX-Request-Id: a\r\n", ",", ""},
        {"traceparent: a\r\ntraceparent: b\r\ntraceparent: c\r\n", "", ","},
    };
    for (const auto& row : rows) {
      CAPTURE(row.fields);
      RequestParser parser(RequestLimits{}, kKeyHeader);
      const auto text = get("Host: a\r\nUser-Agent: bot\r\n" + row.fields);
      REQUIRE(feed(parser, text, text.size()).state == State::Complete);
      CHECK(parser.head().request_id == row.id);
      CHECK(parser.head().traceparent == row.trace);
      CHECK(parser.head().user_agent == "bot");
    }
  }

  TEST_CASE("keeps the body of a POST and drops that of a GET") {
    struct Row {
      const char* text;
      const char* body;
    };
    const Row rows[] = {
        {"POST /p HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nContent-Length: 5\r\n\r\nhello",
         "hello"},
        {"POST /p HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nTransfer-Encoding: chunked\r\n\r\n"
         "3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: z\r\n\r\n",
         "hello"},
        {"GET /p HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nContent-Length: 5\r\n\r\nhello",
         ""},
    };
    for (const auto& row : rows) {
      const std::string text = row.text;
      for (const std::size_t step : {std::size_t{1}, std::size_t{9}, text.size()}) {
        CAPTURE(text);
        CAPTURE(step);
        RequestParser parser(RequestLimits{}, kKeyHeader);
        const auto outcome = feed(parser, text, step);
        REQUIRE(outcome.state == State::Complete);
        CHECK(outcome.consumed == text.size());
        CHECK(parser.head().target == "/p");
        CHECK(parser.head().content_type == "text/x");
        CHECK(parser.body() == row.body);
      }
    }
  }

  TEST_CASE("takes nothing from a trailer") {
    const std::string text =
        "POST /p HTTP/1.1\r\nHost: a\r\nX-CMC_PRO_API_KEY: mine\r\nTransfer-Encoding: "
        "chunked\r\n\r\n"
        "2\r\nhi\r\n0\r\nX-CMC_PRO_API_KEY: other\r\nAuthorization: Bearer other\r\nHost: b\r\n"
        "Origin: x\r\nIf-None-Match: *\r\n\r\n";
    for (const std::size_t step : {std::size_t{1}, std::size_t{50}, text.size()}) {
      CAPTURE(step);
      RequestParser parser(RequestLimits{}, kKeyHeader);
      REQUIRE(feed(parser, text, step).state == State::Complete);
      CHECK(parser.body() == "hi");
      CHECK(parser.head().api_key == "mine");
      CHECK(parser.head().authorization.empty());
      CHECK(parser.head().if_none_match.empty());
      CHECK(parser.head().origin.empty());
    }
  }

  TEST_CASE("asks for 100 Continue once, and only while the body is awaited") {
    const std::string head =
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    RequestParser parser(RequestLimits{}, kKeyHeader);
    CHECK(feed(parser, head, head.size()).state == State::NeedMore);
    CHECK(parser.take_continue());
    CHECK_FALSE(parser.take_continue());
    std::size_t consumed = 0;
    CHECK(parser.parse("ab", consumed) == State::Complete);
    CHECK(consumed == 2);
  }

  TEST_CASE("starts anew after reset") {
    RequestParser parser(RequestLimits{}, kKeyHeader);
    const auto first = get("Host: a\r\nX-CMC_PRO_API_KEY: k\r\nIf-None-Match: *\r\n");
    REQUIRE(feed(parser, first, first.size()).state == State::Complete);
    parser.reset();
    const auto second = get("Host: a\r\n", "/b");
    REQUIRE(feed(parser, second, 1).state == State::Complete);
    CHECK(parser.head().target == "/b");
    CHECK(parser.head().api_key.empty());
    CHECK(parser.head().if_none_match.empty());
  }

  TEST_CASE("sees which codings are accepted, and that none are when that is said twice") {
    struct Row {
      const char* fields;
      const char* codings;
    };
    for (const Row& row : {Row{"", ""},
                           {"Accept-Encoding: gzip, br;q=0.5\r\n", "gzip, br;q=0.5"},
                           {"accept-encoding:\r\n", ""},
                           {"Accept-Encoding: gzip\r\nAccept-Encoding: br\r\n", ""},
                           {"Accept-Encoding:\r\nAccept-Encoding: br\r\n", ""}}) {
      CAPTURE(row.fields);
      const auto text = get(std::string("Host: a\r\n") + row.fields);
      RequestParser parser(RequestLimits{}, kKeyHeader);
      REQUIRE(feed(parser, text, 1000).state == State::Complete);
      CHECK(parser.head().accept_encoding == row.codings);
      CHECK_FALSE(parser.head().no_transform);
    }
  }

  TEST_CASE("keeps the accepted codings while a body arrives") {
    const std::string text =
        "POST /p HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\nCache-Control: x, No-Transform\r\n"
        "Content-Length: 5\r\n\r\nhello";
    RequestParser parser(RequestLimits{}, kKeyHeader);
    REQUIRE(feed(parser, text, 9).state == State::Complete);
    CHECK(parser.head().accept_encoding == "br");
    CHECK(parser.head().no_transform);
    CHECK_FALSE(parser.head().only_if_cached);
  }

  TEST_CASE("ignores a condition that is given twice") {
    RequestParser parser(RequestLimits{}, kKeyHeader);
    const auto text = get("Host: a\r\nIf-None-Match: \"a\"\r\nIf-None-Match: \"b\"\r\n");
    REQUIRE(feed(parser, text, text.size()).state == State::Complete);
    CHECK(parser.head().if_none_match.empty());
  }
}
