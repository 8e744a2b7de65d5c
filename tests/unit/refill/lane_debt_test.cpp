#include "refill/lane_debt.hpp"

#include <cmath>
#include <random>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using pacing::Age;

namespace {

const TimePoint kBegun{std::chrono::seconds(1'790'000'000)};

struct Saw {
  double age = 0;    // mean
  double calls = 0;  // an hour
};

// Requests for one to eight assets come at random, `rate` a second; each that is worth `price` has
// a call made.
Saw run(double rate, double price, bool by_served) {
  std::mt19937 random(3);
  std::exponential_distribution<double> gap(rate);
  std::uniform_int_distribution<> size(1, 8);
  LaneDebt debt;
  double now = 0;
  double called = 0;
  double ages = 0;
  double asks = 0;
  double calls = 0;
  for (int i = 0; i < 40'000; ++i) {
    now += gap(random);
    const TimePoint at = kBegun + milliseconds(static_cast<std::int64_t>(now * 1000));
    const int assets = size(random);
    const double age = now - called;
    debt.note(assets, Age(age), at);
    for (int asset = 0; asset < assets; ++asset) debt.note_requested(Age(age), at);
    debt.learn_size(at);
    const Age worth = by_served ? debt.served(30s, at) : debt.worth(rate * 4.5, Age(price), at);
    asks += assets;
    if (worth < Age(price)) {
      ages += age * assets;
      continue;
    }
    debt.pay(at);
    debt.settle();
    called = now;
    ++calls;
  }
  return {ages / asks, calls / now * 3600};
}

// The mean age at so many calls an hour.
double age_at(double calls, bool by_served) {
  double low = 0;
  double high = 20;
  for (int i = 0; i < 30; ++i) {
    const double middle = (low + high) / 2;
    (run(0.05, std::exp(middle), by_served).calls > calls ? low : high) = middle;
  }
  return run(0.05, std::exp(high), by_served).age;
}

}  // namespace

TEST_SUITE("refill::LaneDebt") {
  TEST_CASE("what is to be expected buys younger copies than what was served") {
    for (const double calls : {20.0, 40.0}) {
      CAPTURE(calls);
      CHECK(age_at(calls, false) < 0.93 * age_at(calls, true));
    }
  }

  TEST_CASE("a call is worth what the request itself would be served, at least") {
    LaneDebt debt;
    debt.note(3, Age(100), kBegun);
    for (int i = 0; i < 3; ++i) debt.note_requested(Age(100), kBegun);
    CHECK(debt.worth(0, Age(1000), kBegun) == Age(300));
    CHECK(debt.worth(0.01, Age(1000), kBegun) > Age(300));
    // Parts of a request may be noted while others are looked for.
    debt.note(1, Age(100), kBegun + 200ms);
    debt.note_requested(Age(100), kBegun + 200ms);
    CHECK(debt.worth(0, Age(1000), kBegun + 200ms) == Age(400));
  }

  TEST_CASE("what was served beyond the age of the copies counts in full, until it is paid") {
    LaneDebt debt;
    debt.note(1, Age(0), kBegun);
    debt.note_requested(Age(0), kBegun);
    debt.add(Age(7000));
    CHECK(debt.worth(0, Age(1000), kBegun) == Age(7000));
    CHECK(debt.worth(0.01, Age(1000), kBegun) >= Age(7000));
    debt.pay(kBegun);
    debt.note(1, Age(1), kBegun + 1s);
    debt.note_requested(Age(1), kBegun + 1s);
    CHECK(debt.worth(0, Age(1000), kBegun + 1s) == Age(1));
    CHECK(debt.served(1s, kBegun + 1s) == Age(7001));  // nothing came of it
    CHECK(debt.worth(0, Age(1000), kBegun + 1s) == Age(7001));
  }

  TEST_CASE("without a request it is what was served") {
    LaneDebt debt;
    debt.note(5, Age(100), kBegun);
    debt.note(1, Age(110), kBegun + 10s);
    CHECK(debt.worth(0.1, Age(1000), kBegun + 10s) == Age(610));
    debt.note_requested(Age(110), kBegun + 10s);
    CHECK(debt.worth(0.1, Age(1000), kBegun + 20s) == Age(610));
  }

  TEST_CASE("the more was asked for since the last call, the sooner one is worth it") {
    const auto worth = [](int asks) {
      LaneDebt debt;
      debt.pay(kBegun);
      debt.note(asks, Age(60), kBegun + 60s);
      debt.note(1, Age(120), kBegun + 120s);
      debt.note_requested(Age(120), kBegun + 120s);
      return debt.worth(0.05, Age(1e5), kBegun + 120s);
    };
    CHECK(worth(1) < worth(10));
    CHECK(worth(10) < worth(1000));
  }

  TEST_CASE("what a call did not bring is owed again, with all that it stood for") {
    LaneDebt debt;
    debt.note(2, Age(50), kBegun);
    debt.pay(kBegun);
    CHECK(debt.served(30s, kBegun + 29s) == Age(0));
    CHECK(debt.served(30s, kBegun + 30s) == Age(100));
    debt.pay(kBegun + 30s);
    debt.settle();
    CHECK(debt.served(30s, kBegun + 1h) == Age(0));
  }

  TEST_CASE("a clock that stepped back does no harm") {
    LaneDebt debt;
    debt.pay(kBegun);
    debt.note(2, Age(50), kBegun - 1h);
    debt.note_requested(Age(50), kBegun - 1h);
    const Age worth = debt.worth(0.05, Age(1000), kBegun - 1h);
    CHECK(worth >= Age(50));
    CHECK(worth < Age(1e6));
  }
}
