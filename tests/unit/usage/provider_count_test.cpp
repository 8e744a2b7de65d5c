#include "usage/provider_count.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::usage;
using ledger::WindowKind;
using std::chrono::days;
using std::chrono::sys_days;

namespace {

constexpr sys_days kToday = std::chrono::year(2026) / 11 / 21;
constexpr TimePoint kNow = kToday + 10h;

AccountFacts told(TimePoint asked_at = kNow - 5min, ledger::Anchor anchor = {}) {
  AccountFacts account;
  account.anchor = anchor;
  account.counted = credit::ProviderReading{{5, Credits{1300}, Credits{40'000}}, asked_at};
  return account;
}

std::optional<ProviderWindow> counted(const ReportQuery& query, const AccountFacts& account) {
  const auto period = period_of(query, {kNow, days(400), account.anchor});
  REQUIRE(period);
  return window_counted(*period, account, kNow);
}

ReportQuery span(sys_days first, sys_days last) {
  ReportQuery query;
  query.span = DaySpan{first, last};
  return query;
}

ReportQuery billing(BillingMonth which) {
  ReportQuery query;
  query.billing = which;
  return query;
}

}  // namespace

TEST_SUITE("usage::window_counted") {
  TEST_CASE("today and this month are counted by the provider, other periods are not") {
    const auto today = counted({ReportBy::Endpoint, 1}, told());
    REQUIRE(today);
    CHECK(today->kind == WindowKind::Day);
    CHECK(today->counted == 1300);
    CHECK(today->starts_at == TimePoint(kToday));
    CHECK(today->read_at == kNow - 5min);
    const auto first = kToday - days(20);
    for (const auto& query : {ReportQuery{ReportBy::Endpoint, 21},
                              span(first, first + days(29)),
                              span(first, kToday),
                              billing(BillingMonth::Current)}) {
      const auto month = counted(query, told());
      REQUIRE(month);
      CHECK(month->kind == WindowKind::Month);
      CHECK(month->counted == 40'000);
      CHECK(month->starts_at == TimePoint(first));
    }
    for (const auto& query : {ReportQuery{ReportBy::Endpoint, 7},
                              span(first, kToday - days(1)),
                              billing(BillingMonth::Previous)})
      CHECK_FALSE(counted(query, told()));
  }

  TEST_CASE("an account's own month is that of the billing report only") {
    const auto account = told(kNow - 5min, {5, 5h + 30min});
    const auto month = counted(billing(BillingMonth::Current), account);
    REQUIRE(month);
    CHECK(month->starts_at == TimePoint(kToday - days(16) + 5h + 30min));
    CHECK_FALSE(counted({ReportBy::Endpoint, 1}, account));
    CHECK_FALSE(counted({ReportBy::Endpoint, 21}, account));
  }

  TEST_CASE("a count of before the window, or of its first minutes, is not compared") {
    const ReportQuery today{ReportBy::Endpoint, 1};
    CHECK_FALSE(counted(today, {}));
    CHECK_FALSE(counted(today, told(kToday - 1min)));
    CHECK_FALSE(counted(today, told(kToday + 4min)));
    CHECK(counted(today, told(kToday + 5min)));
    auto silent = told();
    silent.counted->use.credits_today.reset();
    CHECK_FALSE(counted(today, silent));
  }
}
