#include "ledger/charge.hpp"

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::ledger;

TEST_SUITE("ledger::charge") {
  TEST_CASE("more than a call can cost is not believed") {
    struct Row {
      Charge charge;
      Credits held;
      bool is_priced;
      bool beyond;
    };
    const Charge nothing{.credits = {}, .is_told = false, .may_be_billed = true};
    const auto told = [](std::int64_t credits) {
      return Charge{.credits = {credits}, .is_told = true, .may_be_billed = false};
    };
    for (const Row& row : {Row{told(0), {1}, true, false},
                           Row{told(100), {1}, true, false},
                           Row{told(101), {1}, true, true},
                           Row{told(500), {5}, true, false},
                           Row{told(501), {5}, true, true},
                           Row{told(10'000), {10}, false, false},
                           Row{told(10'001), {10}, false, true},
                           Row{told(20'000), {200}, false, false},
                           Row{told(1), {}, true, false},
                           Row{nothing, {1}, true, false}}) {
      CAPTURE(row.charge.credits.count);
      CAPTURE(row.held.count);
      CHECK(row.charge.is_beyond_belief(row.held, row.is_priced) == row.beyond);
    }
  }

  TEST_CASE("of what is not believed the worst case is booked") {
    Charge charge{.credits = {1'000'000}, .is_told = true, .may_be_billed = false};
    CHECK(charge.booked({3}) == Credits{1'000'000});
    charge.disbelieve();
    CHECK(charge.booked({3}) == Credits{3});
  }
}
