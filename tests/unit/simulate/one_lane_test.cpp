// One lane that a call holds whole, beside the best that could have been done: by somebody who knew
// all requests, and by a fixed freshness chosen with hindsight.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "demand/named_trace.hpp"
#include "simulate/clairvoyant.hpp"
#include "simulate/paced_decider.hpp"
#include "simulate/simulation.hpp"

using namespace quotecached;
using namespace quotecached::simulate;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kAssets = 80;
constexpr std::int64_t kDays = 10;

test::DemandShape shape_of(double requests_a_day) {
  test::DemandShape shape;
  shape.start += std::chrono::days(20);  // so that the month ends with the trace
  shape.days = kDays;
  shape.assets = kAssets;
  shape.per_second = requests_a_day / 86400;
  shape.day = test::DemandShape::Day::Flat;
  shape.bursts_per_day = 0;
  return shape;
}

// The least sum of ages of a fixed freshness whose calls renew all: the shortest that makes no more
// calls.
double fixed_age(const std::vector<Ask>& asks, std::int64_t calls) {
  double low = 0;
  double high = 86400;
  double age = 0;
  for (int i = 0; i < 40; ++i) {
    const double fresh = (low + high) / 2;
    std::int64_t made = 0;
    double sum = 0;
    double assets = 0;
    double called = -1e9;
    for (const Ask& ask : asks) {
      const double now = static_cast<double>(ask.at.count()) / 1000;
      assets += static_cast<double>(ask.assets);
      if (now - called >= fresh) {
        called = now;
        ++made;
      }
      sum += (now - called) * static_cast<double>(ask.assets);
    }
    if (made <= calls) age = sum / assets;
    (made > calls ? low : high) = fresh;
  }
  return age;
}

struct Row {
  double requests;  // a day
  std::int64_t credits;
  double most;  // of the clairvoyant's age
};

}  // namespace

TEST_SUITE("simulate: one lane") {
  TEST_CASE("comes near the clairvoyant, and below any fixed freshness") {
    for (const Row& row : {Row{1000, 250, 1.35}, Row{5000, 500, 1.35}, Row{20'000, 500, 1.2}}) {
      CAPTURE(row.requests);
      const auto shape = shape_of(row.requests);
      const test::Demand demand(shape, 1);
      const auto trace =
          test::named_trace(demand, test::numbered_names(kAssets), test::Asking::ById, 1);
      PacedDecider::Options options;
      options.ledger.caps.per_month = {row.credits * kDays};
      PacedDecider decider(options);
      Simulation simulation(catalog::Catalogue::built_in(),
                            decider,
                            {shape.start, {milliseconds(0), milliseconds(0)}});
      std::vector<Ask> asks;
      for (const auto& request : trace) {
        const auto assets = simulation.ask(request.at, request.target);
        asks.push_back({request.at, static_cast<std::int64_t>(assets)});
      }
      simulation.finish(std::chrono::days(kDays));
      const auto& figures = simulation.figures();
      const Clairvoyant clairvoyant(asks);
      const auto least = clairvoyant.least_age(figures.credits);
      REQUIRE(least);
      const double bound = least->mean_seconds(clairvoyant.assets());
      const double fixed = fixed_age(asks, figures.credits);
      MESSAGE(fmt::format(
          "{:.0f} requests a day, {} calls: {:.1f} s, {:.2f} x the least, fixed {:.1f} s",
          row.requests,
          figures.credits,
          figures.ages.mean(),
          figures.ages.mean() / bound,
          fixed));
      CHECK(figures.credits <= row.credits * kDays);
      CHECK(figures.credits >= row.credits * kDays * 97 / 100);
      CHECK(figures.refused == 0);
      CHECK(figures.ages.mean() <= row.most * bound);
      CHECK(figures.ages.mean() <= fixed);
    }
  }
}
