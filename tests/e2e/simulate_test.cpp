// `quotecached simulate`: what it prints, what it refuses, and that it foretells what the daemon
// does with the same requests.
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "e2e/json_text.hpp"
#include "replay/replay.hpp"
#include "support/process.hpp"
#include "support/temp_dir.hpp"

using namespace quotecached;
using namespace quotecached::test;
using namespace std::chrono_literals;

namespace {

constexpr int kUsage = 64;    // EX_USAGE
constexpr int kBadData = 65;  // EX_DATAERR
constexpr int kNoInput = 66;  // EX_NOINPUT

struct Ran {
  int status = -1;
  std::string out, err;
};

Ran simulate(const TempDir& dir, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{built_program("quotecached").string(), "simulate"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  Process process(Command{words, {}}, dir.path(), "simulate");
  const auto status = process.wait(std::chrono::minutes(5));
  return {status ? status->code : -1, process.out(), process.err()};
}

DemandShape some_days() {
  DemandShape shape = steady_month();
  shape.days = 3;
  shape.assets = 120;
  return shape;
}

double number(const std::string& json, const std::string& name) {
  return std::stod("0" + std::string(json_value(json, name)));
}

}  // namespace

TEST_SUITE("e2e: simulate") {
  TEST_CASE("tells for each plan what it would have bought" * doctest::skip(!Daemon::is_built())) {
    const TempDir dir;
    const Demand demand(some_days(), 1);
    const auto trace = named_trace(demand, numbered_names(120), Asking::ById, 1);
    const auto file = (dir / "some.trace").string();
    write_file(file, trace_text(demand.shape().start, trace));
    const auto table = simulate(
        dir, {"--trace", file, "--plan", "basic", "--per-month", "500", "--per-month", "0"});
    CHECK(table.status == 0);
    CHECK(table.err.empty());
    for (const auto* text : {"PLAN", "basic", "500 a month", "no cap"})
      CHECK(table.out.find(text) != std::string::npos);
    const auto csv = simulate(dir, {"--trace", file, "--per-month", "500", "--format", "csv"});
    CHECK(csv.out.starts_with("plan,per_month,credits,"));
    const auto json = simulate(dir,
                               {"--trace",
                                file,
                                "--format",
                                "json",
                                "--per-month",
                                "100",
                                "--set",
                                "freshness.quotes.fresh=5m"});
    CHECK(json.status == 0);
    CHECK(json.out.find("\"per_month\":100,\"credits\":") != std::string::npos);
  }

  TEST_CASE("says what is wrong with a trace or a plan" * doctest::skip(!Daemon::is_built())) {
    const TempDir dir;
    const auto bad = (dir / "bad.trace").string();
    write_file(bad, "quotecached-trace 1 2026-11-01T00:00:00Z\n7\t/v1/key/info\n5\t/v1/key/info\n");
    const auto broken = simulate(dir, {"--trace", bad});
    CHECK(broken.status == kBadData);
    CHECK(broken.err.find("bad.trace: line 3: is earlier than the line above") !=
          std::string::npos);
    CHECK(broken.out.empty());
    write_file(bad, "5\t/v1/key/info\n");
    CHECK(simulate(dir, {"--trace", bad}).status == kBadData);
    const auto none = simulate(dir, {"--trace", (dir / "none").string()});
    CHECK(none.status == kNoInput);
    CHECK(none.err.find("none: No such file or directory") != std::string::npos);
    const auto folder = simulate(dir, {"--trace", dir.path().string()});
    CHECK(folder.status == kNoInput);
    CHECK(folder.err.find("is a directory") != std::string::npos);
    CHECK(simulate(dir, {}).status == kUsage);
    write_file(bad, "quotecached-trace 1 2026-11-01T00:00:00Z\n");
    const auto huge = simulate(dir, {"--trace", bad, "--plan", "huge"});
    CHECK(huge.status == kUsage);
    CHECK(huge.err.find("there is no such plan; there are: basic, ") != std::string::npos);
    for (const std::string number : {"-1", "1e4", "99999999999999999999", "2000000000000", "x"}) {
      CAPTURE(number);
      CHECK(simulate(dir, {"--trace", bad, "--per-month", number}).status == kUsage);
    }
    for (const std::string time : {"60s", "-1", "86401", ""}) {
      CAPTURE(time);
      const auto wrong = simulate(dir, {"--trace", bad, "--tick", time});
      CHECK(wrong.status == kUsage);
      CHECK(wrong.err.find("whole seconds from 0 to 86400") != std::string::npos);
    }
    CHECK(simulate(dir, {"--trace", bad}).status == 0);  // nothing was asked for
  }

  TEST_CASE("tells what names it does not know, and learns them from a map" *
            doctest::skip(!Daemon::is_built())) {
    const TempDir dir;
    const auto file = (dir / "named.trace").string();
    write_file(file,
               "quotecached-trace 1 2026-11-01T00:00:00Z\n"
               "0\t/v2/cryptocurrency/quotes/latest?id=1\n"
               "5\t/v2/cryptocurrency/quotes/latest?slug=bitcoin\n");
    const auto map = (dir / "map.json").string();
    write_file(map,
               R"({"status":{"error_code":0},"data":[{"id":1,"symbol":"BTC","slug":"bitcoin"}]})");
    const auto unknown = simulate(dir, {"--trace", file});
    CHECK(unknown.status == 0);
    CHECK(unknown.out.find("1 of 2 requests ask by symbols or slugs") != std::string::npos);
    const auto known = simulate(dir, {"--trace", file, "--names", map, "--format", "json"});
    CHECK(known.status == 0);
    CHECK(known.out.find("\"credits\":1,") != std::string::npos);
    CHECK(known.out.find("\"by_name\":1,\"by_unknown_name\":0,") != std::string::npos);
    write_file(map, "{}");
    const auto bad = simulate(dir, {"--trace", file, "--names", map});
    CHECK(bad.status == kBadData);
    CHECK(bad.err.find("map.json: is no answer of /v1/cryptocurrency/map") != std::string::npos);
    const auto none = simulate(dir, {"--trace", file, "--names", (dir / "none").string()});
    CHECK(none.status == kNoInput);
    CHECK(none.err.find("none: No such file or directory") != std::string::npos);
  }

  TEST_CASE("foretells what the daemon does with the same requests" *
            doctest::skip(!Daemon::is_built())) {
    const TempDir dir;
    const DemandShape shape = some_days();
    struct Row {
      std::int64_t per_month;
      Asking asking;
    };
    for (const Row& row : {Row{2500, Asking::ById},
                           Row{6000, Asking::ById},
                           Row{2500, Asking::Mixed},
                           Row{6000, Asking::Mixed}}) {
      const auto per_month = row.per_month;
      const bool is_mixed = row.asking == Asking::Mixed;
      CAPTURE(per_month);
      CAPTURE(is_mixed);
      Replay replay({.start = shape.start, .per_month = per_month});
      const Demand demand(shape, 5);
      auto trace = named_trace(demand, names_of(replay.sim(), shape.assets), row.asking, 5);
      // Pages of lists share calls in the daemon, and not in a simulation.
      std::erase_if(trace, [](const auto& request) {
        return request.target.find("/listings/") != std::string::npos;
      });
      const auto file = (dir / "same.trace").string();
      write_file(file, trace_text(shape.start, trace));
      const auto map = (dir / "map.json").string();
      write_file(map, map_of(replay.sim()));
      const auto foretold = simulate(dir,
                                     {"--trace",
                                      file,
                                      "--names",
                                      map,
                                      "--format",
                                      "json",
                                      "--per-month",
                                      std::to_string(per_month)});
      REQUIRE(foretold.status == 0);
      CHECK(number(foretold.out.substr(foretold.out.find("{\"plan\"")), "by_unknown_name") == 0);
      const auto plan = foretold.out.substr(foretold.out.find("{\"plan\""));
      const auto figures = replay.run(trace, std::chrono::days(shape.days));
      const double credits = number(plan, "credits");
      const double age = number(std::string(json_value(plan, "age")), "mean_seconds");
      MESSAGE(fmt::format("{}: {} credits for {:.1f} s, foretold {} for {:.1f} s",
                          per_month,
                          figures.credits,
                          figures.ages.mean(),
                          credits,
                          age));
      CHECK(std::abs(static_cast<double>(figures.credits) / credits - 1) < 0.15);
      CHECK(std::abs(figures.ages.mean() / age - 1) < 0.15);
      CHECK(number(plan, "refused") == static_cast<double>(figures.refused));
    }
  }
}
