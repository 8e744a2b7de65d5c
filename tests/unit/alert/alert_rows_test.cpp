#include "alert/alert_rows.hpp"

#include <doctest/doctest.h>

#include "ledger/account.hpp"
#include "support/migrated_database.hpp"

using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::alert;
using ledger::kDefaultAccount;

namespace {

struct Bed : test::MigratedDatabase {
  std::vector<Alert> load(TimePoint now) {
    auto loaded = load_alerts(*readers, kDefaultAccount, now);
    REQUIRE(loaded);
    return std::move(*loaded);
  }
  [[nodiscard]] int rows() { return database.execAndGet("SELECT count(*) FROM alerts").getInt(); }
};

constexpr TimePoint kNow{sys_days(2026y / 11 / 21).time_since_epoch() + 12h};

Alert alert_at(TimePoint at) {
  Alert alert;
  alert.at = at;
  alert.subject = "month";
  alert.message = "91 % of 'everything' is spent";
  return alert;
}

}  // namespace

TEST_SUITE("alert::load_alerts") {
  TEST_CASE("alerts come back as they were put, oldest first") {
    Bed bed;
    std::vector<Alert> put;
    for (std::size_t i = 0; i < kAlertKinds; ++i) {
      Alert alert = alert_at(kNow + seconds(i));
      alert.kind = static_cast<AlertKind>(i);
      alert.level = i % 2 == 0 ? AlertLevel::Warning : AlertLevel::Critical;
      alert.is_recovery = i % 3 == 0;
      alert.value = 0.125 * static_cast<double>(i);
      alert.bound = -0.5;
      if (i % 2 == 0) alert.until = kNow + days(9);
      put_alert(bed.database, kDefaultAccount, alert);
      put.push_back(alert);
    }
    CHECK(bed.load(kNow) == put);
  }

  TEST_CASE("what is older than a window can be is not loaded") {
    Bed bed;
    put_alert(bed.database, kDefaultAccount, alert_at(kNow - kRememberedAlerts - 1ms));
    put_alert(bed.database, kDefaultAccount, alert_at(kNow - kRememberedAlerts));
    const auto loaded = bed.load(kNow);
    REQUIRE(loaded.size() == 1);
    CHECK(loaded[0].at == kNow - kRememberedAlerts);
    CHECK(bed.rows() == 2);
  }

  TEST_CASE("alerts are kept for so long and dropped by a later one") {
    Bed bed;
    put_alert(bed.database, kDefaultAccount, alert_at(kNow - kKeptAlerts - 1ms));
    put_alert(bed.database, kDefaultAccount, alert_at(kNow - kKeptAlerts));
    CHECK(bed.rows() == 2);
    put_alert(bed.database, kDefaultAccount, alert_at(kNow));
    CHECK(bed.rows() == 2);
  }

  TEST_CASE("kinds of a newer version are passed over") {
    Bed bed;
    put_alert(bed.database, kDefaultAccount, alert_at(kNow));
    bed.database.exec("UPDATE alerts SET kind = 'weather'");
    put_alert(bed.database, kDefaultAccount, alert_at(kNow));
    CHECK(bed.load(kNow).size() == 1);
  }

  TEST_CASE("a database that cannot be read says so") {
    Bed bed;
    bed.database.exec("DROP TABLE alerts");
    const auto loaded = load_alerts(*bed.readers, kDefaultAccount, kNow);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code == ErrorCode::Unavailable);
  }
}
