// HTTP as hostile or careless peers send it, byte by byte as written here: framing, sizes, hosts,
// forms of targets, and errors in the middle of a pipeline.
#include <algorithm>

#include "daemon.hpp"

using namespace quotecached;
using namespace quotecached::test;
using namespace std::chrono_literals;

namespace {

const std::string kHost = "Host: a\r\n";

std::string get(const std::string& target, const std::string& fields = kHost) {
  return "GET " + target + " HTTP/1.1\r\n" + fields + "\r\n";
}

std::string live(const std::string& fields) { return get("/health/live", kHost + fields); }

struct Row {
  const char* name;
  std::string text;
  std::vector<int> statuses;  // of all answers, in their order
  bool is_closed;             // by the daemon, after them
};

// All answers until the daemon closes, or until as many have come as are awaited.
void check(const Daemon& daemon, const Row& row, std::size_t step) {
  CAPTURE(std::string(row.name));
  CAPTURE(step);
  HttpClient client(daemon.address());
  for (std::size_t at = 0; at < row.text.size(); at += step)
    client.send(std::string_view(row.text).substr(at, step));
  for (const int status : row.statuses) {
    const auto response = client.read();
    REQUIRE(response.status == status);
    CHECK(response.head.find("\r\nContent-Length: ") != std::string::npos);
  }
  if (row.is_closed) {
    client.finish_sending();
    CHECK(client.is_closed());
    return;
  }
  REQUIRE(client.ask("/health/live").status == 200);  // in step, and with nothing before it
}

void check_all(const std::vector<Row>& rows) {
  Daemon daemon;
  REQUIRE(daemon.server->start());
  daemon.seed(1);
  for (const auto& row : rows) {
    check(daemon, row, row.text.size());
    if (row.text.size() < 2000) check(daemon, row, 7);
  }
  HttpClient client(daemon.address());
  CHECK(client.ask(quotes("1")).status == 200);
}

}  // namespace

TEST_SUITE("http::hostile") {
  TEST_CASE("framing: what may be read in two ways is refused, and nothing is read after it") {
    const std::string smuggled = get("/metrics");
    check_all({
        {"length and chunks",
         "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
         "0\r\n\r\n" +
             smuggled,
         {400},
         true},
        {"chunks and length",
         "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"
         "0\r\n\r\n" +
             smuggled,
         {400},
         true},
        {"two codings", live("Transfer-Encoding: gzip, chunked\r\n") + smuggled, {501}, true},
        {"coding in disguise", live("Transfer-Encoding: xchunked\r\n") + smuggled, {501}, true},
        {"coding twice",
         live("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n") + smuggled,
         {400},
         true},
        {"two lengths", live("Content-Length: 1\r\nContent-Length: 2\r\n") + smuggled, {400}, true},
        {"list of lengths", live("Content-Length: 1, 2\r\n") + smuggled, {400}, true},
        {"negative length", live("Content-Length: -1\r\n") + smuggled, {400}, true},
        {"signed length", live("Content-Length: +1\r\n") + smuggled, {400}, true},
        {"length in hex", live("Content-Length: 0x1\r\n") + smuggled, {400}, true},
        {"length of no digits", live("Content-Length:\r\n") + smuggled, {400}, true},
        {"length past all numbers",
         live("Content-Length: 99999999999999999999999\r\n") + smuggled,
         {400},
         true},
        {"blank before the colon", live("Content-Length : 1\r\n") + smuggled, {400}, true},
        {"name in the line before", live("Content\r\n-Length: 1\r\n") + smuggled, {400}, true},
        {"folded", live("A: b\r\n Content-Length: 9\r\n") + smuggled, {400}, true},
        {"folded with nothing before",
         live("A:\r\n Content-Length: 9\r\n") + smuggled,
         {400},
         true},
        {"bare line feed", "GET /health/live HTTP/1.1\nHost: a\n\n" + smuggled, {400}, true},
        {"bare carriage return", live("A: b\rContent-Length: 9\r\n") + smuggled, {400}, true},
        {"null in a value", live(std::string("A: b\0c\r\n", 8)) + smuggled, {400}, true},
        {"chunk of no size",
         "POST /health/live HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\r\n\r\n",
         {400},
         true},
    });
  }

  TEST_CASE("sizes: each bound is kept, and the one below it is not refused") {
    const auto filler = [](std::size_t size) { return std::string(size, 'a'); };
    check_all({
        {"longest target", get("/" + filler(16 * 1024 - 1)), {404}, false},
        {"longer", get("/" + filler(16 * 1024)), {414}, true},
        {"target without end", "GET /" + filler(40 * 1024), {414}, true},
        {"method without end", filler(40 * 1024), {414}, true},
        {"fields that are too long", live("A: " + filler(16 * 1024) + "\r\n"), {431}, true},
        {"fields without end", "GET / HTTP/1.1\r\nA: " + filler(40 * 1024), {431}, true},
        {"body that is too long",
         "POST /admin/test/clock HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n",
         {413},
         true},
        {"chunks that are too long",
         "POST /admin/test/clock HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
         "chunked\r\n\r\n100001\r\n" +
             filler(0x100001) + "\r\n",
         {413},
         true},
        {"chunk's size without end",
         "POST /admin/test/clock HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
             std::string(100'000, '0'),
         {431},
         true},
    });
  }

  TEST_CASE("hosts: one, well-formed, and ours") {
    check_all({
        {"none", "GET /health/live HTTP/1.1\r\n\r\n", {400}, true},
        {"none, 1.0", "GET /health/live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", {200}, false},
        {"two", live("Host: a\r\n"), {400}, true},
        {"empty", get("/health/live", "Host:\r\n"), {200}, false},
        {"with a blank", get("/health/live", "Host: a b\r\n"), {400}, true},
        {"with a path", get("/health/live", "Host: a/b\r\n"), {400}, true},
        {"with a user", get("/health/live", "Host: a@b\r\n"), {400}, true},
        {"port of letters", get("/health/live", "Host: a:b\r\n"), {400}, true},
        {"half an address", get("/health/live", "Host: [::1\r\n"), {400}, true},
        {"of another", get("/health/live", "Host: evil.example\r\n"), {403}, false},
        {"address", get("/health/live", "Host: 192.0.2.1:80\r\n"), {200}, false},
        {"from a page of another site", live("Sec-Fetch-Site: cross-site\r\n"), {403}, false},
        {"from a script of another site", live("Origin: http://evil.example\r\n"), {403}, false},
    });
  }

  TEST_CASE("forms of targets: ours in any form, nobody else's in none") {
    check_all({
        {"absolute", get("http://127.0.0.1:1/health/live"), {200}, false},
        {"absolute, provider's", get("http://localhost" + quotes("1")), {200}, false},
        {"absolute, another's", get("http://evil.example" + quotes("1")), {421}, false},
        {"absolute, no host", get("http:///health/live"), {421}, false},
        {"absolute, a user", get("http://a@localhost/health/live"), {400}, true},
        {"absolute, no Host field", get("http://localhost/health/live", ""), {400}, true},
        {"absolute, other scheme", get("ftp://localhost/health/live"), {400}, false},
        {"two slashes", get("/" + quotes("1")), {200}, false},
        {"many slashes", get("///" + quotes("1")), {200}, false},
        {"two slashes within", get("/v2//cryptocurrency/quotes/latest?id=1"), {400}, false},
        {"asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", {200}, false},
        {"asterisk, absolute", "OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n", {200}, false},
        {"asterisk, read", get("*"), {400}, false},
        {"authority", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", {400}, false},
        {"climbing", get("/v1/../admin/credits"), {400}, false},
        {"escaped slash", get("/v1/%2e%2e%2fadmin"), {400}, false},
        {"fragment", get("/v1/a#b"), {400}, false},
        {"control byte", get("/v1/\x01"), {400}, true},
        {"other version", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", {505}, true},
        {"no version", "GET /\r\n\r\n", {400}, true},
        {"TLS", "\x16\x03\x01\x02\r\n\r\n", {400}, true},
    });
  }

  TEST_CASE("pipelines: answers in order up to the error, and none after it") {
    const auto one = get(quotes("1"));
    const auto wrong = get(quotes("x"));
    check_all({
        {"refusals do not end it",
         one + wrong + get("/nothing") + one,
         {200, 400, 404, 200},
         false},
        {"a hit, an error, a hit", one + "GARBAGE\r\n\r\n" + one, {200, 400}, true},
        {"a miss, an error, a hit", get(quotes("2")) + "GARBAGE\r\n\r\n" + one, {200, 400}, true},
        {"foreign host in the middle",
         one + get(quotes("1"), "Host: evil.example\r\n") + one,
         {200, 403, 200},
         false},
        {"two hosts in the middle", one + live("Host: b\r\n") + one, {200, 400}, true},
        {"method that takes no body, with one",
         one + "PUT /v1/x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + one,
         {200, 405, 200},
         false},
        {"body of a GET that looks like a request",
         get(quotes("1"), kHost + "Content-Length: " + std::to_string(one.size()) + "\r\n") + one +
             get("/nothing"),
         {200, 404},
         false},
        {"end in the middle",
         one + get(quotes("1"), kHost + "Connection: close\r\n") + one,
         {200, 200},
         true},
        {"empty lines between", one + "\r\n\r\n" + one, {200, 200}, false},
    });
  }
}
