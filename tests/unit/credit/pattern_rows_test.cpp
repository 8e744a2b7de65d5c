#include "credit/pattern_rows.hpp"

#include <string>

#include <doctest/doctest.h>

#include "ledger/account.hpp"
#include "support/migrated_database.hpp"

using namespace quotecached;
using namespace quotecached::credit;
using namespace quotecached::pacing;
using ledger::kDefaultAccount;

using Bed = test::MigratedDatabase;

TEST_SUITE("credit::load_pacing") {
  TEST_CASE("starts flat, then has what was put last") {
    Bed bed;
    auto loaded = load_pacing(*bed.readers, kDefaultAccount);
    REQUIRE(loaded);
    CHECK(*loaded == PacerMemory{});
    PacerMemory memory;
    memory.asks.hours[0] = {12.5, 1};
    memory.foreground.hours[3] = {4, 2};
    put_pacing(bed.database, kDefaultAccount, memory);
    memory.asks.hours[0] = {13.25, 1.75};
    memory.asks.hours[167] = {0, 2};
    memory.foreground.hours[3] = {};
    put_pacing(bed.database, kDefaultAccount, memory);
    loaded = load_pacing(*bed.readers, kDefaultAccount);
    REQUIRE(loaded);
    CHECK(*loaded == memory);
  }

  TEST_CASE("rows that make no sense count as never seen") {
    Bed bed;
    for (const std::string what : {"asks", "foreground"}) {
      bed.database.exec(
          "INSERT INTO demand_pattern (hour, amount, weight, account, what) "
          "SELECT *, 'default', '" +
          what +
          "' FROM (VALUES (-1, 1, 1), (168, 1, 1), (3, -1, 1), (4, 1, -1), "
          "(5, 9e999, 1), (6, 2, 3))");
    }
    bed.database.exec(
        "INSERT INTO demand_pattern VALUES ('default', 'of later versions', 7, 1, 1)");
    const auto loaded = load_pacing(*bed.readers, kDefaultAccount);
    REQUIRE(loaded);
    PacerMemory expected;
    expected.asks.hours[6] = expected.foreground.hours[6] = {2, 3};
    CHECK(*loaded == expected);
  }

  TEST_CASE("fails when the table is not there") {
    Bed bed;
    bed.database.exec("DROP TABLE demand_pattern");
    const auto loaded = load_pacing(*bed.readers, kDefaultAccount);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code == ErrorCode::Unavailable);
  }
}
