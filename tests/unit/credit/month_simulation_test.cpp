// The promise of pacing on a virtual clock: a month's credits last, are used, and buy more
// freshness than any fixed freshness could.
#include <cmath>
#include <map>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "month_policies.hpp"
#include "month_run.hpp"
#include "month_trace.hpp"

using namespace quotecached;
using namespace quotecached::test;
using pacing::SpendMode;

namespace {

constexpr double kAskedFor = 60;  // seconds of freshness
constexpr int kRungs = 40;        // of a ladder of freshness, from an hour to a day

double rung(int at) { return 3600 * std::pow(24, at / double{kRungs - 1}); }

// The shortest fixed freshness that fits the budget: known only when the month is over.
class Hindsight {
 public:
  explicit Hindsight(const MonthTrace& trace) : trace_(trace) {}

  struct Best {
    double fresh = 0;
    MonthFigures figures;
  };
  Best within(std::int64_t credits) {
    int low = -1;  // costs too much
    int high = kRungs - 1;
    while (high - low > 1) {
      const int middle = (low + high) / 2;
      (at(middle).credits <= credits ? high : low) = middle;
    }
    REQUIRE(low >= 0);  // the ladder begins low enough
    return {rung(high), at(high)};
  }

 private:
  const MonthFigures& at(int step) {
    const auto found = known_.find(step);
    if (found != known_.end()) return found->second;
    FixedFreshness policy(rung(step));
    return known_[step] = MonthRun(trace_, policy).figures();
  }

  const MonthTrace& trace_;
  std::map<int, MonthFigures> known_;
};

// Made once: both cases run the same months.
const MonthTrace& trace_of(unsigned seed) {
  static std::map<unsigned, MonthTrace> traces;
  return traces.try_emplace(seed, seed).first->second;
}

std::string line(std::string_view name, const MonthFigures& figures) {
  return fmt::format(
      "{:>15}: {:6} credits, age {:5.0f} s mean, {:6} s p95, {:4.1f} % older than 5 min",
      name,
      figures.credits,
      figures.mean_age,
      figures.p95_age,
      100 * figures.older_than_5_minutes);
}

}  // namespace

TEST_SUITE("credit: a month") {
  TEST_CASE("scarce credits last, are used, and buy more freshness than a fixed one could") {
    for (const unsigned seed : {1U, 2U, 3U}) {
      const MonthTrace& trace = trace_of(seed);
      Hindsight hindsight(trace);
      for (const std::int64_t budget : {7500, 15000}) {
        CAPTURE(seed);
        CAPTURE(budget);
        const auto best = hindsight.within(budget);
        Paced policy(budget);
        const auto paced = MonthRun(trace, policy).figures();
        MESSAGE(
            fmt::format("seed {}, {} requests, {} credits\n{}\n{}, stretch {:.1f}, economise "
                        "{:.1f} %, foreground_only {:.2f} %, cache_only {:.2f} %",
                        seed,
                        trace.requests().size(),
                        budget,
                        line(fmt::format("fixed {:.0f} s", best.fresh), best.figures),
                        line("paced", paced),
                        policy.mean_stretch(),
                        100 * policy.share_of(SpendMode::Economise),
                        100 * policy.share_of(SpendMode::ForegroundOnly),
                        100 * policy.share_of(SpendMode::CacheOnly)));
        CHECK(paced.credits <= budget);
        CHECK(paced.credits >= budget * 97 / 100);
        CHECK(paced.mean_age <= (budget == 7500 ? 150 : 40));
        CHECK(paced.p95_age < best.figures.p95_age);
        CHECK(paced.older_than_5_minutes < best.figures.older_than_5_minutes);
        CHECK(paced.refused == 0);
      }
    }
  }

  TEST_CASE("ample credits keep all as fresh as was asked for, and filled calls need fewer") {
    // One seed: a call that carries a hundred assets takes its time in a debug build.
    const MonthTrace& trace = trace_of(1);
    FixedFreshness asked_for(kAskedFor);
    const auto wanted = MonthRun(trace, asked_for).figures();
    Paced policy(wanted.credits * 3 / 2);
    const auto paced = MonthRun(trace, policy).figures();
    MESSAGE(fmt::format("ample: {} credits\n{}\n{}, normal {:.1f} %",
                        wanted.credits * 3 / 2,
                        line("fixed 60 s", wanted),
                        line("paced", paced),
                        100 * policy.share_of(SpendMode::Normal)));
    CHECK(policy.share_of(SpendMode::Normal) > 0.9);
    CHECK(paced.credits <= wanted.credits);
    CHECK(paced.mean_age < kAskedFor);
    CHECK(paced.older_than_5_minutes == 0);
    CHECK(paced.refused == 0);
  }
}
