#include "warm/run_log.hpp"

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::warm;
using namespace std::chrono_literals;

namespace {

using How = Outcome::How;
using State = Run::State;

struct StandingClock final : Clock {
  [[nodiscard]] TimePoint now() const noexcept override { return at; }
  TimePoint at{1'795'000'000'000ms};
};

struct Bed {
  RunPtr order(std::int64_t assets = 1) {
    Run run;
    run.what = "popular 50";
    run.assets = assets;
    return log.begin(std::move(run), {1});
  }
  RunPtr open() {
    Run run;
    run.what = "window majors";
    run.begun_by = Run::By::Clock;
    return log.begin(std::move(run), {1});
  }
  void settle(std::int64_t run, std::int64_t credits) {
    credit::CallRecord call;
    call.intent.run = run;
    call.outcome.charge.credits = {credits};
    log.note(call);
  }

  StandingClock clock;
  RunLog log{nullptr, clock, {}, {}};
};

}  // namespace

TEST_SUITE("warm::RunLog") {
  TEST_CASE("runs are numbered on, and told newest first") {
    StandingClock clock;
    Run before;
    before.id = 7;
    before.state = State::Lost;
    RunLog log(nullptr, clock, {before}, {});
    const auto run = log.begin({}, {});
    CHECK(run->id == 8);
    CHECK(run->began == clock.at);
    CHECK_FALSE(run->ended);
    clock.at += 5s;
    log.end(*run);
    CHECK(*run->ended == clock.at);
    const auto last = log.last();
    REQUIRE(last.size() == 2);
    CHECK(last[0].state == State::Done);
    CHECK(last[1].id == 7);
  }

  TEST_CASE("calls, outcomes and asks are those of the run that they are put down to") {
    Bed bed;
    const auto order = bed.order();
    const auto window = bed.open();
    bed.settle(order->id, 2);
    bed.settle(window->id, 3);
    bed.settle(window->id, 1);
    bed.settle(0, 100);
    bed.settle(99, 100);
    bed.log.note_outcome(window->id, How::Renewed);
    bed.log.note_outcome(0, How::Renewed);
    bed.log.note_asks(window->id, 2.5);
    bed.log.end(*window);
    bed.log.note_asks(window->id, 2);  // its last copies end later
    CHECK(order->calls == 1);
    CHECK(order->spent == Credits{2});
    CHECK(window->calls == 2);
    CHECK(window->spent == Credits{4});
    CHECK(window->count(How::Renewed) == 1);
    CHECK(window->asks_fresh == doctest::Approx(4.5));
    CHECK(order->asks_fresh == 0);
  }

  TEST_CASE("fifty are remembered, and the windows that are open") {
    Bed bed;
    const auto window = bed.open();
    for (int i = 0; i < 120; ++i) bed.log.end(*bed.order());
    CHECK(bed.log.last().size() == RunLog::kRemembered);
    CHECK(bed.log.last().back().id == window->id);
    bed.settle(window->id, 1);
    CHECK(window->spent == Credits{1});
    bed.log.end(*window);
    bed.log.end(*bed.order());
    CHECK(bed.log.last().back().id != window->id);
  }

  TEST_CASE("what became of each asset is told until the next order, whatever opens meanwhile") {
    Bed bed;
    const auto first = bed.order();
    first->outcomes.push_back({"1", "USD", "ordered", How::Renewed});
    CHECK(bed.log.last()[0].outcomes.empty());  // not all are known yet
    bed.log.end(*first);
    (void)bed.open();
    CHECK(bed.log.last()[1].outcomes.size() == 1);
    (void)bed.order();
    CHECK(bed.log.last()[2].outcomes.empty());
  }

  TEST_CASE("a run ends as its assets did") {
    struct Row {
      const char* name;
      std::vector<How> how;
      State state;
    };
    const Row rows[] = {
        {"nothing was to be done", {}, State::Done},
        {"all is there", {How::Renewed, How::Fresh, How::Unasked, How::Absent}, State::Done},
        {"one could not be had", {How::Renewed, How::Failed}, State::Partly},
        {"none could", {How::Failed, How::NotTried, How::Unworthy}, State::Nothing},
        {"a window's, again and again", {How::Failed, How::Failed, How::Renewed}, State::Partly},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      Bed bed;
      const auto run = bed.order(1);
      for (const auto how : row.how) bed.log.note_outcome(run->id, how);
      bed.log.end(*run);
      CHECK(run->state == row.state);
    }
  }
}
