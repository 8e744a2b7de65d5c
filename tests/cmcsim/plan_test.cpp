#include "plan.hpp"

#include <doctest/doctest.h>

#include "api_error.hpp"

using namespace cmcsim;

namespace {

const TimePoint kNoon{std::chrono::sys_days(std::chrono::year(2026) / 3 / 31) +
                      std::chrono::hours(12)};

int code_of(const auto& action) {
  try {
    action();
  } catch (const ApiError& error) {
    return error.code();
  }
  return 0;
}

}  // namespace

TEST_SUITE("cmcsim::credits_for") {
  TEST_CASE("credits follow the documented steps") {
    struct Row {
      const char* path;
      std::size_t items, converts;
      std::int64_t credits;
    };
    const Row rows[] = {
        {"/v2/cryptocurrency/quotes/latest", 0, 1, 1},
        {"/v2/cryptocurrency/quotes/latest", 1, 1, 1},
        {"/v1/cryptocurrency/quotes/latest", 100, 1, 1},
        {"/v3/cryptocurrency/quotes/latest", 101, 1, 2},
        {"/v2/cryptocurrency/quotes/latest", 500, 3, 7},
        {"/v2/cryptocurrency/info", 200, 1, 2},
        {"/v2/cryptocurrency/info", 201, 1, 3},
        {"/v1/cryptocurrency/listings/latest", 200, 1, 1},
        {"/v1/cryptocurrency/listings/latest", 201, 2, 3},
        {"/v3/cryptocurrency/listings/latest", 5000, 1, 25},
        {"/v2/simple/price", 250, 1, 1},
        {"/v2/simple/price", 251, 2, 3},
        {"/v1/cryptocurrency/map", 5000, 1, 1},
        {"/v1/fiat/map", 97, 1, 1},
        {"/v1/global-metrics/quotes/latest", 1, 4, 4},
        {"/v1/key/info", 0, 1, 0},
    };
    for (const Row& row : rows) {
      CAPTURE(row.path);
      CAPTURE(row.items);
      const Endpoint* const endpoint = find_endpoint(row.path);
      REQUIRE(endpoint != nullptr);
      CHECK(credits_for(*endpoint, row.items, row.converts) == row.credits);
    }
  }
}

TEST_SUITE("cmcsim::Accounts") {
  TEST_CASE("the minute limit refuses the call past it and opens again with the next UTC minute") {
    Accounts accounts(PlanLimits{2, 0, 0});
    CHECK(code_of([&] { accounts.count_call("k", kNoon); }) == 0);
    CHECK(code_of([&] { accounts.count_call("k", kNoon + std::chrono::seconds(59)); }) == 0);
    CHECK(code_of([&] { accounts.count_call("k", kNoon + std::chrono::seconds(59)); }) == 1008);
    CHECK(code_of([&] { accounts.count_call("other", kNoon + std::chrono::seconds(59)); }) == 0);
    CHECK(code_of([&] { accounts.count_call("k", kNoon + std::chrono::seconds(60)); }) == 0);
  }

  TEST_CASE("a charge that would pass the day or the month is refused and books nothing") {
    Accounts accounts(PlanLimits{0, 10, 15});
    CHECK(code_of([&] { accounts.charge("k", 8, kNoon); }) == 0);
    CHECK(code_of([&] { accounts.charge("k", 3, kNoon); }) == 1009);
    CHECK(code_of([&] { accounts.charge("k", 2, kNoon); }) == 0);
    CHECK(code_of([&] { accounts.charge("k", 0, kNoon); }) == 0);
    CHECK(accounts.usage("k", kNoon).credits_today == 10);
    const TimePoint next_day = kNoon + std::chrono::hours(12);  // Also the next month.
    CHECK(accounts.usage("k", next_day).credits_today == 0);
    CHECK(accounts.usage("k", next_day).credits_this_month == 0);
    CHECK(code_of([&] { accounts.charge("k", 10, next_day); }) == 0);
    CHECK(code_of([&] { accounts.charge("k", 6, next_day + std::chrono::hours(24)); }) == 1010);
  }

  TEST_CASE("months end at UTC midnight of the first") {
    CHECK(iso_text(next_month(kNoon)) == "2026-04-01T00:00:00.000Z");
    CHECK(iso_text(next_month(kNoon + std::chrono::days(270))) == "2027-01-01T00:00:00.000Z");
  }
}
