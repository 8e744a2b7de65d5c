// Why an asset is answered as it is, how the cache does, and the commands that show both and purge.
#include "e2e/bed.hpp"
#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace quotecached::test {
namespace {

struct Ran {
  int code = -1;
  std::string out;
  std::string err;
};

Ran run_command(Daemon& daemon, const std::vector<std::string>& arguments) {
  const TempDir dir;
  std::vector<std::string> words{built_program("quotecache").string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  Process process(Command{std::move(words), {{"QUOTECACHE_SERVER", daemon.base_url()}}},
                  dir.path(),
                  "quotecache");
  const auto status = process.wait();
  REQUIRE(status);
  return {status->code, process.out(), process.err()};
}

bool has(const std::string& text, const std::string& part) {
  const bool is_there = text.find(part) != std::string::npos;
  if (!is_there) MESSAGE("no '", part, "' in: ", text);
  return is_there;
}

}  // namespace

TEST_SUITE("e2e::explain") {
  TEST_CASE("what answers, where from, what it cost, and why it is renewed") {
    Sim sim(Sim::Options{.has_tls = false, .arguments = frozen()});
    keep_day(sim);
    Daemon daemon(Daemon::Options{.base_url = sim.base_url(), .sets = {"freshness.ttl_jitter=0"}});
    const auto explain = [&](const std::string& query) {
      const auto answer = daemon.get("/admin/explain?" + query);
      CAPTURE(answer.body);
      CHECK(answer.status == 200);
      return answer.body;
    };
    const auto nothing = explain("asset=1");
    CHECK(has(nothing, "\"answer\":null"));
    CHECK(has(nothing, "the next ask has it fetched"));

    CHECK(daemon.get(kV2Quotes + "?id=1,1027").status == 200);
    REQUIRE(wait_until([&] { return stores(daemon, "sqlite") >= 2; }));
    CHECK(daemon.get(kV2Quotes + "?id=1").status == 200);
    REQUIRE(wait_until([&] { return !has(explain("asset=1"), "\"popularity\":null"); }));
    auto told = explain("asset=1");
    CHECK(has(told, "\"answer\":{\"tier\":\"memory\",\"key\":\"qc1:v2.quotes:id:1:USD:-\""));
    CHECK(has(told, "\"tier\":\"sqlite\""));
    CHECK(has(told, "\"cause\":\"miss\",\"credits\":1,\"assets\":2"));
    const auto by_name = explain("asset=slug:bitcoin");
    CHECK(has(by_name, "qc1:v2.quotes:id:1:USD:-"));
    CHECK_FALSE(has(by_name, "\"popularity\":null"));

    clear_memory(daemon);
    CHECK(has(explain("asset=1"), "\"answer\":{\"tier\":\"sqlite\""));
    advance(daemon, seconds(61));
    CHECK(has(explain("asset=1"), "\"state\":\"stale\""));
    CHECK(daemon.request("DELETE", "/admin/cache?asset=1").status == 200);
    told = explain("asset=1");
    CHECK(has(told, "\"state\":\"purged\""));
    CHECK(has(told, "\"answer\":null"));

    for (const auto* query : {"",
                              "asset=",
                              "asset=1,2",
                              "asset=1&endpoint=v9",
                              "asset=1&x=1",
                              "asset=1&endpoint=v3.listings",
                              "asset=0x"}) {
      CAPTURE(query);
      const auto status = daemon.get(std::string("/admin/explain?") + query).status;
      CHECK((status == 400 || (std::string(query) == "asset=0x" && status == 200)));
    }
  }

  TEST_CASE("how the cache does") {
    Sim sim(Sim::Options{.has_tls = false, .arguments = frozen()});
    Daemon daemon(Daemon::Options{.base_url = sim.base_url()});
    for (int i = 0; i < 3; ++i) CHECK(daemon.get(kV2Quotes + "?id=1").status == 200);
    REQUIRE(wait_until([&] { return stores(daemon, "sqlite") >= 1; }));
    clear_memory(daemon);
    CHECK(daemon.get(kV2Quotes + "?id=1").status == 200);
    const auto stats = daemon.get("/admin/stats").body;
    CHECK(has(stats, "\"hit\":3,\"miss\":1"));
    CHECK(has(stats, "{\"tier\":\"memory\",\"up\":true,\"error\":\"\",\"answered\":2,"));
    CHECK(has(stats, "{\"tier\":\"sqlite\",\"up\":true,\"error\":\"\",\"answered\":1,"));
    CHECK_FALSE(stats.find("\"entries\":null") != std::string::npos);
    CHECK(has(stats, "\"today\":{\"spent\":1,"));
    CHECK(has(stats, "\"upstream\":{\"up\":true,\"error\":\"\""));
    CHECK(has(stats, "\"purges\":0"));
    CHECK(daemon.get("/admin/stats?x=1").status == 400);
  }

  TEST_CASE("the commands") {
    Sim sim(Sim::Options{.has_tls = false, .arguments = frozen()});
    Daemon daemon(Daemon::Options{.base_url = sim.base_url(), .sets = {R"(tags.one=["BTC"])"}});
    std::string many = "1";
    for (int i = 0; i < 110; ++i) many += "," + std::to_string(3000 + i);
    CHECK(daemon.get(kV2Quotes + "?id=" + many).status == 200);

    auto ran = run_command(daemon, {"explain", "1"});
    CHECK(ran.code == 0);
    CHECK(has(ran.out, "Answer     from memory, fresh"));
    ran = run_command(daemon, {"stats"});
    CHECK(ran.code == 0);
    CHECK(has(ran.out, "1 fetched"));
    ran = run_command(daemon, {"stats", "--format", "json"});
    CHECK(ran.out == daemon.get("/admin/stats").body);

    ran = run_command(daemon, {"purge", "--tag", "one", "--dry-run"});
    CHECK(ran.code == 0);
    CHECK(has(ran.out, "would be purged"));
    ran = run_command(daemon, {"purge", "--endpoint", "v2.quotes"});
    CHECK(ran.code == 4);
    CHECK(has(ran.err, "--yes confirms"));
    ran = run_command(daemon, {"purge", "--endpoint", "v2.quotes", "--yes", "--format", "json"});
    CHECK(ran.code == 0);
    CHECK(has(ran.out, "\"others\":\"none\""));
    ran = run_command(daemon, {"purge", "--tag", "nope"});
    CHECK(ran.code == 64);
    CHECK(has(ran.err, "tag: 'nope'"));
    CHECK(run_command(daemon, {"purge"}).code == 64);
    CHECK(run_command(daemon, {"explain"}).code == 64);
    for (const auto* command : {"purge", "explain", "stats"}) {
      ran = run_command(daemon, {command, "--help"});
      CHECK(ran.code == 0);
      CHECK(has(ran.out, "Exit status:"));
    }
    sim.process().kill9();
    CHECK(run_command(daemon, {"stats"}).code == 0);
    daemon.kill9();
    CHECK(run_command(daemon, {"stats"}).code == 3);
  }
}

}  // namespace quotecached::test
