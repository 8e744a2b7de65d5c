#include "http/session.hpp"

#include "daemon.hpp"

using namespace quotecached;
using namespace quotecached::test;
using namespace std::chrono_literals;

namespace {

http::Server::Options quick(http::SessionTimeouts timeouts) {
  http::Server::Options options;
  options.timeouts = timeouts;
  return options;
}

// Eight megabytes, more than sockets take, in assets from `first` on. Returns their target.
constexpr std::size_t kLargeBody = 8'000'000;

std::string seed_large(Daemon& daemon, int first) {
  std::string ids;
  for (int id = first; id < first + 8; ++id) {
    daemon.seed(id, kLargeBody / 8);
    ids += (id > first ? "," : "") + std::to_string(id);
  }
  return quotes(ids);
}

}  // namespace

TEST_SUITE("http::Session") {
  TEST_CASE("answers pipelined requests in order, whether they hit or not") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    for (int id = 1; id <= 40; id += 2) daemon.seed(id);
    std::string requests;
    for (int id = 1; id <= 200; ++id)
      requests += "GET " + quotes(std::to_string(id % 40 + 1)) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    HttpClient client(daemon.address());
    client.send(requests);
    for (int id = 1; id <= 200; ++id) {
      CAPTURE(id);
      const auto response = client.read();
      REQUIRE(response.status == 200);
      const auto price = "\"price\":1." + std::to_string(id % 40 + 1) + "}";
      REQUIRE(response.body.find(price) != std::string::npos);
    }
  }

  TEST_CASE("reads a request byte by byte") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    const auto request = "GET " + quotes("1") + " HTTP/1.1\r\nHost: a\r\n\r\n";
    for (const char c : request) client.send({&c, 1});
    CHECK(client.read().status == 200);
  }

  TEST_CASE("answers HEAD with the head alone") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    for (const auto* id : {"1", "2"}) {  // a hit and a miss
      client.send("HEAD " + quotes(id) + " HTTP/1.1\r\nHost: a\r\n\r\n");
      const auto head = client.read(false);
      const auto body = client.ask(quotes(id)).body;
      CHECK(head.status == 200);
      CHECK(std::stoul(head.field("Content-Length")) == body.size());
    }
  }

  TEST_CASE("answers 304 while the data is the same") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    const auto etag = client.ask(quotes("1")).field("ETag");
    REQUIRE(etag.starts_with("W/\""));
    const auto same = client.ask(quotes("1"), "If-None-Match: " + etag + "\r\n");
    CHECK(same.status == 304);
    CHECK(same.field("ETag") == etag);
    const auto other = client.ask(quotes("1"), "If-None-Match: \"x\"\r\n");
    CHECK(other.status == 200);
    CHECK_FALSE(other.body.empty());
  }

  TEST_CASE("answers what is no request, and closes") {
    struct Row {
      const char* name;
      std::string text;
      int status;
      bool is_providers = false;  // answered as the provider would
    };
    const std::string filler(20000, 'a');
    const Row rows[] = {
        {"long target of the provider's", "GET /v1/" + filler + " HTTP/1.1\r\n\r\n", 414, true},
        {"long target without end", "GET /v2/x?id=" + filler + filler, 414, true},
        {"long fields to the provider", "GET /v1/x HTTP/1.1\r\nA: " + filler + filler, 431, true},
        {"no host", "GET /v1/x HTTP/1.1\r\n\r\n", 400},
        {"long target", "GET /" + std::string(20000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
        {"long fields",
         "GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(20000, 'a') + "\r\n\r\n",
         431},
        {"long body",
         "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n" + std::string(500000, 'b'),
         413},
        {"endless chunk header",
         "POST /admin/test/clock HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
             std::string(100000, 'x'),
         431},
    };
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    for (const auto& row : rows) {
      CAPTURE(std::string(row.name));
      HttpClient client(daemon.address());
      client.get(quotes("1"));
      client.send(row.text);
      CHECK(client.read().status == 200);  // what came before is answered
      const auto response = client.read();
      CHECK(response.status == row.status);
      CHECK(response.has("Connection: close"));
      CHECK(response.has("Content-Type: application/problem+json") != row.is_providers);
      const auto code = "\"error_code\":" + std::to_string(row.status);
      CHECK((response.body.find(code) != std::string::npos) == row.is_providers);
      client.finish_sending();
      CHECK(client.is_closed());
    }
  }

  TEST_CASE("says 100 Continue before a body, and goes on after it") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    client.get(quotes("1"), "Expect: 100-continue\r\nContent-Length: 3\r\n");
    CHECK(client.read().status == 100);
    client.send("abcGET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.read().status == 200);
    CHECK(client.read().body == "{\"status\":\"live\"}\n");
  }

  TEST_CASE("takes no body from who may not make the request") {
    struct Row {
      std::string line;
      std::string fields;
      int status;
    };
    const Row rows[] = {
        {"POST " + quotes("1"), "", 401},
        {"POST " + quotes("1"), "X-CMC_PRO_API_KEY: wrong\r\n", 401},
        {"POST " + quotes("1"), "X-CMC_PRO_API_KEY: secret\r\n", 405},
        {"GET " + quotes("1"), "", 401},
        {"POST /metrics", "", 405},
        {"POST /nothing", "", 404},
        {"POST /admin/cache/clear-memory", "", 401},
        {"POST /admin/nothing", "X-CMC_PRO_API_KEY: admin\r\n", 404},
    };
    Daemon daemon({}, {{"alice", "secret"}, {"boss", "admin", true}});
    REQUIRE(daemon.server->start());
    for (const auto& row : rows) {
      for (const std::string& framing :
           {std::string("Content-Length: 1000000\r\n"),
            std::string("Transfer-Encoding: chunked\r\n"),
            std::string("Content-Length: 9\r\nExpect: 100-continue\r\n")}) {
        CAPTURE(row.line);
        CAPTURE(row.fields);
        CAPTURE(framing);
        HttpClient client(daemon.address());
        client.send(row.line + " HTTP/1.1\r\nHost: a\r\n" + row.fields + framing + "\r\n");
        const auto response = client.read();  // though not a byte of the body was sent
        CHECK(response.status == row.status);
        CHECK(response.has("Connection: close"));
        client.finish_sending();
        CHECK(client.is_closed());
      }
    }
  }

  TEST_CASE("counts a request with a body once against its token's minute") {
    Daemon daemon({}, {{"boss", "admin", true}, {"bob", "other", false, 2}});
    const auto now = daemon.clock.now();
    if (std::chrono::ceil<std::chrono::minutes>(now) - now < 10s) daemon.clock.advance(10s);
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    for (const int status : {200, 200, 429}) {
      client.get(quotes("1"), "X-CMC_PRO_API_KEY: other\r\nContent-Length: 3\r\n");
      if (status == 429) {
        CHECK(client.read().status == status);
        break;
      }
      client.send("abc");
      CHECK(client.read().status == status);
    }
  }

  TEST_CASE("bounds the bodies of all together") {
    http::Server::Options options;
    options.max_bodies = 100'000;
    Daemon daemon(options);
    REQUIRE(daemon.server->start());
    const std::string head =
        "POST /admin/test/clock HTTP/1.1\r\nHost: a\r\nContent-Length: 80000\r\n\r\n";
    HttpClient first(daemon.address());
    first.send(head + std::string(60'000, ' '));
    HttpClient other(daemon.address());
    while (std::stoul(daemon.metric("quotecached_http_body_bytes")) < 60'000)
      REQUIRE(other.ask("/health/live").status == 200);
    HttpClient second(daemon.address());
    second.send(head + std::string(60'000, ' '));
    const auto refused = second.read();
    CHECK(refused.status == 503);
    CHECK(refused.has("Retry-After: 1"));
    first.send(std::string(20'000, ' '));
    CHECK(first.read().status == 400);  // it was read, and is no order
    REQUIRE(other.ask("/health/live").status == 200);
    CHECK(daemon.metric("quotecached_http_body_bytes") == "0");
    CHECK(daemon.metric("quotecached_http_bodies_refused_total") == "1");
    CHECK(daemon.metric("quotecached_requests_total{endpoint=\"other\",outcome=\"shed\"}") == "1");
  }

  TEST_CASE("keeps or closes the connection as asked") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient closing(daemon.address());
    CHECK(closing.ask(quotes("1"), "Connection: close\r\n").has("Connection: close"));
    closing.finish_sending();
    CHECK(closing.is_closed());
    HttpClient old(daemon.address());
    old.send("GET " + quotes("1") + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(old.read().has("Connection: keep-alive"));
    old.send("GET " + quotes("1") + " HTTP/1.0\r\n\r\n");
    CHECK(old.read().has("Connection: close"));
    old.finish_sending();
    CHECK(old.is_closed());
  }

  TEST_CASE("answers a client that has sent all it will") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    client.get(quotes("1"));
    client.get(quotes("2"));
    client.finish_sending();
    CHECK(client.read().status == 200);
    CHECK(client.read().status == 200);
    CHECK(client.is_closed());
  }

  TEST_CASE("is not held up by another that reads slowly, and loses no byte to it") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    std::string ids;
    for (int id = 1; id <= 90; ++id) {
      daemon.seed(id, 10000);
      ids += (id > 1 ? "," : "") + std::to_string(id);
    }
    HttpClient slow(daemon.address(), 4096);
    constexpr int kRequests = 12;
    for (int i = 0; i < kRequests; ++i) slow.get(quotes(ids));
    HttpClient other(daemon.address());
    for (int i = 0; i < 50; ++i) REQUIRE(other.ask(quotes("1")).status == 200);
    for (int i = 0; i < kRequests; ++i) {
      const auto response = slow.read();
      REQUIRE(response.status == 200);
      REQUIRE(response.body.size() > 900000);
      CHECK(response.body.find("\"price\":1.90}") != std::string::npos);
      CHECK(response.body.ends_with("}}"));
    }
  }

  TEST_CASE("gives up a client that takes nothing") {
    http::SessionTimeouts timeouts;
    timeouts.write = 200ms;
    Daemon daemon(quick(timeouts));
    REQUIRE(daemon.server->start());
    std::string ids;
    for (int id = 1; id <= 90; ++id) {
      daemon.seed(id, 10000);
      ids += (id > 1 ? "," : "") + std::to_string(id);
    }
    HttpClient client(daemon.address(), 4096);
    constexpr std::size_t kRequests = 20;
    for (std::size_t i = 0; i < kRequests; ++i) client.get(quotes(ids));
    HttpClient other(daemon.address());
    while (daemon.metric("quotecached_http_connections_timed_out_total") == "0")
      REQUIRE(other.ask("/health/live").status == 200);
    while (client.fill()) {
    }
    CHECK(client.received < kRequests * 900000);
  }

  TEST_CASE("bounds what all slow readers hold, and cuts off the slowest") {
    constexpr std::size_t kBody = kLargeBody;
    http::Server::Options options;
    options.max_output = 3 * kBody + kBody / 2;
    Daemon daemon(options);
    REQUIRE(daemon.server->start());
    std::vector<HttpClient> readers(6);
    HttpClient other(daemon.address());
    for (std::size_t i = 0; i < readers.size(); ++i) {
      const auto target = seed_large(daemon, 8 * static_cast<int>(i) + 2);
      readers[i].prepare(daemon.address(), 4096);
      readers[i].connect();
      readers[i].get(target);
      REQUIRE(readers[i].is_readable(10s));
      daemon.memory.clear();
    }
    while (daemon.metric("quotecached_http_readers_cut_off_total") == "0")
      REQUIRE(other.ask("/health/live").status == 200);
    CHECK(std::stoul(daemon.metric("quotecached_http_waiting_output_bytes")) <= options.max_output);
    std::size_t whole = 0;
    for (auto& reader : readers) {
      while (reader.received < kBody && reader.fill()) {
      }
      if (reader.received >= kBody) ++whole;
    }
    CHECK(whole >= 2);
    CHECK(whole <= 3);
    while (daemon.metric("quotecached_http_waiting_output_bytes") != "0")
      REQUIRE(other.ask("/health/live").status == 200);
  }

  TEST_CASE("slow readers of one body are not cut off: it is held once") {
    http::Server::Options options;
    options.max_output = 2 * kLargeBody;
    Daemon daemon(options);
    REQUIRE(daemon.server->start());
    const auto target = seed_large(daemon, 2);
    std::vector<HttpClient> readers(8);
    for (auto& reader : readers) {
      reader.prepare(daemon.address(), 4096);
      reader.connect();
      reader.get(target);
    }
    for (auto& reader : readers) CHECK(reader.read().body.size() > kLargeBody);
    CHECK(daemon.metric("quotecached_http_readers_cut_off_total") == "0");
  }

  TEST_CASE("ends connections that are idle or send too slowly") {
    http::SessionTimeouts timeouts;
    timeouts.idle = 1500ms;
    timeouts.header = 100ms;
    timeouts.body = 300ms;
    Daemon daemon(quick(timeouts));
    REQUIRE(daemon.server->start());
    HttpClient idle(daemon.address());
    HttpClient head(daemon.address());
    HttpClient body(daemon.address());
    head.send("GET / HT");
    body.send("GET /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na");
    CHECK(idle.is_closed());
    CHECK(head.read().status == 408);
    CHECK(head.is_closed());
    CHECK(body.read().status == 408);
    CHECK(body.is_closed());
  }

  TEST_CASE("drops the answer for a client that has gone") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.provider.close_gate();
    {
      HttpClient client(daemon.address());
      client.get(quotes("1"));
      daemon.provider.await_requests(1);
    }
    daemon.provider.open_gate();
    HttpClient other(daemon.address());
    CHECK(other.ask(quotes("1")).status == 200);
    while (daemon.metric("quotecached_http_connections") != "1")
      REQUIRE(other.ask("/health/live").status == 200);
  }

  TEST_CASE("answers others while one waits for the engine") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    daemon.provider.close_gate();
    HttpClient waiting(daemon.address());
    waiting.get(quotes("1"));
    waiting.get(quotes("2"));
    waiting.get(quotes("1"));
    daemon.provider.await_requests(1);
    CHECK(waiting.read().status == 200);
    HttpClient other(daemon.address());
    CHECK(other.ask(quotes("1")).status == 200);
    CHECK_FALSE(waiting.is_readable(1ms));
    daemon.provider.open_gate();
    CHECK(waiting.read().body.find("\"price\":1.2}") != std::string::npos);
    CHECK(waiting.read().body.find("\"price\":1.1}") != std::string::npos);
  }
}
