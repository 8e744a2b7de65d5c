// Clients that listen to quotes, as the server sees them: who may, what a stream is told in, and
// how one ends.
#include "daemon.hpp"

using namespace quotecached;
using namespace quotecached::test;

namespace {

const std::string kStream = "/quotes/stream?ids=1";

// Waits for what happens on another thread.
template <class Holds>
void await(const Holds& holds) {
  for (int i = 0; i < 1'000 && !holds(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  CHECK(holds());
}

std::size_t listeners(const Daemon& daemon) { return daemon.hub.counters()->listeners.load(); }

// The id that the text's last event has.
std::string last_id(const std::string& text) {
  const auto at = text.rfind("id: ") + 4;
  return text.substr(at, text.find('\n', at) - at);
}

}  // namespace

TEST_SUITE("http: streams") {
  TEST_CASE("a listener gets first bytes at once, a snapshot, and what changes") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    client.get(kStream);
    const auto head = client.read(false);
    CHECK(head.status == 200);
    CHECK(head.has("Content-Type: text/event-stream; charset=utf-8"));
    CHECK(head.has("Cache-Control: no-cache, no-transform"));
    CHECK(head.has("X-Accel-Buffering: no"));
    CHECK(head.has("Transfer-Encoding: chunked"));
    CHECK(head.field("Content-Length").empty());
    const auto first = client.read_to("\n\n");
    CHECK(first.find(": quotecached\nretry: 2") != std::string::npos);
    CHECK(client.read_to("\n\n").find("event: snapshot\ndata: {}") != std::string::npos);
    const auto row = client.read_to("\n\n");
    CHECK(row.find("event: quote\ndata: {\"id\":1,") != std::string::npos);
    CHECK(row.find("\"price\":1.1,") != std::string::npos);
    CHECK(row.find("\"stale\":false}") != std::string::npos);
    CHECK(row.find("\"age\"") == std::string::npos);
    daemon.clock.advance(std::chrono::seconds(1));
    daemon.seed(1);  // a younger copy that says the same is no news
    daemon.review();
    daemon.clock.advance(std::chrono::seconds(20));
    daemon.policy.publish(pacing::policy_of(pacing::SpendMode::CacheOnly, pacing::Age(0), 1));
    daemon.clock.advance(std::chrono::seconds(50));
    daemon.review();
    const auto stale = client.read_to("\n\n");
    CHECK(stale.find("\"stale\":true}") != std::string::npos);
    CHECK(last_id(stale) != last_id(row));
    CHECK(daemon.hub.counters()->made == 2);
  }

  TEST_CASE("who comes back is told what is younger than what it has") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    daemon.seed(2);
    const std::string both = "/quotes/stream?ids=1,2";
    HttpClient client(daemon.address());
    client.get(both);
    static_cast<void>(client.read(false));
    static_cast<void>(client.read_to("{\"id\":"));
    const auto text = client.read_to("{\"id\":") + client.read_to("\n\n");
    const auto id = last_id(text);
    client.close();
    await([&] { return listeners(daemon) == 0; });
    struct Row {
      std::string fields;
      std::string query;
      bool is_whole;
    };
    const Row rows[] = {
        {"", "", true},
        {"Last-Event-ID: " + id + "\r\n", "", false},
        {"", "&last_event_id=" + id, false},
        {"last-event-id: " + id + "\r\n", "&last_event_id=nonsense", false},
        {"Last-Event-ID: nonsense\r\n", "", true},
        {"Last-Event-ID: abc-7\r\n", "", true},        // of another start of the daemon
        {"Last-Event-ID: " + id + "9\r\n", "", true},  // that never was
    };
    for (const auto& row : rows) {
      CAPTURE(row.fields);
      CAPTURE(row.query);
      HttpClient again(daemon.address());
      again.get(both + row.query, row.fields);
      static_cast<void>(again.read(false));
      CHECK(again.read_to("\n\n").find("retry:") != std::string::npos);
      if (row.is_whole) {
        CHECK(again.read_to("\n\n").find("event: snapshot") != std::string::npos);
        static_cast<void>(again.read_to("{\"id\":"));
        static_cast<void>(again.read_to("{\"id\":"));
      } else {
        CHECK_FALSE(again.is_readable(std::chrono::milliseconds(50)));
      }
    }
  }

  TEST_CASE("who may ask for quotes may listen, to what /quotes gives, by GET") {
    Daemon daemon({}, {{"alice", "secret"}});
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    const std::string good = "X-CMC_PRO_API_KEY: secret\r\n";
    struct Row {
      std::string target;
      std::string fields;
      int status;
      std::string says;
    };
    const Row rows[] = {
        {kStream, "", 401, "\"code\":\"unauthorized\""},
        {kStream, "X-CMC_PRO_API_KEY: wrong\r\n", 401, "\"code\":\"unauthorized\""},
        {"/quotes/stream", good, 400, "\"field\":\"ids\""},
        {"/quotes/stream?ids=x", good, 400, "\"field\":\"ids\""},
        {kStream + "&format=csv", good, 400, "\"field\":\"format\""},
        {kStream + "&limit=1", good, 400, "\"field\":\"limit\""},
        {kStream + "&cursor=1", good, 400, "\"field\":\"cursor\""},
        {"/quotes/streams?ids=1", good, 404, "\"code\":\"not_found\""},
    };
    HttpClient client(daemon.address());
    for (const auto& row : rows) {
      CAPTURE(row.target);
      CAPTURE(row.fields);
      const auto answer = client.ask(row.target, row.fields);
      CHECK(answer.status == row.status);
      CHECK(answer.has("Content-Type: application/problem+json"));
      CHECK(answer.body.find(row.says) != std::string::npos);
    }
    client.send("POST " + kStream + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n" + good +
                "\r\n");
    const auto post = client.read();
    CHECK(post.status == 405);
    CHECK(post.field("Allow") == "GET, HEAD");
    client.send("HEAD " + kStream + " HTTP/1.1\r\nHost: a\r\n" + good + "\r\n");
    const auto head = client.read(false);
    CHECK(head.status == 200);
    CHECK(head.has("Content-Type: text/event-stream; charset=utf-8"));
    CHECK(listeners(daemon) == 0);
    client.get(kStream, good);  // on the same connection, which is for requests still
    CHECK(client.read(false).status == 200);
    CHECK(client.read_to("event: quote").find("snapshot") != std::string::npos);
    CHECK(listeners(daemon) == 1);
  }

  TEST_CASE(
      "an HTTP/1.0 listener gets no chunks, and one that asked before gets its answer first") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient old(daemon.address());
    old.send("GET " + kStream + " HTTP/1.0\r\n\r\n");
    const auto head = old.read(false);
    CHECK(head.has("Connection: close"));
    CHECK(head.field("Transfer-Encoding").empty());
    CHECK(old.read_to("\n\n").starts_with(": quotecached\nretry: "));
    CHECK(old.read_to("\n\n") == "event: snapshot\ndata: {}\n\n");
    CHECK(old.read_to("\n").starts_with("id: "));
    HttpClient client(daemon.address());
    const auto ask = [](const std::string& target) {
      return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
    };
    client.send(ask(quotes("1")) + ask(kStream) + ask(quotes("1")));
    CHECK(client.read().body.find("\"price\":1.1}") != std::string::npos);
    CHECK(client.read(false).has("Transfer-Encoding: chunked"));
    const auto told = client.read_to("event: quote");
    CHECK(told.find("HTTP/1.1") == std::string::npos);
  }

  TEST_CASE("listeners are counted, and are as many as there may be") {
    stream::Hub::Options streams;
    streams.most_listeners = 2;
    http::Server::Options options;
    options.threads = 2;
    Daemon daemon(std::move(options), {}, streams);
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    std::vector<HttpClient> clients(2);
    for (auto& client : clients) {
      client.prepare(daemon.address());
      client.connect();
      client.get(kStream);
      CHECK(client.read(false).status == 200);
      static_cast<void>(client.read_to("event: quote"));
    }
    HttpClient third(daemon.address());
    const auto refused = third.ask(kStream);
    CHECK(refused.status == 503);
    CHECK(refused.field("Retry-After") == "5");
    CHECK(refused.body.find("\"code\":\"unavailable\"") != std::string::npos);
    CHECK(third.ask(quotes("1")).status == 200);  // others are served
    await([&] { return daemon.metric("quotecached_http_connections") == "3"; });
    clients.pop_back();
    await([&] { return listeners(daemon) == 1; });
    third.get(kStream);
    CHECK(third.read(false).status == 200);
    CHECK(daemon.hub.counters()->begun == 3);
    CHECK(daemon.hub.counters()->turned_away == 1);
    CHECK(daemon.hub.counters()->channels == 1);
  }

  TEST_CASE("what is too much to watch is refused, and the rest goes on") {
    stream::Hub::Options streams;
    streams.most_rows = 2;
    Daemon daemon({}, {}, streams);
    REQUIRE(daemon.server->start());
    for (int id = 1; id <= 3; ++id) daemon.seed(id);
    HttpClient one(daemon.address());
    one.get("/quotes/stream?ids=1,2");
    static_cast<void>(one.read(false));
    static_cast<void>(one.read_to("event: quote"));
    HttpClient other(daemon.address());
    other.get("/quotes/stream?ids=3");
    static_cast<void>(other.read(false));
    CHECK(other.read_to("0\r\n\r\n").find("event:") == std::string::npos);
    CHECK(other.is_closed());
    HttpClient same(daemon.address());
    same.get("/quotes/stream?ids=2,1");
    static_cast<void>(same.read(false));
    static_cast<void>(same.read_to("event: quote"));
    one.close();
    same.close();
    await([&] { return listeners(daemon) == 0; });
    HttpClient last(daemon.address());  // what nobody listens to makes room
    last.get("/quotes/stream?ids=3");
    static_cast<void>(last.read(false));
    static_cast<void>(last.read_to("event: quote"));
  }

  TEST_CASE("a stop ends streams first, as an answer ends") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    client.get(kStream);
    static_cast<void>(client.read(false));
    static_cast<void>(client.read_to("event: quote"));
    daemon.server->stop();
    daemon.server->join();
    CHECK(client.read_to("0\r\n\r\n").find("\"stale\":false}") != std::string::npos);
    CHECK(client.is_closed());
    CHECK(listeners(daemon) == 0);
  }

  TEST_CASE("a listener that takes nothing is cut off, and the others are not") {
    http::Server::Options options;
    options.timeouts.write = std::chrono::milliseconds(200);
    Daemon daemon(std::move(options));
    REQUIRE(daemon.server->start());
    std::string ids;
    for (int id = 1; id <= 1'000; ++id) {
      daemon.seed(id, 2'000);  // two megabytes of names
      ids += (id == 1 ? "" : ",") + std::to_string(id);
    }
    HttpClient slow;
    slow.prepare(daemon.address(), 4'096);
    slow.connect();
    slow.get("/quotes/stream?ids=" + ids);
    HttpClient fast(daemon.address());
    fast.get(kStream);
    static_cast<void>(fast.read(false));
    static_cast<void>(fast.read_to("event: quote"));
    await([&] { return daemon.hub.counters()->cut == 1; });
    CHECK(listeners(daemon) == 1);
    await([&] { return daemon.metric("quotecached_http_connections") == "1"; });
  }
}
