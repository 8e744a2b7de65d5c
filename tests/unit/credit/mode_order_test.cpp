#include "credit/mode_order.hpp"

#include <doctest/doctest.h>

#include "ledger/account.hpp"
#include "support/migrated_database.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::credit;
using namespace quotecached::pacing;
using ledger::kDefaultAccount;

namespace {

struct Bed : test::MigratedDatabase {
  [[nodiscard]] std::optional<ModeOrder> loaded() const {
    auto order = load_mode_order(*readers, kDefaultAccount, TimePoint(0s));
    REQUIRE(order);
    return *order;
  }
};

}  // namespace

TEST_SUITE("credit::load_mode_order") {
  TEST_CASE("has what was put last, or that it was taken back") {
    Bed bed;
    CHECK_FALSE(bed.loaded());
    const ModeOrder first{SpendMode::Normal, TimePoint(1h)};
    const ModeOrder second{SpendMode::CacheOnly, TimePoint(2h)};
    put_mode_order(bed.database, kDefaultAccount, first);
    put_mode_order(bed.database, kDefaultAccount, second);
    CHECK(bed.loaded() == second);
    put_mode_order(bed.database, kDefaultAccount, std::nullopt);
    CHECK_FALSE(bed.loaded());
  }

  TEST_CASE("an order of a mode that is not known is none") {
    Bed bed;
    bed.database.exec("INSERT INTO spend_mode_order VALUES ('default', 'frugal', 1)");
    CHECK_FALSE(bed.loaded());
  }

  TEST_CASE("an order that ends too far ahead is of a clock that was wrong") {
    Bed bed;
    put_mode_order(
        bed.database, kDefaultAccount, ModeOrder{SpendMode::CacheOnly, TimePoint(kLongestOrder)});
    CHECK(bed.loaded());
    put_mode_order(bed.database,
                   kDefaultAccount,
                   ModeOrder{SpendMode::CacheOnly, TimePoint(kLongestOrder + 1ms)});
    CHECK_FALSE(bed.loaded());
  }

  TEST_CASE("fails when the table is not there") {
    Bed bed;
    bed.database.exec("DROP TABLE spend_mode_order");
    const auto order = load_mode_order(*bed.readers, kDefaultAccount, TimePoint(0s));
    REQUIRE_FALSE(order);
    CHECK(order.error().code == ErrorCode::Unavailable);
  }
}
