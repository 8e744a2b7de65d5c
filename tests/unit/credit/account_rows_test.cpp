// Rows of two accounts in one database.
#include <SQLiteCpp/Exception.h>
#include <doctest/doctest.h>

#include "alert/alert_rows.hpp"
#include "credit/book_rows.hpp"
#include "credit/mode_order.hpp"
#include "credit/pattern_rows.hpp"
#include "support/migrated_database.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::credit;
using namespace quotecached::ledger;

namespace {

constexpr TimePoint kNoon{12h};

CallRow held_call(std::int64_t id, Credits worst_case) {
  CallRow row;
  row.id = id;
  row.started = kNoon;
  row.endpoint = "v2.quotes";
  row.outcome.charge.credits = worst_case;
  return row;
}

struct Bed : test::MigratedDatabase {
  [[nodiscard]] BookState load(std::string_view account) const {
    auto state = load_book_state(*readers, account);
    REQUIRE(state);
    return std::move(*state);
  }
};

}  // namespace

TEST_SUITE("credit::account rows") {
  TEST_CASE("windows of two accounts, and of their clients of one name, do not mix") {
    Bed bed;
    const auto spend = [](std::int64_t spent) {
      return WindowSpend{WindowKind::Day, day_of(kNoon), spent};
    };
    put_windows(bed.database, "a", "", {spend(1)});
    put_windows(bed.database, "b", "", {spend(2)});
    put_windows(bed.database, "a", "bot", {spend(3)});
    put_windows(bed.database, "b", "bot", {spend(4)});
    put_windows(bed.database, "b", "", {spend(5)});
    const auto a = bed.load("a");
    const auto b = bed.load("b");
    CHECK(a.windows == std::vector{spend(1)});
    CHECK(b.windows == std::vector{spend(5)});
    REQUIRE(a.clients.size() == 1);
    REQUIRE(b.clients.size() == 1);
    CHECK(a.clients[0].spend == spend(3));
    CHECK(b.clients[0].spend == spend(4));
    CHECK(bed.load("c").windows.empty());
  }

  TEST_CASE("old windows of one account make no room for those of another") {
    Bed bed;
    for (int day = 0; day < kKeptLast; ++day) {
      const WindowSpend spend{WindowKind::Day, day_of(kNoon + std::chrono::days(day)), 1};
      put_windows(bed.database, "a", "", {spend});
      put_windows(bed.database, "a", "bot", {spend});
    }
    for (int day = 400; day < 400 + kKeptLast; ++day) {
      const WindowSpend spend{WindowKind::Day, day_of(kNoon + std::chrono::days(day)), 1};
      put_windows(bed.database, "b", "", {spend});
      put_windows(bed.database, "b", "bot", {spend});
    }
    for (const auto* account : {"a", "b"}) {
      CHECK(bed.load(account).windows.size() == kKeptLast);
      CHECK(bed.load(account).clients.size() == kKeptLast);
    }
  }

  TEST_CASE("calls of a daemon that died are lost for their account only") {
    Bed bed;
    put_call(bed.database, "a", held_call(1, {10}));
    put_call(bed.database, "b", held_call(2, {20}));
    put_call(bed.database, "b", held_call(3, {30}));
    mark_lost(bed.database, "b", 2);
    const auto a = bed.load("a");
    const auto b = bed.load("b");
    REQUIRE(a.held.size() == 1);
    REQUIRE(b.held.size() == 1);
    CHECK(a.held[0].worst_case.count == 10);
    CHECK(b.held[0].worst_case.count == 30);
    CHECK(a.last_id == 3);  // numbers are common to all
    delete_call(bed.database, "a", 3);
    CHECK(bed.load("b").held.size() == 1);
  }

  TEST_CASE("a call never writes over one of another account") {
    Bed bed;
    put_call(bed.database, "a", held_call(1, {10}));
    CHECK_THROWS_AS(put_call(bed.database, "b", held_call(1, {20})), SQLite::Exception);
    CHECK(bed.load("a").held.at(0).worst_case.count == 10);
    CHECK(bed.load("b").held.empty());
    put_call(bed.database, "a", held_call(1, {11}));
    CHECK(bed.load("a").held.at(0).worst_case.count == 11);
  }

  TEST_CASE("each account has its plan, pattern, mode by hand and alerts") {
    Bed bed;
    PlanReading plan;
    plan.caps.per_month = {15000};
    put_plan(bed.database, "a", plan);
    plan.caps.per_month = {300};
    put_plan(bed.database, "b", plan);
    CHECK(bed.load("a").plan->caps.per_month.count == 15000);
    CHECK(bed.load("b").plan == plan);
    CHECK_FALSE(bed.load("c").plan);

    pacing::PacerMemory memory;
    memory.asks.hours[5] = {2, 3};
    put_pacing(bed.database, "a", memory);
    put_pacing(bed.database, "b", {});
    CHECK(*load_pacing(*bed.readers, "a") == memory);
    CHECK(*load_pacing(*bed.readers, "b") == pacing::PacerMemory{});

    const ModeOrder order{pacing::SpendMode::CacheOnly, TimePoint(1h)};
    put_mode_order(bed.database, "a", order);
    put_mode_order(bed.database, "b", ModeOrder{pacing::SpendMode::Normal, TimePoint(1h)});
    put_mode_order(bed.database, "b", std::nullopt);
    CHECK(*load_mode_order(*bed.readers, "a", TimePoint()) == order);
    CHECK_FALSE(*load_mode_order(*bed.readers, "b", TimePoint()));

    alert::Alert alert;
    alert.at = kNoon;
    alert.subject = "month";
    alert::put_alert(bed.database, "a", alert);
    CHECK(alert::load_alerts(*bed.readers, "a", kNoon)->size() == 1);
    CHECK(alert::load_alerts(*bed.readers, "b", kNoon)->empty());
  }
}
