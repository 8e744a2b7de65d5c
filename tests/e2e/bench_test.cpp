// `quotecached bench`: each scenario for a moment, what it prints, what it refuses, how it
// compares, and that nothing is left of it.
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "e2e/json_text.hpp"
#include "support/daemon.hpp"
#include "support/process.hpp"
#include "support/sim.hpp"
#include "support/temp_dir.hpp"
#include "support/wait.hpp"

using namespace quotecached;
using namespace quotecached::test;
using namespace std::chrono_literals;

namespace {

constexpr int kWorse = 1;
constexpr int kUsage = 64;        // EX_USAGE
constexpr int kBadData = 65;      // EX_DATAERR
constexpr int kNoInput = 66;      // EX_NOINPUT
constexpr int kUnavailable = 69;  // EX_UNAVAILABLE

struct BenchRun {
  int status = -1;
  std::string out, err;
};

Command bench_command(const TempDir& dir, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{built_program("quotecached").string(), "bench"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return {words, {{"TMPDIR", dir.path().string()}}};
}

BenchRun bench(const TempDir& dir, const std::vector<std::string>& arguments) {
  Process process(bench_command(dir, arguments), dir.path(), "bench");
  const auto status = process.wait(std::chrono::minutes(2));
  return {status ? status->code : -1, process.out(), process.err()};
}

std::string_view part(const std::string& json, const std::string& object, const std::string& name) {
  return json_value(json_value(json, object), name);
}

double figure(const std::string& json, const std::string& object, const std::string& name) {
  return std::stod("0" + std::string(part(json, object, name)));
}

// The folder that a test under way works in; empty: there is none.
std::filesystem::path folder_in(const TempDir& dir) {
  for (const auto& entry : std::filesystem::directory_iterator(dir.path()))
    if (entry.path().filename().string().starts_with("quotecached-bench-")) return entry.path();
  return {};
}

// Where the daemon under test listens; empty while it does not.
std::string address_in(const std::filesystem::path& folder) {
  const std::string log = folder.empty() ? "" : read_file(folder / "daemon.log");
  const std::string sign = "listening address=";
  const auto at = log.find(sign);
  if (at == std::string::npos) return {};
  const auto begin = at + sign.size();
  const auto end = log.find('\n', begin);
  return end == std::string::npos ? "" : log.substr(begin, end - begin);
}

bool has_bought(const std::string& address) {
  if (address.empty()) return false;
  HttpClient client;
  const auto page = client.get("http://" + address + "/metrics");
  const std::string series = "\nquotecached_upstream_calls_total{result=\"ok\"} ";
  const auto at = page.body.find(series);
  // More than one: what the first brought has been answered.
  return at != std::string::npos && std::stol(page.body.substr(at + series.size())) > 1;
}

std::vector<std::string> briefly(const std::string& scenario) {
  return {"--scenario", scenario, "--duration", "500ms", "--concurrency", "4"};
}

std::vector<std::string> with(std::vector<std::string> words,
                              const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

TEST_SUITE("e2e: bench") {
  TEST_CASE("each scenario is asked and told" * doctest::skip(!Daemon::is_built())) {
    const TempDir dir;
    struct Row {
      std::string scenario;
      double least_hits, most_hits;
    };
    const Row rows[] = {{"hot", 1, 1}, {"mixed", 0.9, 0.999}, {"cold", 0, 0}, {"herd", 0, 0.1}};
    for (const auto& row : rows) {
      CAPTURE(row.scenario);
      const auto ran = bench(dir, with(briefly(row.scenario), {"--report", "json"}));
      CAPTURE(ran.err);
      REQUIRE(ran.status == 0);
      CHECK(json_text(ran.out, "scenario") == row.scenario);
      CHECK(json_value(ran.out, "is_complete") == "true");
      CHECK(figure(ran.out, "daemon", "requests") > 0);
      CHECK(figure(ran.out, "floor", "requests") > 0);
      CHECK(figure(ran.out, "daemon", "wrong_share") == 0);
      CHECK(figure(ran.out, "daemon", "hit_share") >= row.least_hits);
      CHECK(figure(ran.out, "daemon", "hit_share") <= row.most_hits);
      CHECK(figure(ran.out, "ratios", "cpu") > 0);
      CHECK(figure(ran.out, "ratios", "p50") > 0);
      CHECK(figure(ran.out, "ratios", "p99") > 0);
      CHECK(folder_in(dir).empty());
    }
  }

  TEST_CASE("a herd is bought once" * doctest::skip(!Daemon::is_built())) {
    const TempDir dir;
    const auto ran = bench(
        dir,
        {"--scenario", "herd", "--duration", "500ms", "--concurrency", "50", "--report", "json"});
    CAPTURE(ran.err);
    REQUIRE(ran.status == 0);
    CHECK(std::stod(std::string(json_value(ran.out, "herds"))) > 0);
    CHECK(json_value(ran.out, "upstream_calls") == json_value(ran.out, "herds"));
  }

  TEST_CASE("an outage is answered with stale copies" * doctest::skip(!Daemon::is_built())) {
    const TempDir dir;
    const auto ran = bench(
        dir,
        {"--scenario", "outage", "--duration", "4s", "--concurrency", "4", "--report", "json"});
    CAPTURE(ran.err);
    REQUIRE(ran.status == 0);
    CHECK(figure(ran.out, "since_outage", "stale_share") > 0.1);
    CHECK(figure(ran.out, "since_outage", "wrong_share") == 0);
  }

  TEST_CASE("a trace is asked once, in an open loop" * doctest::skip(!Daemon::is_built())) {
    const TempDir dir;
    const auto file = (dir / "some.trace").string();
    std::string text = "quotecached-trace 1 2026-11-01T00:00:00Z\n";
    for (int i = 1; i <= 20; ++i)
      text +=
          std::to_string(i) + "\t/v2/cryptocurrency/quotes/latest?id=" + std::to_string(i) + "\n";
    text += "99\t/v1/cryptocurrency/listings/latest\n";
    write_file(file, text);
    const auto ran = bench(
        dir,
        {"--scenario", "trace", file, "--duration", "1s", "--rate", "200", "--report", "json"});
    CAPTURE(ran.err);
    REQUIRE(ran.status == 0);
    CHECK(figure(ran.out, "daemon", "requests") == 21);
    CHECK(json_value(part(ran.out, "daemon", "answers"), "200") == "20");
    CHECK(figure(ran.out, "options", "rate") == 200);
  }

  TEST_CASE("a report is compared with an earlier one" * doctest::skip(!Daemon::is_built())) {
    const TempDir dir;
    const auto baseline = (dir / "baseline.json").string();
    const std::string options = R"("scenario":"hot","options":{"concurrency":4,"rate":0})";
    const auto compared = with(briefly("hot"), {"--compare", baseline, "--threshold", "5%"});
    write_file(baseline, "{" + options + R"(,"ratios":{"cpu":1000,"p50":1000,"p99":1000}})");
    const auto better = bench(dir, compared);
    CHECK(better.status == 0);
    CHECK(better.out.find("daemon by floor") != std::string::npos);
    for (const auto* line : {"cpu: ", "p50: ", "p99: ", "wrong: 0.000 %"})
      CHECK(better.err.find(line) != std::string::npos);
    write_file(baseline, "{" + options + R"(,"ratios":{"cpu":0.001,"p50":1000}})");
    const auto worse = bench(dir, compared);
    CHECK(worse.status == kWorse);
    CHECK(worse.err.find("was 0.001") != std::string::npos);
    CHECK(bench(dir, with(compared, {"--figures", "p50,wrong"})).status == 0);
    const auto other = bench(dir, with(compared, {"--rate", "7"}));
    CHECK(other.status == kBadData);
    CHECK(other.err.find("another test") != std::string::npos);
    write_file(baseline, "hi");
    CHECK(bench(dir, compared).status == kBadData);
    std::filesystem::remove(baseline);
    const auto none = bench(dir, compared);
    CHECK(none.status == kNoInput);
    CHECK(none.err.find("No such file or directory") != std::string::npos);
  }

  TEST_CASE("Ctrl-C tells what was measured, and leaves nothing" *
            doctest::skip(!Daemon::is_built())) {
    const TempDir dir;
    Process process(
        bench_command(dir, {"--scenario", "cold", "--duration", "10m"}), dir.path(), "bench");
    REQUIRE(wait_until([&] { return has_bought(address_in(folder_in(dir))); }));
    process.signal(SIGINT);
    const auto status = process.wait();
    REQUIRE(status);
    CHECK(status->code == 0);
    CHECK(process.out().find("(cut short)") != std::string::npos);
    CHECK(process.out().find("daemon ") != std::string::npos);
    CHECK(folder_in(dir).empty());
  }

  TEST_CASE("a daemon that runs is loaded with its warning" * doctest::skip(!Daemon::is_built())) {
    const TempDir dir;
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    sim.clear_calls();
    const auto hot =
        bench(dir, with(briefly("hot"), {"--target", daemon.base_url(), "--report", "json"}));
    CAPTURE(hot.err);
    REQUIRE(hot.status == 0);
    CHECK(hot.err.find("misses cost credits") != std::string::npos);
    CHECK(figure(hot.out, "daemon", "hit_share") == 1);
    CHECK(sim.calls("/v2/").size() == 1);
    const auto mixed =
        bench(dir, with(briefly("mixed"), {"--target", daemon.base_url(), "--report", "json"}));
    CAPTURE(mixed.err);
    REQUIRE(mixed.status == 0);
    CHECK(figure(mixed.out, "daemon", "hit_share") == 1);  // nothing new is asked for
    for (const std::string scenario : {"cold", "herd", "outage"}) {
      CAPTURE(scenario);
      CHECK(bench(dir, with(briefly(scenario), {"--target", daemon.base_url()})).status == kUsage);
    }
    const auto cold = bench(dir, with(briefly("cold"), {"--target", daemon.base_url(), "--spend"}));
    CAPTURE(cold.err);
    CHECK(cold.status == 0);
  }

  TEST_CASE("what cannot be is refused" * doctest::skip(!Daemon::is_built())) {
    const TempDir dir;
    const std::vector<std::vector<std::string>> wrong{
        {"--scenario", "warm"},
        {"--scenario", "trace"},
        {"some.trace"},
        {"--duration", "10"},
        {"--duration", "2h"},
        {"--concurrency", "0"},
        {"--concurrency", "1000000"},
        {"--rate", "-1"},
        {"--threshold", "much"},
        {"--figures", "cpu,max"},
        {"--report", "csv"},
        {"--spend"},
        {"--token-file", "x"},
        {"--config", "x"},
        {"--target", "https://127.0.0.1:1"},
        {"--target", "http://127.0.0.1:1/path"},
        {"--target", "http://127.0.0.1:1", "--set", "listen.threads=2"},
        {"--set", "tiers.redis.url=redis://127.0.0.1"},
        {"--set", "upstream.base_url=https://pro-api.coinmarketcap.com"}};
    for (const auto& arguments : wrong) {
      CAPTURE(arguments.back());
      const auto ran = bench(dir, arguments);
      CHECK(ran.status == kUsage);
      CHECK(!ran.err.empty());
      CHECK(ran.out.empty());
    }
    const auto nobody = bench(dir, {"--target", "http://127.0.0.1:1"});
    CHECK(nobody.status == kUnavailable);
    const auto unknown = bench(dir, {"--set", "listen.thread=2"});
    CHECK(unknown.status == kUnavailable);
    CHECK(unknown.err.find("unknown key") != std::string::npos);
    CHECK(bench(dir, {"--scenario", "trace", dir.path().string()}).status == kNoInput);
  }
}
