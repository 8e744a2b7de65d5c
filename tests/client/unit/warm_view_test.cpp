// What the command says of a run.
#include <doctest/doctest.h>

#include "cli/warm.hpp"
#include "client/documents.hpp"
#include "src/documents.hpp"

namespace quotecache::cli::test {
namespace {

WarmRun sample() {
  auto run = read_warm_run(quotecache::test::kWarmRun);
  REQUIRE(run);
  return *std::move(run);
}

}  // namespace

TEST_SUITE("client::warm_view") {
  TEST_CASE("a run is one line, which names what is not one asset") {
    CHECK(summary(sample()) ==
          "run 12: 6 assets, partly; 6 assets, 2 renewed, 1 fresh, 2 absent, 1 failed; 3 calls, "
          "3 credits estimated, 1,234 spent; unknown: XYZ, 99; shared: BTC (13 assets); failed: "
          "The provider could not be reached.; stopped: spend mode cache_only");
    WarmRun begun = sample();
    begun.state = "running";
    begun.names.clear();
    begun.stopped_by.clear();
    begun.failure.clear();
    CHECK(summary(begun).starts_with("run 12: 6 assets, begun; 6 assets, "));
  }

  TEST_CASE("what is said as JSON is read back") {
    const auto json = run_json(sample());
    CHECK(json.find(R"("names":[{"name":"XYZ","assets":0},{"name":"BTC","assets":13},)") !=
          std::string::npos);
    CHECK(
        json.ends_with(R"({"asset":"XYZ","convert":"USD","why":"ordered","outcome":"absent"}]})"));
  }

  TEST_CASE("of each asset it is told why it is there, and what became of it") {
    CHECK(outcomes_table(sample(), {80, true, false}) ==
          "asset  convert  outcome  why\nBTC    USD      renewed  ordered\n"
          "XYZ    USD      absent   ordered\n");
  }

  TEST_CASE("the last runs are a line each") {
    WarmRun window = sample();
    window.id = 13;
    window.what = "window majors";
    window.begun_by = "clock";
    window.state = "running";
    window.ended.reset();
    window.asks_fresh = 4321;
    CHECK("\n" + runs_table({{window, sample()}, {}}, {120, true, false}) == R"(
RUN  BEGAN (UTC)          TOOK  WHAT           BY     STATE    ASSETS  RENEWED  CALLS  CREDITS  ASKS FRESH
 13  2026-11-29 08:00:01  -     window majors  clock  running       6        2      3    1,234       4,321
 12  2026-11-29 08:00:01  1 s   6 assets       order  partly        6        2      3    1,234           0
)");
    CHECK(runs_table({}, {80, true, false}) == "Nothing was warmed by order or in a window yet.\n");
  }

  TEST_CASE("several runs add up, and tell no more than twenty names") {
    WarmRun sum;
    for (int i = 0; i < 9; ++i) add_up(sum, sample());
    CHECK(sum.assets == 54);
    CHECK(sum.what == "54 assets");
    CHECK(sum.state == "partly");
    CHECK(sum.names.size() == 20);
    CHECK(summary(sum).find(", ...; shared: ") != std::string::npos);
  }

  TEST_CASE("the status tells how the run ended") {
    WarmRun run;
    for (const auto& [state, status] :
         {std::pair{"done", 0}, {"running", 0}, {"partly", 1}, {"nothing", 2}, {"lost", 3}}) {
      run.state = state;
      CHECK(status_after(run) == status);
    }
  }
}

}  // namespace quotecache::cli::test
