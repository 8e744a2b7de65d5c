#include <csignal>
#include <stdexcept>

#include <doctest/doctest.h>

#include "support/daemon.hpp"
#include "support/http_client.hpp"
#include "support/memcached_server.hpp"
#include "support/process.hpp"
#include "support/redis_server.hpp"
#include "support/sim.hpp"
#include "support/temp_dir.hpp"

namespace quotecached::test {

TEST_SUITE("support::Process") {
  TEST_CASE("output and exit status are captured, and the environment is clean") {
    const TempDir dir;
    ::setenv("QUOTECACHED_LEAK", "leaked", 1);
    Process process({{"sh", "-c", "echo out $GIVEN$QUOTECACHED_LEAK; echo err >&2; exit 3"},
                     {{"GIVEN", "given"}}},
                    dir.path(),
                    "sh");
    ::unsetenv("QUOTECACHED_LEAK");
    const auto status = process.wait();
    REQUIRE(status);
    CHECK(status->code == 3);
    CHECK(status->signal == 0);
    CHECK(process.out() == "out given\n");
    CHECK(process.err() == "err\n");
  }

  TEST_CASE("a process that does not end is not waited for beyond the limit") {
    const TempDir dir;
    Process process({{"sleep", "1000"}, {}}, dir.path(), "sleep");
    CHECK(!process.wait(milliseconds(20)));
    CHECK(process.is_running());
    process.signal(SIGTERM);
    const auto status = process.wait();
    REQUIRE(status);
    CHECK(status->signal == SIGTERM);
    CHECK(!process.is_running());
  }

  TEST_CASE("one that ignores SIGTERM is killed all the same") {
    const TempDir dir;
    Process process({{"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"}, {}},
                    dir.path(),
                    "sh");
    REQUIRE(wait_until([&] { return process.out() == "ready\n"; }));
    CHECK(!process.terminate(milliseconds(50)));
    CHECK(!process.is_running());
  }

  TEST_CASE("none is left behind") {
    const TempDir dir;
    pid_t pid = 0;
    {
      const Process process({{"sleep", "1000"}, {}}, dir.path(), "sleep");
      pid = process.pid();
      REQUIRE(::kill(pid, 0) == 0);
    }
    CHECK(::kill(pid, 0) == -1);
  }

  TEST_CASE("a program that is not there is an error") {
    const TempDir dir;
    CHECK_THROWS_AS(Process({{"/no/such/program"}, {}}, dir.path(), "none"), std::runtime_error);
  }
}

TEST_SUITE("support::TempDir") {
  TEST_CASE("it goes with the object") {
    std::filesystem::path path;
    {
      const TempDir dir;
      path = dir.path();
      write_file(dir / "file", "text");
      CHECK(read_file(dir / "file") == "text");
    }
    CHECK(!std::filesystem::exists(path));
  }
}

// Hurts a running server and checks that it comes back at the same address.
template <class Server>
void check_violence(Server& server) {
  const auto socket = server.socket();
  const auto port = server.port();
  server.sigstop();
  CHECK(!server.answers());
  server.sigcont();
  CHECK(wait_until([&] { return server.answers(); }));
  server.kill9();
  CHECK(!server.is_running());
  CHECK(!server.answers());
  server.start();
  CHECK(server.answers());
  server.stop();
  CHECK(!server.answers());
  server.start();
  server.restart();
  CHECK(server.answers());
  CHECK(server.socket() == socket);
  CHECK(server.port() == port);
}

TEST_SUITE("support::RedisServer") {
  TEST_CASE("it stores, flushes and survives violence") {
    for (const Transport transport : {Transport::Unix, Transport::Tcp}) {
      CAPTURE(static_cast<int>(transport));
      RedisServer redis(transport);
      CHECK(
          redis.url().starts_with(transport == Transport::Unix ? "unix:/" : "redis://127.0.0.1:"));
      CHECK(redis.run({"SET", "key", "a value"}) == "OK");
      CHECK(redis.run({"GET", "key"}) == "a value");
      CHECK(redis.run({"KEYS", "*"}) == "key");
      redis.flush();
      CHECK(redis.run({"DBSIZE"}) == "0");
      CHECK_THROWS_AS(redis.run({"NOSUCH"}), std::runtime_error);
      check_violence(redis);
    }
  }
}

TEST_SUITE("support::MemcachedServer") {
  TEST_CASE("it stores, flushes and survives violence") {
    for (const Transport transport : {Transport::Unix, Transport::Tcp}) {
      CAPTURE(static_cast<int>(transport));
      MemcachedServer memcached(transport);
      CHECK(
          memcached.address().starts_with(transport == Transport::Unix ? "unix:/" : "127.0.0.1:"));
      CHECK(memcached.run("set key 0 0 7\r\na value") == "STORED\r\n");
      CHECK(memcached.get("key") == "a value");
      memcached.flush();
      CHECK(memcached.get("key").empty());
      check_violence(memcached);
    }
  }
}

TEST_SUITE("support::Sim") {
  const std::string kQuotes = "/v2/cryptocurrency/quotes/latest?id=";
  const HttpHeaders kKey{"X-CMC_PRO_API_KEY: k"};

  TEST_CASE("calls, credits, faults, settings and the clock") {
    Sim sim;
    HttpClient client;
    const HttpResponse answer = client.get(sim.base_url() + kQuotes + "1", kKey);
    CHECK(answer.status == 200);
    CHECK(answer.header("content-type").starts_with("application/json"));
    CHECK(answer.is_new_connection);
    CHECK(!client.get(sim.base_url() + kQuotes + "1027", kKey).is_new_connection);
    CHECK(sim.stats().calls == 2);
    CHECK(sim.stats().credits_charged == 2);
    REQUIRE(sim.calls("/v2").size() == 2);
    CHECK(sim.calls("/v1").empty());
    CHECK(sim.calls()[1].target == kQuotes + "1027");
    CHECK(sim.calls()[1].status == 200);
    CHECK(sim.calls()[1].credits == 1);
    sim.clear_calls();
    CHECK(sim.calls().empty());

    sim.fault(R"({"kind":"status_5xx"})");
    CHECK(client.get(sim.base_url() + kQuotes + "1", kKey).status == 500);
    sim.fault(R"({"kind":"status_5xx","count":-1})");
    sim.clear_faults();
    sim.set(R"({"latency":30})");
    sim.advance_clock(std::chrono::seconds(60));
    const HttpResponse slow = client.get(sim.base_url() + kQuotes + "1", kKey);
    CHECK(slow.status == 200);
    CHECK(slow.elapsed >= milliseconds(29));
    CHECK_THROWS_AS(sim.fault("{}"), std::runtime_error);
  }

  TEST_CASE("many requests at once go over connections of their own") {
    Sim sim;
    sim.set(R"({"latency":50})");
    HttpClient client;
    std::vector<std::string> urls;
    for (int id = 1; id <= 40; ++id) urls.push_back(sim.base_url() + kQuotes + std::to_string(id));
    const auto answers = client.get_all(urls, 20, kKey);
    REQUIRE(answers.size() == urls.size());
    for (std::size_t i = 0; i < answers.size(); ++i) {
      CAPTURE(i);
      CHECK(answers[i].status == 200);
      CHECK(answers[i].elapsed >= milliseconds(49));
    }
    CHECK(sim.stats().connections_max >= 20);
    CHECK(sim.stats().connections_accepted <= 22);  // the second twenty reuse the first's
  }

  TEST_CASE("https is trusted through the certificate it made") {
    Sim sim({.has_tls = true});
    HttpClient trusting(HttpClient::Options{.ca_file = sim.ca_file()});
    CHECK(trusting.get(sim.tls_base_url() + kQuotes + "1", kKey).status == 200);
    HttpClient doubting;
    const HttpResponse refused = doubting.get(sim.tls_base_url() + kQuotes + "1", kKey);
    CHECK(refused.status == 0);
    CHECK(!refused.error.empty());
  }

  TEST_CASE("a bad option is reported") {
    CHECK_THROWS_AS(Sim({.arguments = {"--no-such-option"}}), std::runtime_error);
  }
}

TEST_SUITE("support::Daemon") {
  TEST_CASE("it serves over TCP and its socket, and comes back after a kill") {
    if (!Daemon::is_built()) {
      MESSAGE("SKIPPED: quotecached is not built");
      return;
    }
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(), .sets = {"log.format=json"}});
    CHECK(daemon.get("/health/live").status == 200);
    HttpClient local(HttpClient::Options{.unix_socket = daemon.socket()});
    CHECK(local.get("http://localhost/health/live").status == 200);
    daemon.kill9();
    CHECK(daemon.get("/health/live").status == 0);
    daemon.start();
    CHECK(daemon.get("/health/live").status == 200);
    const auto status = daemon.sigterm();
    REQUIRE(status);
    CHECK(status->is_success());
  }
}

}  // namespace quotecached::test
