#include "credit/pattern_rows.hpp"

#include <doctest/doctest.h>

#include "ledger/account.hpp"
#include "support/migrated_database.hpp"

using namespace quotecached;
using namespace quotecached::credit;
using namespace quotecached::pacing;
using ledger::kDefaultAccount;

using Bed = test::MigratedDatabase;

TEST_SUITE("credit::load_pattern") {
  TEST_CASE("starts flat, then has what was put last") {
    Bed bed;
    auto loaded = load_pattern(*bed.readers, kDefaultAccount);
    REQUIRE(loaded);
    CHECK(*loaded == Pattern{});
    Pattern pattern;
    pattern.hours[0] = {12.5, 1};
    put_pattern(bed.database, kDefaultAccount, pattern);
    pattern.hours[0] = {13.25, 1.75};
    pattern.hours[167] = {0, 2};
    put_pattern(bed.database, kDefaultAccount, pattern);
    loaded = load_pattern(*bed.readers, kDefaultAccount);
    REQUIRE(loaded);
    CHECK(*loaded == pattern);
  }

  TEST_CASE("rows that make no sense count as never seen") {
    Bed bed;
    bed.database.exec(
        "INSERT INTO credit_pattern VALUES ('default', -1, 1, 1), ('default', 168, 1, 1), "
        "('default', 3, -1, 1), ('default', 4, 1, -1), ('default', 5, 9e999, 1), "
        "('default', 6, 2, 3)");
    const auto loaded = load_pattern(*bed.readers, kDefaultAccount);
    REQUIRE(loaded);
    Pattern expected;
    expected.hours[6] = {2, 3};
    CHECK(*loaded == expected);
  }

  TEST_CASE("fails when the table is not there") {
    Bed bed;
    bed.database.exec("DROP TABLE credit_pattern");
    const auto loaded = load_pattern(*bed.readers, kDefaultAccount);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code == ErrorCode::Unavailable);
  }
}
