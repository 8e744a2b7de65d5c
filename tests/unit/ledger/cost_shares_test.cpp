#include "ledger/cost_shares.hpp"

#include <cstdint>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::ledger;

namespace {

constexpr Credits kPlenty{1'000'000};

std::vector<std::int64_t> shares(std::int64_t total, const std::vector<Bearer>& bearers) {
  std::vector<std::int64_t> counts;
  for (const Credits part : cost_shares({total}, bearers)) counts.push_back(part.count);
  return counts;
}

}  // namespace

TEST_SUITE("ledger::cost_shares") {
  TEST_CASE("parts go by weight, in whole credits, and sum up") {
    struct Row {
      const char* name;
      std::int64_t total;
      std::vector<std::int64_t> weights;
      std::vector<std::int64_t> parts;
    };
    const Row rows[] = {
        {"nothing", 0, {1, 5}, {0, 0}},
        {"one bears all", 7, {3}, {7}},
        {"a rider among many", 2, {1, 81}, {0, 2}},
        {"halves", 2, {50, 50}, {1, 1}},
        {"of equal remainders the first", 1, {1, 1, 1}, {1, 0, 0}},
        {"the larger remainder", 3, {1, 2, 4}, {0, 1, 2}},
        {"more credits than assets", 10, {1, 2}, {3, 7}},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      std::vector<Bearer> bearers;
      for (const auto weight : row.weights) bearers.push_back({weight, kPlenty});
      CHECK(shares(row.total, bearers) == row.parts);
    }
  }

  TEST_CASE("nobody bears more than it has set aside while another has room") {
    CHECK(shares(2, {{99, {1}}, {1, {1}}, {1, {1}}}) == std::vector<std::int64_t>{1, 1, 0});
    CHECK(shares(4, {{1, {1}}, {1, {5}}}) == std::vector<std::int64_t>{1, 3});
  }

  TEST_CASE("what nobody has set aside goes by weight all the same") {
    CHECK(shares(2, {{1, {0}}, {81, {1}}}) == std::vector<std::int64_t>{0, 2});
  }

  TEST_CASE("nobody is nobody, and a charge beyond all reason is shared") {
    CHECK(cost_shares({5}, {}).empty());
    const auto most = std::numeric_limits<std::int64_t>::max();
    const auto parts = shares(most, {{1, kPlenty}, {20'000, kPlenty}});
    CHECK(parts[0] + parts[1] == most);
  }
}
