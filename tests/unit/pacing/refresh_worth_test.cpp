#include "pacing/refresh_worth.hpp"

#include <array>
#include <cmath>
#include <string>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::pacing;

namespace {

const TimePoint kStart{1'700'000'000s};
constexpr Credits kOne{1};

// A stretch that asks `age` of a credit.
double stretch_for(Age age) { return std::sqrt(1 + age / Age(30min)); }

bool ask(
    RefreshWorth& worth, std::string_view key, TimePoint fetched, double stretch, TimePoint now) {
  const StaleCopy copy{key, fetched};
  return worth.is_worth({&copy, 1}, kOne, stretch, now);
}

}  // namespace

TEST_SUITE("pacing::worth_of_credit") {
  TEST_CASE("is nothing while freshness is not stretched, and grows with its square") {
    CHECK(worth_of_credit(1) == Age(0));
    CHECK(worth_of_credit(0.5) == Age(0));
    CHECK(worth_of_credit(2) == Age(90min));
    CHECK(worth_of_credit(10) == Age(99 * 30min));
  }
}

TEST_SUITE("pacing::RefreshWorth") {
  TEST_CASE("everything is worth its credit while freshness is not stretched") {
    RefreshWorth worth;
    CHECK(ask(worth, "BTC", kStart, 1, kStart + 61s));
    CHECK(ask(worth, "BTC", kStart + 120s, 1, kStart + 60s));  // the clock stepped back
  }

  TEST_CASE("many readers make a young copy worth it, one reader an old one") {
    RefreshWorth worth;
    const double stretch = stretch_for(1000s);
    for (int second = 0; second < 9; ++second) {
      CHECK_FALSE(ask(worth, "BTC", kStart, stretch, kStart + 100s));
    }
    CHECK(ask(worth, "BTC", kStart, stretch, kStart + 101s));
    CHECK_FALSE(ask(worth, "XYZ", kStart, stretch, kStart + 999s));
    CHECK(ask(worth, "ZYX", kStart, stretch, kStart + 1001s));
  }

  TEST_CASE("stays worth it until the copy is renewed, and begins anew then") {
    RefreshWorth worth;
    const double stretch = stretch_for(1000s);
    CHECK(ask(worth, "BTC", kStart, stretch, kStart + 1100s));
    CHECK(ask(worth, "BTC", kStart, stretch, kStart + 1101s));  // the call failed
    const TimePoint renewed = kStart + 1102s;
    CHECK_FALSE(ask(worth, "BTC", renewed, stretch, renewed + 600s));
    CHECK(ask(worth, "BTC", renewed, stretch, renewed + 601s));
  }

  TEST_CASE("the copies of a request count together, against all credits they cost") {
    const std::array copies{StaleCopy{"BTC", kStart}, StaleCopy{"ETH", kStart + 100s}};
    const double stretch = stretch_for(1000s);
    struct Row {
      std::int64_t price;
      std::chrono::seconds after;  // 2 x after - 100 s are seen
      bool expected;
    };
    for (const auto& row : {Row{1, 549s, false},
                            Row{1, 551s, true},
                            Row{2, 1049s, false},
                            Row{2, 1051s, true},
                            Row{0, 101s, true}}) {
      CAPTURE(row.price);
      CAPTURE(row.after.count());
      RefreshWorth worth;
      CHECK(worth.is_worth(copies, {row.price}, stretch, kStart + row.after) == row.expected);
    }
  }

  TEST_CASE("forgets those asked longest ago when there are too many, never those asked lately") {
    RefreshWorth worth(4);
    const double stretch = stretch_for(1000s);
    TimePoint now = kStart + 300s;
    CHECK_FALSE(ask(worth, "rare", kStart, stretch, now));
    for (int i = 0; i < 100; ++i) {
      now += 1s;
      CHECK_FALSE(ask(worth, "once " + std::to_string(i), now - 70s, stretch, now));
      if (i == 1) CHECK_FALSE(ask(worth, "often", kStart, stretch, now));
      if (i == 3) CHECK_FALSE(ask(worth, "often", kStart, stretch, now));
      if (i == 5) CHECK_FALSE(ask(worth, "often", kStart, stretch, now));
      if (i == 7) CHECK(ask(worth, "often", kStart, stretch, now));
    }
    CHECK_FALSE(ask(worth, "rare", now - 999s, stretch, now));
  }
}
