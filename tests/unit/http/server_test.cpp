#include "http/server.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "daemon.hpp"
#include "http/listener.hpp"

using namespace quotecached;
using namespace quotecached::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "quotecached-http-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  [[nodiscard]] std::string socket() const { return path / "http.sock"; }
  fs::path path;
};

http::Server::Options at(std::vector<std::string> addresses) {
  http::Server::Options options;
  options.addresses = std::move(addresses);
  return options;
}

bool joins_within(http::Server& server, std::chrono::seconds limit) {
  auto joined = std::async(std::launch::async, [&] { server.join(); });
  return joined.wait_for(limit) == std::future_status::ready;
}

}  // namespace

TEST_SUITE("http::Server") {
  TEST_CASE("answers what runs and closes what is idle when told to stop") {
    Daemon daemon;
    std::promise<void> stopped;
    daemon.server->on_stopped([&] { stopped.set_value(); });
    REQUIRE(daemon.server->start());
    daemon.provider.close_gate();
    HttpClient idle(daemon.address());
    CHECK(idle.ask("/health/live").status == 200);
    HttpClient running(daemon.address());
    running.get(quotes("1"));
    daemon.provider.await_requests(1);
    daemon.server->stop();
    CHECK(idle.is_closed());
    daemon.provider.open_gate();
    const auto response = running.read();
    CHECK(response.status == 200);
    CHECK(response.has("Connection: close"));
    running.finish_sending();
    CHECK(running.is_closed());
    REQUIRE(joins_within(*daemon.server, 10s));
    CHECK(stopped.get_future().wait_for(0s) == std::future_status::ready);
  }

  TEST_CASE("answers the first request of a connection that is as new as the stop") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    HttpClient fresh(daemon.address());
    HttpClient silent(daemon.address());
    HttpClient used(daemon.address());
    CHECK(used.ask("/health/live").status == 200);  // so the others are accepted, too
    daemon.server->stop();
    CHECK(used.is_closed());
    fresh.get("/health/live");
    const auto response = fresh.read();
    CHECK(response.status == 200);
    CHECK(response.has("Connection: close"));
    fresh.finish_sending();
    CHECK(fresh.is_closed());
    CHECK(silent.is_closed());
    CHECK(joins_within(*daemon.server, 10s));
  }

  TEST_CASE("leaves at once when told twice") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.provider.close_gate();
    HttpClient client(daemon.address());
    client.get(quotes("1"));
    daemon.provider.await_requests(1);
    daemon.server->stop();
    daemon.server->stop();
    CHECK(client.is_closed());
    CHECK(joins_within(*daemon.server, 10s));
  }

  TEST_CASE("waits for what runs no longer than the grace") {
    http::Server::Options options;
    options.stop_grace = 50ms;
    Daemon daemon(options);
    REQUIRE(daemon.server->start());
    daemon.provider.close_gate();
    HttpClient client(daemon.address());
    client.get(quotes("1"));
    daemon.provider.await_requests(1);
    daemon.server->stop();
    CHECK(joins_within(*daemon.server, 10s));
    CHECK(client.is_closed());
  }

  TEST_CASE("lets the longest idle connection make room beyond its limit") {
    http::Server::Options options;
    options.max_connections = 3;
    Daemon daemon(options);
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    std::vector<HttpClient> clients(3);
    for (auto& client : clients) {
      client.prepare(daemon.address());
      client.connect();
      REQUIRE(client.ask(quotes("1")).status == 200);
    }
    REQUIRE(clients[0].ask(quotes("1")).status == 200);  // so the second is idle longest
    HttpClient fourth(daemon.address());
    CHECK(fourth.ask(quotes("1")).status == 200);
    CHECK(clients[1].is_closed());
    CHECK(clients[0].ask(quotes("1")).status == 200);
    CHECK(clients[2].ask(quotes("1")).status == 200);
    CHECK(daemon.metric("quotecached_http_connections_shed_total") == "1");
    CHECK(daemon.metric("quotecached_http_connections_over_limit_total") == "0");
  }

  TEST_CASE("a client is served at once however many others ask nothing") {
    http::Server::Options options;
    options.max_connections = 100;
    Daemon daemon(options);
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    std::vector<HttpClient> idle(300);
    for (auto& client : idle) {
      client.prepare(daemon.address());
      client.connect();
    }
    HttpClient client(daemon.address());
    CHECK(client.ask(quotes("1")).status == 200);
    CHECK(std::stoi(daemon.metric("quotecached_http_connections")) <= 100);
  }

  TEST_CASE("connections that are idle on another thread make room too") {
    const Folder folder;
    auto options = at({"127.0.0.1:0", "unix:" + folder.socket()});
    options.threads = 2;  // the first one serves the Unix socket
    options.max_connections = 4;
    Daemon daemon(options);
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    const auto open = [&] { return std::stoi(daemon.metric("quotecached_http_connections")); };
    const auto await = [&](auto condition) {
      const auto limit = std::chrono::steady_clock::now() + 10s;
      while (!condition() && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
      REQUIRE(condition());
    };
    std::vector<HttpClient> idle;
    for (int round = 0; round < 10; ++round) {  // clients come to either thread
      while (open() < 4) {
        HttpClient one("unix:" + folder.socket());
        REQUIRE(one.ask("/health/live").status == 200);
        idle.push_back(std::move(one));
      }
      const auto before = daemon.metric("quotecached_http_connections_accepted_total");
      HttpClient client(daemon.address());
      await([&] { return daemon.metric("quotecached_http_connections_accepted_total") != before; });
      await([&] { return open() <= 4; });
      CHECK(client.ask(quotes("1")).status == 200);
      client.close();
      await([&] { return open() <= 3; });
    }
  }

  TEST_CASE("while all wait for answers, own routes and the Unix socket are served") {
    const Folder folder;
    auto options = at({"127.0.0.1:0", "unix:" + folder.socket()});
    options.max_connections = 2;
    Daemon daemon(options);
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    daemon.provider.close_gate();
    std::vector<HttpClient> waiting(2);
    for (auto& client : waiting) {
      client.prepare(daemon.address());
      client.connect();
      client.get(quotes("2"));
    }
    daemon.provider.await_requests(1);
    HttpClient local("unix:" + folder.socket());
    CHECK(local.ask(quotes("1")).status == 200);
    local.close();
    while (daemon.metric("quotecached_http_connections") != "2") std::this_thread::yield();
    HttpClient health(daemon.address());
    CHECK(health.ask("/health/ready").status == 200);
    CHECK(health.ask("/metrics").status == 200);
    const auto limit = std::chrono::steady_clock::now() + 10s;
    while (!health.is_readable(1ms)) {  // it asks nothing any more, and makes room
      REQUIRE(std::chrono::steady_clock::now() < limit);
      const HttpClient another(daemon.address());
    }
    CHECK(health.is_closed());
    while (daemon.metric("quotecached_http_connections") != "2") std::this_thread::yield();
    HttpClient other(daemon.address());
    const auto refused = other.ask(quotes("1"));
    CHECK(refused.status == 503);
    CHECK(refused.has("Retry-After: 1"));
    CHECK(refused.has("Connection: close"));
    CHECK(daemon.metric("quotecached_requests_total{endpoint=\"other\",outcome=\"shed\"}") != "0");
    other.close();
    while (daemon.metric("quotecached_http_connections") != "2") std::this_thread::yield();
    HttpClient again(daemon.address());
    CHECK(again.ask("/health/live").status == 200);
    daemon.provider.open_gate();
    for (auto& client : waiting) CHECK(client.read().status == 200);
  }

  TEST_CASE("serves on several threads under one port") {
    http::Server::Options options;
    options.threads = 3;
    Daemon daemon(options);
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    std::vector<HttpClient> clients(12);
    for (auto& client : clients) {
      client.prepare(daemon.address());
      client.connect();
    }
    for (int round = 0; round < 3; ++round) {
      for (auto& client : clients) client.get(quotes("1"));
      for (auto& client : clients) REQUIRE(client.read().status == 200);
    }
    for (auto& client : clients) REQUIRE(client.ask("/health/live").status == 200);
    CHECK(daemon.metric("quotecached_requests_total{endpoint=\"v2.quotes\",outcome=\"hit\"}") ==
          "36");
  }

  TEST_CASE("does not share a port with another daemon") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    Daemon other(at({daemon.address()}));
    const auto started = other.server->start();
    REQUIRE_FALSE(started);
    CHECK(started.error().code == ErrorCode::Unavailable);
    CHECK(started.error().message.find(daemon.address()) != std::string::npos);
  }

  TEST_CASE("refuses addresses it cannot or may not listen on") {
    for (const auto* address : {"",
                                "localhost",
                                "127.0.0.1",
                                "127.0.0.1:99999",
                                "[::1:80",
                                "unix:relative",
                                "0.0.0.0:0",
                                "[::]:0"}) {
      CAPTURE(address);
      Daemon daemon(at({address}));
      const auto started = daemon.server->start();
      REQUIRE_FALSE(started);
      CHECK(started.error().code == ErrorCode::Invalid);
    }
  }

  TEST_CASE("listens on localhost by its name") {
    Daemon daemon(at({"localhost:0"}));
    REQUIRE(daemon.server->start());
    CHECK(daemon.address().starts_with("127.0.0.1:"));
    HttpClient client(daemon.address());
    CHECK(client.ask("/health/live").status == 200);
  }

  TEST_CASE("serves outside addresses to those with a token") {
    Daemon daemon(at({"0.0.0.0:0"}), {{"a", "secret"}});
    CHECK(daemon.server->start());
  }

  TEST_CASE("serves a Unix socket, whose file comes and goes with it") {
    const Folder folder;
    const auto path = folder.socket();
    {
      auto options = at({"127.0.0.1:0", "unix:" + path});
      options.threads = 2;
      options.unix_mode = 0600;
      Daemon daemon(options);
      REQUIRE(daemon.server->start());
      struct stat file{};
      REQUIRE(::stat(path.c_str(), &file) == 0);
      CHECK((file.st_mode & 0777) == 0600);
      HttpClient client("unix:" + path);
      CHECK(client.ask("/health/live").status == 200);
      Daemon other(at({"unix:" + path}));
      CHECK_FALSE(other.server->start());
      CHECK(client.ask("/health/live").status == 200);
    }
    CHECK_FALSE(fs::exists(path));
  }

  TEST_CASE("tells what only other settings mend from what may do later") {
    for (const int lasting : {EACCES, EPERM, ENOENT, ENOTDIR, EROFS, EINVAL, EAFNOSUPPORT}) {
      CAPTURE(lasting);
      CHECK(http::listen_failure_code(lasting) == ErrorCode::Invalid);
    }
    for (const int passing : {EADDRINUSE, EADDRNOTAVAIL, EMFILE, ENFILE, ENOMEM, ENOBUFS}) {
      CAPTURE(passing);
      CHECK(http::listen_failure_code(passing) == ErrorCode::Unavailable);
    }
    const Folder folder;
    const auto refused = http::listen_on("unix:" + folder.socket() + "/none/q.sock", {});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::Invalid);
  }

  TEST_CASE("gives the file of a Unix socket to a group, or leaves none behind") {
    const Folder folder;
    const auto path = folder.socket();
    const std::uint32_t other = ::geteuid() == 0 ? 7 : ::getegid();  // root may give it to any
    {
      auto listener = http::listen_on("unix:" + path, {.unix_mode = 0666, .unix_group = other});
      REQUIRE(listener);
      struct stat file{};
      REQUIRE(::stat(path.c_str(), &file) == 0);
      CHECK(file.st_gid == other);
      CHECK(file.st_uid == ::geteuid());
      CHECK((file.st_mode & 07777) == 0666);
    }
    constexpr std::uint32_t kNone = 0xffff'fffe;
    if (::geteuid() == 0) return;  // who may give a file to any group whatever
    const auto refused = http::listen_on("unix:" + path, {.unix_group = kNone});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::Invalid);
    CHECK(refused.error().message.find("give it to group 4294967294") != std::string::npos);
    CHECK_FALSE(fs::exists(path));
  }

  TEST_CASE("replaces a socket file nobody listens on, and nothing else") {
    const Folder folder;
    const auto path = folder.socket();
    {
      auto left = http::listen_on("unix:" + path, {});
      REQUIRE(left);
    }
    REQUIRE(fs::exists(path));
    {
      Daemon daemon(at({"unix:" + path}));
      REQUIRE(daemon.server->start());
      HttpClient client("unix:" + path);
      CHECK(client.ask("/health/live").status == 200);
    }
    std::ofstream(path) << "precious";
    Daemon daemon(at({"unix:" + path}));
    CHECK_FALSE(daemon.server->start());
    CHECK(fs::file_size(path) == 8);
  }

  TEST_CASE("takes over sockets that listen already, and only such") {
    auto listener = http::listen_on("127.0.0.1:0", {});
    REQUIRE(listener);
    auto options = at({});
    options.threads = 2;
    options.inherited = {listener->sockets[0].release()};
    Daemon daemon(options);
    REQUIRE(daemon.server->start());
    CHECK(daemon.address() == listener->address);
    for (int i = 0; i < 8; ++i) {
      HttpClient client(daemon.address());
      CHECK(client.ask("/health/live").status == 200);
    }
    auto wrong = at({});
    wrong.inherited = {::open("/dev/null", O_RDONLY)};
    Daemon other(wrong);
    CHECK_FALSE(other.server->start());
  }

  TEST_CASE("waits, without spinning, while it is out of descriptors") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    HttpClient before(daemon.address());
    CHECK(before.ask("/health/live").status == 200);
    HttpClient client;
    client.prepare(daemon.address());
    // UBSan opens a pipe when it first sees a type: it must have seen those behind this before.
    REQUIRE(daemon.metric("quotecached_http_accept_failures_total") == "0");
    rlimit limit{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
    const rlimit none{3, limit.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const auto begin = std::chrono::steady_clock::now();
    client.connect();
    const std::string failures = "quotecached_http_accept_failures_total";
    while (daemon.metric(failures) == "0") REQUIRE(before.ask("/health/live").status == 200);
    const auto since = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - since < 250ms)
      REQUIRE(before.ask("/health/live").status == 200);
    const auto count = std::stoi(daemon.metric(failures));
    CHECK(count <= 2 + (std::chrono::steady_clock::now() - begin) / 100ms);  // one a pause
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
    CHECK(client.ask("/health/live").status == 200);
  }
}
