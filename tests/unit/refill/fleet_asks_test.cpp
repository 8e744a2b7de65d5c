#include "refill/fleet_asks.hpp"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;

namespace {

constexpr TimePoint kNow{std::chrono::seconds(1'790'000'000)};
using How = FleetAsks::How;

// What a batch holds, by target.
std::map<std::string, double> told(const FleetAsks::Batch& batch) {
  std::map<std::string, double> told;
  for (const auto& [target, asks] : batch.asks) told[target] = asks;
  return told;
}

std::vector<std::uint64_t> numbers(const std::vector<FleetAsks::Batch>& batches) {
  std::vector<std::uint64_t> numbers;
  for (const auto& batch : batches) numbers.push_back(batch.number);
  return numbers;
}

std::vector<TargetAsks> many(int first, int last, double asks) {
  std::vector<TargetAsks> all;
  for (int i = first; i <= last; ++i) all.push_back({"/" + std::to_string(i), asks});
  return all;
}

}  // namespace

TEST_SUITE("refill::FleetAsks") {
  TEST_CASE("what was counted is told once") {
    FleetAsks asks({});
    CHECK(asks.batches(kNow).empty());
    asks.note({{"/a", 3}, {"/b", 1}}, kNow);
    asks.note({{"/a", 2}}, kNow);
    CHECK(asks.waiting() == 2);
    const auto batches = asks.batches(kNow);
    REQUIRE(batches.size() == 1);
    CHECK(batches[0].number == 1);
    CHECK(batches[0].how == How::Add);
    CHECK(told(batches[0]) == std::map<std::string, double>{{"/a", 5}, {"/b", 1}});
    asks.arrived(1);
    CHECK(asks.batches(kNow).empty());
    CHECK(asks.waiting() == 0);
  }

  TEST_CASE("what is not known to have arrived is sent again alone, under its number") {
    FleetAsks asks({});
    asks.note({{"/a", 3}}, kNow);
    REQUIRE(numbers(asks.batches(kNow)) == std::vector<std::uint64_t>{1});
    asks.note({{"/a", 4}, {"/b", 1}}, kNow);
    const auto again = asks.batches(kNow);
    REQUIRE(numbers(again) == std::vector<std::uint64_t>{1});
    CHECK(told(again[0]) == std::map<std::string, double>{{"/a", 3}});
    asks.arrived(1);
    const auto next = asks.batches(kNow);
    REQUIRE(numbers(next) == std::vector<std::uint64_t>{2});
    CHECK(told(next[0]) == std::map<std::string, double>{{"/a", 4}, {"/b", 1}});
  }

  TEST_CASE("asks that wait decay like all others") {
    struct Row {
      const char* name;
      milliseconds waited;
      double left;
    };
    constexpr Row rows[] = {
        {"a minute", 1min, 8 * 0.99952},
        {"a half-life", 24h, 4},
        {"three", 72h, 1},
        {"a clock that stepped back", -24h, 8},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      FleetAsks waiting({});
      waiting.note({{"/a", 8}}, kNow);
      CHECK(told(waiting.batches(kNow + row.waited).front()).at("/a") ==
            doctest::Approx(row.left).epsilon(1e-5));
      FleetAsks sent({});
      sent.note({{"/a", 8}}, kNow);
      REQUIRE(sent.batches(kNow).size() == 1);
      CHECK(told(sent.batches(kNow + row.waited).front()).at("/a") ==
            doctest::Approx(row.left).epsilon(1e-5));
    }
  }

  TEST_CASE("many keys are cut into batches, each with a number of its own") {
    FleetAsks asks({.most_keys = 1000, .keys_per_batch = 100});
    asks.note(many(1, 250, 1), kNow);
    const auto batches = asks.batches(kNow);
    REQUIRE(numbers(batches) == std::vector<std::uint64_t>{1, 2, 3});
    CHECK(batches[0].asks.size() == 100);
    CHECK(batches[2].asks.size() == 50);
    asks.arrived(1);
    CHECK(numbers(asks.batches(kNow)) == std::vector<std::uint64_t>{2, 3});
    CHECK(asks.waiting() == 150);
  }

  TEST_CASE("of more keys than there is room for those asked for least are forgotten") {
    FleetAsks asks({.most_keys = 100, .keys_per_batch = 1000});
    asks.note(many(1, 60, 5), kNow);
    asks.note(many(61, 101, 1), kNow);
    CHECK(asks.waiting() == 90);
    const auto left = told(asks.batches(kNow).front());
    for (const auto& one : many(1, 60, 5)) CHECK(left.contains(one.target));
    // All alike: some go, never all.
    FleetAsks same({.most_keys = 100, .keys_per_batch = 1000});
    same.note(many(1, 101, 1), kNow);
    CHECK(same.waiting() == 90);
  }

  TEST_CASE("however long Redis is away, no more than twice that waits") {
    FleetAsks asks({.most_keys = 100, .keys_per_batch = 10});
    for (int round = 0; round < 50; ++round) {
      asks.note(many(round * 40, round * 40 + 39, 1), kNow + round * 1min);
      (void)asks.batches(kNow + round * 1min);
      CHECK(asks.waiting() <= 140);
    }
  }

  TEST_CASE("begun anew, what was told raises what is there, and what waits is added") {
    FleetAsks asks({.most_keys = 100, .keys_per_batch = 2});
    asks.note({{"/a", 3}}, kNow);
    REQUIRE(asks.batches(kNow).size() == 1);  // under way
    asks.note({{"/b", 4}}, kNow);             // waits
    asks.note({{"/d", 5}}, kNow);
    asks.begin_anew({{"/a", 30}, {"/b", 40}, {"/c", 50}, {"/d", 5}}, kNow);
    const auto batches = asks.batches(kNow);
    REQUIRE(numbers(batches) == std::vector<std::uint64_t>{1, 2, 3});
    auto raised = told(batches[0]);
    raised.merge(told(batches[1]));
    CHECK(raised == std::map<std::string, double>{{"/a", 30}, {"/b", 36}, {"/c", 50}});
    CHECK(batches[0].how == How::Raise);
    CHECK(batches[1].how == How::Raise);
    CHECK(batches[2].how == How::Add);
    CHECK(told(batches[2]) == std::map<std::string, double>{{"/b", 4}, {"/d", 5}});
    asks.note({{"/a", 1}}, kNow);
    for (std::uint64_t number = 1; number <= 3; ++number) asks.arrived(number);
    const auto next = asks.batches(kNow);
    REQUIRE(numbers(next) == std::vector<std::uint64_t>{4});
    CHECK(told(next[0]) == std::map<std::string, double>{{"/a", 1}});
  }

  TEST_CASE("nothing, and what is too long for others to ask for alike, is not told") {
    FleetAsks asks({});
    asks.note({{"/a", 0}, {"/b", -1}, {std::string(1025, 'x'), 5}}, kNow);
    CHECK(asks.waiting() == 0);
    // Nor is what is as good as nothing by now.
    asks.note({{"/a", 1}}, kNow);
    CHECK(asks.batches(kNow + 24h * 365).front().asks.empty());
  }
}
