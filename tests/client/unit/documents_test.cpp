#include "src/documents.hpp"

#include <doctest/doctest.h>

#include "client/documents.hpp"

namespace quotecache::test {
namespace {

// The document with the first `old` in it replaced.
std::string changed(std::string text, const std::string& old, const std::string& by) {
  const auto at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), by);
}

}  // namespace

TEST_SUITE("client::documents") {
  TEST_CASE("the state is read with all its parts, and what is not known is skipped") {
    const auto credits = read_credits(kCredits);
    REQUIRE(credits);
    CHECK(to_iso8601(credits->at) == "2026-11-21T10:00:00Z");
    CHECK(credits->plan.source == "key_info");
    CHECK(credits->mode.mode == SpendMode::Economise);
    CHECK(credits->stretch == doctest::Approx(1.4));
    REQUIRE(credits->windows.size() == 3);
    CHECK(credits->windows[0].cap == 30);
    CHECK_FALSE(credits->windows[0].forecast);
    REQUIRE(credits->windows[1].forecast);
    CHECK_FALSE(credits->windows[1].forecast->exhausted_at);
    REQUIRE(credits->windows[2].forecast);
    CHECK(to_iso8601(*credits->windows[2].forecast->exhausted_at) == "2026-11-26T09:40:00Z");
    CHECK(credits->windows[2].forecast->spent_at_end == 352600);
    CHECK(credits->month_drift == -40);
    CHECK(credits->prices.back().is_mispriced);
    CHECK_FALSE(credits->alerts.front().id);
    CHECK_FALSE(credits->alerts.front().is_recovery);
    CHECK_FALSE(credits->clients.front().windows.back().cap);
  }

  TEST_CASE("a refused key and a closed window are read") {
    auto text = changed(kCredits,
                        "\"key_refused\":null",
                        R"("key_refused":{"until":"2026-11-21T10:05:00Z","error_code":1001})");
    text = changed(text,
                   R"("closed_until":null,"error_code":0)",
                   R"("closed_until":"2026-11-21T10:01:00Z","error_code":1008)");
    const auto credits = read_credits(text);
    REQUIRE(credits);
    CHECK(credits->key_refused->error_code == 1001);
    CHECK(credits->windows[0].closed_until.has_value());
    CHECK(credits->windows[0].error_code == 1008);
  }

  TEST_CASE("a member that is missing or wrong is named with its place") {
    struct Row {
      const char* old;
      const char* by;
      const char* says;
    };
    for (const Row& row : std::initializer_list<Row>{
             {"\"at\":\"2026-11-21T10:00:00Z\",", "", "at is missing"},
             {"\"at\":\"2026-11-21T10:00:00Z\"", "\"at\":null", "at is not a time"},
             {"\"at\":\"2026-11-21T10:00:00Z\"", "\"at\":\"now\"", "at is not a time in UTC"},
             {"\"source\":\"key_info\",", "", "plan.source is missing"},
             {"\"name\":\"economise\"", "\"name\":\"frugal\"", "mode.name is not a word"},
             {"\"level\":\"warning\"", "\"level\":7", "level is not a text"},
             {"\"stretch\":1.4", "\"stretch\":\"1.4\"", "stretch is not a number"},
             {"\"cap\":30,", "", "windows[0].cap is missing"},
             {"\"spent\":5700", "\"spent\":5700.5", "windows[1].spent is not a whole number"},
             {"\"cap\":30,", "\"cap\":\"30\",", "windows[0].cap is not a whole number"},
             {"\"read_at\":\"2026-11-21T09:57:00Z\"",
              "\"read_at\":7",
              "plan.read_at is not a time"},
             {"\"read_at\":\"2026-11-21T09:57:00Z\",", "", "plan.read_at is missing"},
             {"\"key_refused\":null", "\"key_refused\":1001", "key_refused is not an object"},
             {"\"spent\":5700", "\"spent\":null", "windows[1].spent is not a whole number"},
             {"\"forecast\":null", "\"forecast\":[]", "windows[0].forecast is not an object"},
             {"\"ledger\":{\"works\":true", "\"ledger\":{\"works\":1", "ledger.works is not true"},
             {"\"drift\":{\"day\":12,\"month\":-40}", "\"drift\":null", "drift is not an object"},
             {"\"alerts\":[{", "\"alerts\":[7,{", "alerts[0] is not an object"},
             {"\"client\":\"bot\",", "", "clients[0].client is missing"}}) {
      CAPTURE(row.says);
      const auto credits = read_credits(changed(kCredits, row.old, row.by));
      REQUIRE_FALSE(credits);
      CHECK(credits.error().code == ErrorCode::Protocol);
      CHECK_MESSAGE(credits.error().message.find(row.says) != std::string::npos,
                    credits.error().message);
    }
    CHECK_FALSE(read_credits(changed(kCredits, "\"windows\":[", "\"windows\":0,\"other\":[")));
  }

  TEST_CASE("a report is read, with nothing where the grouping knows nothing") {
    const auto report = read_report(kReport);
    REQUIRE(report);
    CHECK(report->days == 7);
    CHECK(report->by == Grouping::Endpoint);
    CHECK(report->price_per_credit == 0.001);
    CHECK(report->rows[0].requests == 1234567);
    CHECK(report->rows[1].hit_rate == 50.0);
    CHECK(report->rows[0].calls == 12000);
    CHECK(report->total.saved == 1214601.0);
    const auto causes = read_report(kReportByCause);
    REQUIRE(causes);
    CHECK_FALSE(causes->rows[0].requests);
    CHECK(causes->rows[0].calls == 390);
    CHECK_FALSE(read_report(changed(kReport, "\"p95_ms\":2.5,", "")));
    CHECK_FALSE(read_report(changed(kReport, "\"by\":\"endpoint\"", "\"by\":\"weather\"")));
  }

  TEST_CASE("pages are read with their cursors") {
    const auto calls = read_calls(kCalls);
    REQUIRE(calls);
    CHECK(calls->next == "1040");
    CHECK(calls->calls[2].client == "a \"quoted\", name");
    CHECK(calls->calls[2].error_code == 1008);
    const auto alerts = read_alerts(kAlerts);
    REQUIRE(alerts);
    CHECK_FALSE(alerts->next);
    CHECK(alerts->alerts[0].is_recovery);
    CHECK(alerts->alerts[0].kind == "exhausted");
    CHECK(alerts->alerts[0].id == 10);
    CHECK_FALSE(read_calls(kAlerts));
    CHECK_FALSE(read_alerts(changed(kAlerts, ",\"next\":null", "")));
    CHECK_FALSE(read_alerts(changed(kAlerts, "\"next\":null", "\"next\":7")));
    const auto mode = read_mode(kModeOrder);
    REQUIRE(mode);
    CHECK(mode->mode == SpendMode::CacheOnly);
  }
}

}  // namespace quotecache::test
