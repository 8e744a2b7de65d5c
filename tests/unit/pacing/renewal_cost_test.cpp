#include "pacing/renewal_cost.hpp"

#include <random>
#include <vector>

#include <doctest/doctest.h>

using namespace quotecached::pacing;

namespace {

// Calls an hour of a lane that is asked for at random, counted: an ask that finds a copy older than
// `fresh` has it renewed once the ages that asks saw since the last call have come to `price`.
double counted_calls(double rate, double fresh, double price) {
  std::mt19937 random(11);
  std::exponential_distribution<double> gap(rate);
  constexpr int kCalls = 20'000;
  double now = 0;
  for (int call = 0; call < kCalls; ++call) {
    const double since = now;
    double debt = 0;
    while (true) {
      now += gap(random);
      debt += now - since;
      if (now - since >= fresh && debt >= price) break;
    }
  }
  return 3600 * kCalls / now;
}

}  // namespace

TEST_SUITE("pacing::renewal_cost") {
  TEST_CASE("a lane owes a price when the ages of its asks and of the call's own come to it") {
    struct Row {
      double rate;
      double price;
    };
    for (const auto& row : {Row{0.001, 60}, Row{0.001, 1e6}, Row{0.1, 500}, Row{25, 1e9}}) {
      CAPTURE(row.rate);
      CAPTURE(row.price);
      const double t = seconds_to_owe(row.rate, Age(row.price));
      CHECK(row.rate * t * t / 2 + t == doctest::Approx(row.price));
    }
    CHECK(seconds_to_owe(0.1, Age(0)) == 0);
  }

  TEST_CASE("a fresh copy is not renewed, whatever it owes") {
    CHECK(seconds_between_calls(0.1, 60, Age(0)) == doctest::Approx(70));
    const double owing = seconds_to_owe(0.1, Age(180));
    CHECK(owing < 60);
    CHECK(seconds_between_calls(0.1, 60, Age(180)) == doctest::Approx(70));
    CHECK(seconds_between_calls(0.1, 60, Age(2000)) ==
          doctest::Approx(10 + seconds_to_owe(0.1, Age(2000))));
  }

  TEST_CASE("an hour costs the sum over its lanes") {
    const LaneDemand quotes{.share = 0.75, .fresh = 60, .credits = 1};
    const LaneDemand listings{.share = 0.25, .fresh = 120, .credits = 3};
    CHECK(credits_of_hour({}, 3600, Age(0)) == 0);
    const LaneDemand one;
    CHECK(credits_of_hour({&one, 1}, 0, Age(0)) == 0);
    CHECK(credits_of_hour({&one, 1}, 3600, Age(0)) == doctest::Approx(3600.0 / 61));
    const std::vector<LaneDemand> both{quotes, listings};
    for (const Age price : {Age(0), Age(1000)}) {
      CAPTURE(price.count());
      const double expected = 3600 / seconds_between_calls(0.75, 60, price) +
                              3 * 3600 / seconds_between_calls(0.25, 120, 3 * price);
      CHECK(credits_of_hour(both, 3600, price) == doctest::Approx(expected));
    }
  }

  TEST_CASE("the dearer a credit, the fewer are spent") {
    const LaneDemand lane{.share = 1, .fresh = 60, .credits = 1};
    double before = credits_of_hour({&lane, 1}, 500, Age(0));
    for (double price = 100; price < 1e9; price *= 3) {
      const double credits = credits_of_hour({&lane, 1}, 500, Age(price));
      CHECK(credits <= before);
      before = credits;
    }
    CHECK(before < 0.3);
  }

  TEST_CASE("is what asks at random cost") {
    struct Row {
      double rate;
      double price;
    };
    for (const auto& row : {Row{0.5, 0},
                            Row{0.02, 0},
                            Row{0.02, 1000},
                            Row{0.02, 30'000},
                            Row{0.5, 5000},
                            Row{0.001, 20'000}}) {
      CAPTURE(row.rate);
      CAPTURE(row.price);
      const LaneDemand lane{.share = 1, .fresh = 60, .credits = 1};
      CHECK(credits_of_hour({&lane, 1}, row.rate * 3600, Age(row.price)) ==
            doctest::Approx(counted_calls(row.rate, 60, row.price)).epsilon(0.1));
    }
  }
}
