#include "simulate/clairvoyant.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "demand/demand.hpp"

using namespace quotecached;
using namespace quotecached::simulate;
using namespace std::chrono_literals;

namespace {

using Costs = std::vector<std::int64_t>;

// Tries every request as the place of every call: the least sum of ages with 1, 2, ... calls, at
// most as many as there are requests.
Costs by_brute_force(const std::vector<Ask>& asks) {
  constexpr auto kNever = std::numeric_limits<std::int64_t>::max() / 2;
  const std::size_t n = asks.size();
  Costs least_before(n + 1, kNever);  // of all before a request, with so many calls
  least_before[0] = 0;
  Costs result;
  for (std::size_t calls = 1; calls <= n; ++calls) {
    Costs least(n + 1, kNever);
    for (std::size_t last = 0; last < n; ++last) {
      std::int64_t ages = 0;
      for (std::size_t i = last; i < n; ++i) {
        ages += asks[i].assets * (asks[i].at - asks[last].at).count();
        least[i + 1] = std::min(least[i + 1], least_before[last] + ages);
      }
    }
    result.push_back(std::min(least[n], result.empty() ? kNever : result.back()));
    least_before = std::move(least);
  }
  return result;
}

std::vector<Ask> random_asks(std::mt19937& random, std::size_t count, int span) {
  std::vector<Ask> asks;
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = std::uniform_int_distribution<>(0, span)(random);
    asks.push_back({milliseconds(at), std::uniform_int_distribution<>(1, 8)(random)});
  }
  std::sort(asks.begin(), asks.end(), [](const Ask& a, const Ask& b) { return a.at < b.at; });
  return asks;
}

}  // namespace

TEST_SUITE("simulate::Clairvoyant") {
  TEST_CASE("is what trying everything finds, for every number of calls") {
    std::mt19937 random(7);
    for (int round = 0; round < 2000; ++round) {
      CAPTURE(round);
      // Some with many asks of one moment, some with wide gaps.
      const auto count = std::uniform_int_distribution<std::size_t>(1, 24)(random);
      const int span = round % 3 == 0 ? 6 : round % 3 == 1 ? 100 : 1'000'000;
      const auto asks = random_asks(random, count, span);
      const auto expected = by_brute_force(asks);
      const Clairvoyant clairvoyant(asks);
      for (std::size_t calls = 1; calls <= count + 1; ++calls) {
        CAPTURE(calls);
        const auto found = clairvoyant.least_age(static_cast<std::int64_t>(calls));
        REQUIRE(found);
        REQUIRE(found->age_sum == expected[std::min(calls, count) - 1]);
        REQUIRE(found->calls <= static_cast<std::int64_t>(calls));
        if (calls >= count) continue;
        REQUIRE(found->one_more_saves == found->age_sum - expected[calls]);
      }
    }
  }

  TEST_CASE("each call more saves no more than the one before") {
    std::mt19937 random(1);
    const auto asks = random_asks(random, 400, 10'000'000);
    const Clairvoyant clairvoyant(asks);
    const auto expected = by_brute_force(asks);
    std::int64_t saved = std::numeric_limits<std::int64_t>::max();
    for (std::int64_t calls = 1; calls <= 400; ++calls) {
      const auto found = clairvoyant.least_age(calls);
      REQUIRE(found->age_sum == expected[static_cast<std::size_t>(calls) - 1]);
      REQUIRE(found->one_more_saves <= saved);
      saved = found->one_more_saves;
    }
  }

  TEST_CASE("what is too much to be added up is not known, rather than wrong") {
    // 400 days, each day 20,000 requests' worth of 20,000 entries.
    std::vector<Ask> asks;
    for (int day = 0; day < 400; ++day) asks.push_back({milliseconds(24h) * day, 400'000'000});
    CHECK_FALSE(Clairvoyant(asks).least_age(10));
    asks.resize(2);
    REQUIRE(Clairvoyant(asks).least_age(1));
    CHECK(Clairvoyant(asks).least_age(1)->age_sum == 86'400'000LL * 400'000'000);
  }

  TEST_CASE("the small cases") {
    const auto least = [](const std::vector<Ask>& asks, std::int64_t calls) {
      return Clairvoyant(asks).least_age(calls);
    };
    CHECK(least({}, 0)->age_sum == 0);
    CHECK(least({}, 5)->calls == 0);
    CHECK_FALSE(least({{5s, 1}}, 0));
    CHECK_FALSE(least({{5s, 1}}, -1));
    CHECK(least({{5s, 3}}, 1)->age_sum == 0);
    CHECK(least({{5s, 3}, {5s, 4}}, 9)->calls == 1);
    // One call: the first must make it.
    CHECK(least({{0s, 1}, {10s, 1}, {11s, 2}}, 1)->age_sum == 32'000);
    // Two: the second at 10 s, which leaves 2 assets of age 1 s.
    CHECK(least({{0s, 1}, {10s, 1}, {11s, 2}}, 2)->age_sum == 2'000);
    CHECK(least({{0s, 1}, {10s, 1}, {11s, 2}}, 2)->mean_seconds(4) == doctest::Approx(0.5));
    CHECK(LeastAge{}.mean_seconds(0) == 0);
  }

  TEST_CASE("a month of 40,000 requests, and where it begins does not matter") {
    const test::Demand demand(test::steady_month(), 1);
    std::vector<Ask> asks;
    std::vector<Ask> later;
    for (const auto& request : demand.requests()) {
      asks.push_back({std::chrono::seconds(request.second), request.count});
      later.push_back({std::chrono::seconds(request.second) + 9000h, request.count});
    }
    const Clairvoyant clairvoyant(asks);
    const auto scarce = clairvoyant.least_age(7500);
    const auto ample = clairvoyant.least_age(15000);
    CHECK(scarce->calls == 7500);
    CHECK(ample->calls == 15000);
    MESSAGE("7,500 calls: " << scarce->mean_seconds(clairvoyant.assets())
                            << " s, 15,000: " << ample->mean_seconds(clairvoyant.assets()));
    CHECK(scarce->mean_seconds(clairvoyant.assets()) >
          2 * ample->mean_seconds(clairvoyant.assets()));
    CHECK(Clairvoyant(later).least_age(7500)->age_sum == scarce->age_sum);
    CHECK(clairvoyant.least_age(1'000'000)->age_sum == 0);
  }
}
