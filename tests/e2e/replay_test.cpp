// Days of requests through the real daemon on clocks that stand still between moves: what is
// promised of credits and ages holds for each answer, and the same days end the same way.
#include "replay/replay.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::test;
using namespace std::chrono_literals;

namespace {

// The last days of a month, so that its credits and the next month's are spent.
DemandShape turn_of_the_month() {
  DemandShape shape = steady_month();
  shape.start = TimePoint(std::chrono::sys_days(std::chrono::year(2026) / 11 / 30));
  shape.days = 2;
  shape.assets = 150;
  shape.per_second = 0.01;
  return shape;
}

struct Row {
  Asking asking;
  std::int64_t per_month;
  std::vector<std::string> sets;
};

ReplayFigures replayed(const DemandShape& shape, const Row& row, unsigned seed) {
  Replay::Options options;
  options.start = shape.start;
  options.per_month = row.per_month;
  options.sets = row.sets;
  Replay replay(std::move(options));
  const Demand demand(shape, seed);
  const auto names = names_of(replay.sim(), shape.assets);
  return replay.run(named_trace(demand, names, row.asking, seed), std::chrono::days(shape.days));
}

std::vector<trace::TracedRequest> read_trace(const std::filesystem::path& path) {
  std::ifstream in(path);
  auto reader = trace::TraceReader::open(in);
  REQUIRE(reader);
  std::vector<trace::TracedRequest> requests;
  for (auto request = reader->next(); *request; request = reader->next()) {
    requests.push_back(**request);
    REQUIRE(request);
  }
  return requests;
}

std::size_t count_assets(const std::string& target) {
  return static_cast<std::size_t>(std::count(target.begin(), target.end(), ','));
}

}  // namespace

TEST_SUITE("e2e: replay") {
  TEST_CASE("the same days twice: the same credits, and the same age of every asset served" *
            doctest::skip(!Daemon::is_built())) {
    const Row row{Asking::Mixed, 300, {}};
    const auto once = replayed(turn_of_the_month(), row, 1);
    const auto again = replayed(turn_of_the_month(), row, 1);
    CHECK(once.requests > 1000);
    CHECK(once.ages.count() > 2000);
    CHECK(once.credits == again.credits);
    CHECK(once.ages.mean() == again.ages.mean());
    CHECK(once == again);
  }

  TEST_CASE("no cap is passed, and who has a copy is not refused" *
            doctest::skip(!Daemon::is_built())) {
    DemandShape shape = turn_of_the_month();
    shape.days = 1;  // one month's credits
    for (const std::int64_t per_month : {20, 150, 5000}) {
      CAPTURE(per_month);
      const auto figures = replayed(shape, {Asking::ById, per_month, {}}, 2);
      MESSAGE(per_month << ": " << figures.credits << " credits, " << figures.refused << " of "
                        << figures.requests << " refused, mean age " << figures.ages.mean());
      CHECK(figures.credits <= per_month);
      CHECK(figures.booked == figures.credits);
      CHECK(figures.credits > 0);
      CHECK(figures.lacking == 0);
      CHECK(figures.refused_with_copies == 0);
      if (per_month == 5000) CHECK(figures.refused == 0);
    }
  }

  TEST_CASE("an age is what it is said to be: fresh copies alone where credits are ample" *
            doctest::skip(!Daemon::is_built())) {
    DemandShape shape = turn_of_the_month();
    shape.days = 1;
    const auto figures =
        replayed(shape, {Asking::ById, 0, {"freshness.quotes.stale_while_revalidate=0s"}}, 3);
    CHECK(figures.ages.quantile(1) < 60);
    CHECK(figures.ages.mean() > 0);
    CHECK(figures.refused == 0);
    // Each call is a tick of the provider's here.
    CHECK(figures.ages == figures.content_ages);
  }

  TEST_CASE("what clients ask for is recorded as a trace, and replayed it is asked for again" *
            doctest::skip(!Daemon::is_built())) {
    DemandShape shape = turn_of_the_month();
    shape.days = 1;
    shape.per_second = 0.004;
    const TempDir dir;
    const auto file = dir / "requests.trace";
    std::vector<trace::TracedRequest> asked;
    {
      Replay replay({.start = shape.start, .sets = {"usage.trace=" + file.string()}});
      asked = named_trace(Demand(shape, 4), names_of(replay.sim(), 150), Asking::Mixed, 4);
      replay.run(asked, std::chrono::days(1));
      CHECK(replay.daemon().sigterm());
    }
    const auto recorded = read_trace(file);
    REQUIRE(recorded.size() == asked.size());
    for (std::size_t i = 0; i < asked.size(); ++i) {
      CHECK(recorded[i].at == asked[i].at);
      CHECK(recorded[i].client.empty());
      CHECK(count_assets(recorded[i].target) == count_assets(asked[i].target));
    }
    Replay again({.start = shape.start});
    const auto figures = again.run(recorded, std::chrono::days(1));
    CHECK(figures.refused == 0);
    CHECK(figures.lacking == 0);
  }
}
