// Each check of the daemon's health, turned bad by a real fault, and good again.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <sys/mount.h>

#include "e2e/credit_bed.hpp"
#include "e2e/health_text.hpp"
#include "support/memcached_server.hpp"
#include "support/redis_server.hpp"

namespace quotecached::test {
namespace {

constexpr std::size_t kKibibyte = 1024;

// All tiers, over Unix sockets.
struct FullChain {
  Sim sim;
  RedisServer redis;
  MemcachedServer memcached;
  Daemon daemon{{.base_url = sim.base_url(),
                 .sets = {"tiers.order=[\"memory\",\"redis\",\"memcached\",\"sqlite\"]",
                          "tiers.redis.url=" + redis.url(),
                          "tiers.memcached.servers=" + memcached.address(),
                          "tiers.redis.timeout=1s",
                          "tiers.memcached.timeout=1s"}}};
};

// A file system of its own; needs root.
class Disk {
 public:
  explicit Disk(const std::string& size) {
    is_there_ = ::mount("tmpfs",
                        dir_.path().c_str(),
                        "tmpfs",
                        MS_NOSUID | MS_NODEV,
                        ("size=" + size).c_str()) == 0;
  }
  ~Disk() {
    if (is_there_) ::umount2(dir_.path().c_str(), MNT_DETACH);
  }
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  [[nodiscard]] bool is_there() const { return is_there_; }
  [[nodiscard]] std::string database() const { return (dir_.path() / "quotecached.db").string(); }

  // Leaves so much free; more than there is: all of it.
  void leave(std::size_t mebibytes) {
    std::filesystem::remove(dir_.path() / "filler");
    std::ofstream filler(dir_.path() / "filler", std::ios::binary);
    const std::string block(64 * kKibibyte, 'x');
    const auto free = [this] { return std::filesystem::space(dir_.path()).available; };
    while (free() > mebibytes * kKibibyte * kKibibyte && filler.write(block.data(), 64 * 1024)) {
    }
  }
  // To the last byte.
  void fill() {
    std::ofstream filler(dir_.path() / "more", std::ios::binary);
    const std::string page(4096, 'x');
    while (filler.write(page.data(), 4096).flush()) {
    }
  }
  void make_room() {
    std::filesystem::remove(dir_.path() / "filler");
    std::filesystem::remove(dir_.path() / "more");
  }

 private:
  TempDir dir_;
  bool is_there_ = false;
};

void check_short(Daemon& daemon) {
  const auto brief = daemon.get("/health");
  CAPTURE(brief.body);
  CHECK(brief.body.size() < kKibibyte);
}

// Cold requests that cannot share a call.
std::vector<std::string> cold(int id, std::size_t first, std::size_t count) {
  std::vector<std::string> targets;
  for (auto i = first; i < first + count; ++i) targets.push_back(separate_target(id, i));
  return targets;
}

}  // namespace

TEST_SUITE("e2e::Health") {
  TEST_CASE("all is well at first, in less than a KiB, and a second long in the same words") {
    FullChain chain;
    auto& daemon = chain.daemon;
    REQUIRE(daemon.get(quotes_of(1)).status == 200);
    for (const std::string name : {"upstream",
                                   "upstream:responseTime",
                                   "credits",
                                   "memory:responseTime",
                                   "redis:responseTime",
                                   "memcached:responseTime",
                                   "sqlite:responseTime",
                                   "ledger",
                                   "disk:free",
                                   "clock",
                                   "copies:runway"}) {
      CAPTURE(name);
      CHECK(turns(daemon, name, "pass"));
    }
    CHECK(wait_until([&] {
      return health_check(daemon, "redis:responseTime").find("wrote, read and deleted") !=
             std::string::npos;
    }));
    let_run(milliseconds(1100));  // so that the next one is new
    const auto start = Steady::now();
    const auto first = daemon.get("/health?verbose");
    const auto second = daemon.get("/health?verbose");
    if (Steady::now() - start < std::chrono::seconds(1)) CHECK(first.body == second.body);
    const auto brief = daemon.get("/health");
    CHECK(brief.status == 200);
    CHECK(brief.header("content-type") == "application/health+json");
    CHECK(brief.body.starts_with("{\"status\":\"pass\",\"version\":\""));
    CHECK(brief.body.find("output") == std::string::npos);
    check_short(daemon);
    MESSAGE(brief.body.size() << " bytes, verbose " << first.body.size());
    CHECK(metric(daemon, "quotecached_health_status{check=\"redis:responseTime\"}") == 0);
    // Nobody asked for anything but the one quote.
    CHECK(chain.sim.calls().size() == 1);
    for (const std::string tier : {"redis", "memcached", "sqlite"}) {
      CHECK(tier_metric(daemon, "hits_total", tier) == 0);
      CHECK(tier_metric(daemon, "misses_total", tier) == 1);
    }
  }

  TEST_CASE("a tier that hangs or is gone warns, answers come at once, and it is well again") {
    FullChain chain;
    auto& daemon = chain.daemon;
    REQUIRE(turns(daemon, "redis:responseTime", "pass"));
    chain.redis.sigstop();
    CHECK(turns(daemon, "redis:responseTime", "warn"));
    auto quickest = std::chrono::microseconds::max();
    for (int i = 0; i < 10; ++i) {
      const auto answer = daemon.get("/health");
      CHECK(answer.status == 200);
      CHECK(answer.body.starts_with("{\"status\":\"warn\""));
      quickest = std::min(quickest, answer.elapsed);
    }
    MESSAGE("redis stands still: /health after " << ms(quickest) << " ms");
    CHECK(quickest < milliseconds(100));
    CHECK(metric(daemon, "quotecached_health_status{check=\"redis:responseTime\"}") == 1);
    chain.redis.sigcont();
    CHECK(turns(daemon, "redis:responseTime", "pass"));

    chain.redis.kill9();
    chain.memcached.kill9();
    CHECK(turns(daemon, "redis:responseTime", "warn"));
    CHECK(turns(daemon, "memcached:responseTime", "warn"));
    MESSAGE(health_check(daemon, "redis:responseTime"));
    MESSAGE(health_check(daemon, "memcached:responseTime"));
    check_short(daemon);
    CHECK(daemon.get("/health/ready").status == 200);
    chain.redis.start();
    chain.memcached.start();
    CHECK(turns(daemon, "redis:responseTime", "pass"));
    CHECK(turns(daemon, "memcached:responseTime", "pass"));
  }

  TEST_CASE("an upstream that resets or fails is unhealthy, and healthy with the next good call") {
    for (const std::string fault :
         {R"({"kind":"reset_before_headers","count":-1})",
          R"({"kind":"status_5xx","count":-1,"params":{"status":500}})"}) {
      CAPTURE(fault);
      Sim sim;
      Daemon daemon({.base_url = sim.base_url()});
      REQUIRE(daemon.get(quotes_of(1)).status == 200);
      CHECK(turns(daemon, "upstream", "pass"));
      sim.fault(fault);
      CHECK(daemon.get(quotes_of(1027)).status >= 500);  // tried three times
      CHECK(turns(daemon, "upstream", "fail"));
      MESSAGE(health_check(daemon, "upstream"));
      CHECK(daemon.get("/health").status == 503);
      CHECK(daemon.get("/health/ready").status == 200);  // there is a copy
      check_short(daemon);
      sim.clear_faults();
      CHECK(wait_until([&] { return daemon.get(quotes_of(74)).status == 200; }));
      CHECK(turns(daemon, "upstream", "pass"));
      CHECK(daemon.get("/health").status == 200);
    }
  }

  TEST_CASE("slow answers of upstream warn past two seconds and fail past five") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    const auto name = "upstream:responseTime";
    sim.set(R"({"latency":2200})");
    REQUIRE(daemon.get(quotes_of(1)).status == 200);
    CHECK(turns(daemon, name, "warn"));
    sim.set(R"({"latency":5200})");
    for (const auto& answer : burst(daemon, cold(1027, 1, 3))) CHECK(answer.is_ok());
    CHECK(turns(daemon, name, "fail"));
    MESSAGE(health_check(daemon, name));
    CHECK(daemon.get("/health").status == 503);
    sim.set(R"({"latency":0})");
    for (const auto& answer : burst(daemon, cold(1027, 4, 6))) CHECK(answer.is_ok());
    CHECK(turns(daemon, name, "pass"));
  }

  TEST_CASE("credits nearly spent warn, spent ones fail, and a new day is well") {
    Sim sim(Sim::Options{.has_tls = false, .arguments = frozen()});
    Daemon daemon({.base_url = sim.base_url(), .sets = {"credits.per_day=20"}});
    keep_windows(daemon, sim, seconds(0), seconds(600));
    const auto spend = [&](std::size_t from, std::size_t count) {
      for (const auto& target : cold(1, from, count)) CHECK(daemon.get(target).status == 200);
    };
    spend(0, 17);
    CHECK(turns(daemon, "credits:day", "pass"));
    spend(17, 1);
    CHECK(turns(daemon, "credits:day", "warn"));
    spend(18, 2);
    CHECK(turns(daemon, "credits:day", "fail"));
    MESSAGE(health_check(daemon, "credits:day"));
    CHECK(daemon.get("/health").status == 503);
    CHECK(daemon.get("/health/ready").status == 200);
    advance_both(daemon, sim, std::chrono::hours(24));
    CHECK(turns(daemon, "credits:day", "pass"));
  }

  TEST_CASE("a disk that fills up warns, fails, stops the ledger, and all is well with room") {
    Disk disk("160m");
    if (!disk.is_there()) {
      MESSAGE("SKIPPED: mounting a small file system needs root");
      return;
    }
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(), .sets = {"tiers.sqlite.path=" + disk.database()}});
    CHECK(turns(daemon, "disk:free", "pass"));
    disk.leave(100);
    CHECK(turns(daemon, "disk:free", "warn"));
    disk.leave(16);
    CHECK(turns(daemon, "disk:free", "fail"));
    CHECK(health_of(daemon, "ledger") == "pass");
    disk.fill();
    CHECK(wait_until([&] {
      static int id = 0;
      (void)daemon.get(quotes_of(++id));  // pages that are there already take some
      return health_of(daemon, "ledger") == "fail";
    }));
    CHECK(daemon.get("/health").status == 503);
    CHECK(turns(daemon, "sqlite:responseTime", "warn"));
    MESSAGE(health_check(daemon, "ledger"));
    MESSAGE(health_check(daemon, "sqlite:responseTime"));
    check_short(daemon);
    disk.make_room();
    CHECK(turns(daemon, "disk:free", "pass"));
    CHECK(turns(daemon, "sqlite:responseTime", "pass"));
    // The ledger is known to be written again once a call is.
    CHECK(wait_until([&] { return daemon.get(quotes_of(1839)).status == 200; }));
    CHECK(turns(daemon, "ledger", "pass"));
  }

  TEST_CASE("a database that is replaced is told of, and is well") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    REQUIRE(daemon.get(quotes_of(1)).status == 200);
    for (const char* end : {"", "-wal", "-shm"})
      std::filesystem::remove(daemon.database().string() + end);
    CHECK(wait_until(
        [&] { return health_check(daemon, "ledger").find("made anew") != std::string::npos; }));
    CHECK(turns(daemon, "ledger", "pass"));
    CHECK(turns(daemon, "sqlite:responseTime", "pass"));
  }

  TEST_CASE("a clock that jumps is told of, either way") {
    for (const int by : {61, -61}) {
      CAPTURE(by);
      Sim sim;
      Daemon daemon({.base_url = sim.base_url()});
      REQUIRE(turns(daemon, "clock", "pass"));
      advance(daemon, seconds(by));
      CHECK(turns(daemon, "clock", "warn"));
      CHECK(health_check(daemon, "clock").find(by > 0 ? "jumped by 6" : "jumped by -6") !=
            std::string::npos);
    }
  }

  TEST_CASE("copies that end within the hour warn while upstream fails, and only then") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(), .sets = {"freshness.quotes.stale_if_error=10m"}});
    REQUIRE(daemon.get(quotes_of(1)).status == 200);
    REQUIRE(wait_until([&] {
      return health_check(daemon, "copies:runway").find("half of 1 copies") != std::string::npos;
    }));
    CHECK(health_of(daemon, "copies:runway") == "pass");
    sim.fault(R"({"kind":"status_5xx","count":-1,"params":{"status":503}})");
    CHECK(daemon.get(quotes_of(1027)).status >= 500);
    CHECK(turns(daemon, "copies:runway", "warn"));
    MESSAGE(health_check(daemon, "copies:runway"));
    sim.clear_faults();
    CHECK(wait_until([&] { return daemon.get(quotes_of(74)).status == 200; }));
    CHECK(turns(daemon, "copies:runway", "pass"));
  }

  TEST_CASE("without upstream and without a copy it is not ready, until upstream is back") {
    Sim sim;
    const auto ids = asset_ids(sim, 20);
    Daemon daemon({.base_url = sim.base_url()});
    sim.fault(R"({"kind":"status_5xx","count":-1,"params":{"status":503}})");
    std::size_t next = 0;
    const auto is_unready = [&] {
      (void)daemon.get(quotes_of(ids[next++ % ids.size()]));
      return daemon.get("/health/ready").status == 503;
    };
    REQUIRE(wait_until(is_unready));
    CHECK(daemon.get("/health/ready").body.find("there is no copy") != std::string::npos);
    CHECK(turns(daemon, "copies:runway", "fail"));
    CHECK(daemon.get("/health/live").status == 200);
    sim.clear_faults();
    CHECK(wait_until([&] { return daemon.get(quotes_of(1)).status == 200; }));
    CHECK(wait_until([&] { return daemon.get("/health/ready").status == 200; }));
    CHECK(turns(daemon, "upstream", "pass"));
    CHECK(turns(daemon, "copies:runway", "pass"));
  }

  TEST_CASE("while it stops, who is still connected learns that it is not ready") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    sim.set(R"({"latency":3000})");
    Connection open(port_of(daemon));
    open.send("GET " + quotes_of(1) + " HTTP/1.1\r\nHost: test\r\n\r\n");
    REQUIRE(wait_until([&] { return !sim.calls().empty() || sim.stats().connections_open > 0; }));
    Connection probe(port_of(daemon));
    // The second request has begun to come in once the first is answered.
    probe.send("GET /health/ready HTTP/1.1\r\nHost: test\r\n\r\nGET /health/ready HTTP/1.1\r\n");
    CHECK(probe.read_until("{\"status\":\"pass\"}\n").starts_with("HTTP/1.1 200 "));
    daemon.process().signal(SIGTERM);
    REQUIRE(wait_until([&] { return daemon.log().find("stopping") != std::string::npos; }));
    probe.send("Host: test\r\n\r\n");
    const auto told = probe.read_until("\r\nno such end");
    CHECK(told.starts_with("HTTP/1.1 503 "));
    CHECK(told.find("the daemon stops") != std::string::npos);
    CHECK(open.read_until("\r\nno such end", milliseconds(10'000)).starts_with("HTTP/1.1 200 "));
    const auto status = daemon.process().wait();
    REQUIRE(status);
    CHECK(status->is_success());
  }
}

}  // namespace quotecached::test
