#include "ledger/plan.hpp"

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::ledger;

TEST_SUITE("ledger::Plan") {
  TEST_CASE("plans are known by their names") {
    for (const std::string_view name :
         {"basic", "hobbyist", "builder", "startup", "standard", "growth", "professional"}) {
      CAPTURE(name);
      CHECK(caps_of_plan(name).has_value());
    }
    for (const std::string_view name : {"", "Basic", "auto", "explicit", "enterprise", "basi"}) {
      CAPTURE(name);
      CHECK_FALSE(caps_of_plan(name));
    }
  }

  TEST_CASE("every plan has its limits, and each after the first a larger month") {
    Credits before;
    for (const Plan& plan : plans()) {
      CAPTURE(plan.name);
      CHECK(caps_of_plan(plan.name) == plan.caps);
      CHECK(plan.caps.requests_per_minute > 0);
      CHECK(plan.caps.per_month > before);
      before = plan.caps.per_month;
    }
  }

  TEST_CASE("the free plan is the one that a live key told") {
    CHECK(caps_of_plan("basic") == Caps{50, {0}, {15'000}});
  }
}
