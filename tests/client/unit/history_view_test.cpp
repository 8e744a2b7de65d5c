// How calls and alerts are shown to people, word by word, at 80 and at 200 columns, and as CSV.
#include "cli/history_view.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "client/views.hpp"

namespace quotecache::cli::test {
namespace {

CallsPage calls() { return whole(read_calls(documents::kCalls)); }
AlertsPage alerts() { return whole(read_alerts(documents::kAlerts)); }

}  // namespace

// clang-format off
TEST_SUITE("client::history_view") {
  TEST_CASE("calls") {
    CHECK("\n" + calls_table(calls(), "", wide(80)) == R"(
AT (UTC)             ENDPOINT     CAUSE    CREDITS  STATE        MS  HTTP
2026-11-21 09:59:58  v2.quotes    miss           1  held          -     -
2026-11-21 09:59:01  v1.listings  refresh        2  settled   1,120   200
2026-11-21 09:58:00  v2.quotes    miss           0  lost     15,000   429
─────────────────────────────────────────────────────────────────────────
3 calls                                          3

Older ones: --cursor 1040
)");
    CHECK("\n" + calls_table(calls(), "", wide(200)) == R"(
AT (UTC)             ENDPOINT     CAUSE    CLIENT            CREDITS  PREDICTED  STATE        MS  ASSETS  RIDING  HTTP  ERROR    ID
2026-11-21 09:59:58  v2.quotes    miss     bot                     1          1  held          -      20      80     -      -  1042
2026-11-21 09:59:01  v1.listings  refresh                          2          1  settled   1,120     200       -   200      -  1041
2026-11-21 09:58:00  v2.quotes    miss     a "quoted", name        0          1  lost     15,000       1       -   429   1008  1040
───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
3 calls                                                            3          3

Older ones: --cursor 1040
)");
  }

  TEST_CASE("alerts") {
    CHECK("\n" + alerts_table(alerts(), "", wide(80)) == R"(
AT (UTC)             LEVEL     STATE      MESSAGE
2026-11-21 00:00:00  critical  recovered  A new day has begun: 0 of 15,000
                                          credits are spent; resets 2026-11-22
                                          00:00 UTC
2026-11-20 23:10:00  critical  raised     All of this day's 15,000 credits are
                                          spent: only the cache answers until
                                          2026-11-21 00:00 UTC
2026-11-20 22:30:00  warning   raised     It rains
2026-11-20 22:15:00  warning   raised     81 % of this month's 300,000 credits
                                          are spent; resets 2026-12-01 00:00 UTC
2026-11-20 08:00:00  critical  raised     The provider refuses the API key
                                          (error 1001: it is not valid); nothing
                                          is fetched meanwhile
)");
    CHECK("\n" + alerts_table(alerts(), "", wide(200)) == R"(
AT (UTC)             LEVEL     STATE      KIND       SUBJECT     VALUE  BOUND  UNTIL (UTC)       MESSAGE
2026-11-21 00:00:00  critical  recovered  exhausted  day             0      1  2026-11-22 00:00  A new day has begun: 0 of 15,000 credits are spent; resets 2026-11-22 00:00 UTC
2026-11-20 23:10:00  critical  raised     exhausted  day             1      1  2026-11-21 00:00  All of this day's 15,000 credits are spent: only the cache answers until 2026-11-21 00:00 UTC
2026-11-20 22:30:00  warning   raised     weather             1,234.50  1,000  -                 It rains
2026-11-20 22:15:00  warning   raised     window     month        0.81   0.80  2026-12-01 00:00  81 % of this month's 300,000 credits are spent; resets 2026-12-01 00:00 UTC
2026-11-20 08:00:00  critical  raised     key                     1001      0  -                 The provider refuses the API key (error 1001: it is not valid); nothing is fetched meanwhile
)");
  }

  TEST_CASE("CSV") {
    CHECK(calls_csv(calls()) ==
          "id,at,endpoint,client,cause,credits,predicted,state,took_ms,http_status,error_code,assets,riding\r\n"
          "1042,2026-11-21T09:59:58Z,v2.quotes,bot,miss,1,1,held,0,0,0,20,80\r\n"
          "1041,2026-11-21T09:59:01Z,v1.listings,,refresh,2,1,settled,1120,200,0,200,0\r\n"
          "1040,2026-11-21T09:58:00Z,v2.quotes,\"a \"\"quoted\"\", name\",miss,0,1,lost,15000,429,1008,1,0\r\n");
    CHECK(alerts_csv(alerts()) ==
          "id,at,kind,level,subject,state,value,bound,until,message\r\n"
          "10,2026-11-21T00:00:00Z,exhausted,critical,day,recovered,0,1,2026-11-22T00:00:00Z,\"A new day has begun: 0 of 15,000 credits are spent; resets 2026-11-22 00:00 UTC\"\r\n"
          "9,2026-11-20T23:10:00Z,exhausted,critical,day,raised,1,1,2026-11-21T00:00:00Z,\"All of this day's 15,000 credits are spent: only the cache answers until 2026-11-21 00:00 UTC\"\r\n"
          "8,2026-11-20T22:30:00Z,weather,warning,,raised,1234.5,1000,,It rains\r\n"
          "7,2026-11-20T22:15:00Z,window,warning,month,raised,0.81,0.8,2026-12-01T00:00:00Z,\"81 % of this month's 300,000 credits are spent; resets 2026-12-01 00:00 UTC\"\r\n"
          "6,2026-11-20T08:00:00Z,key,critical,,raised,1001,0,,The provider refuses the API key (error 1001: it is not valid); nothing is fetched meanwhile\r\n");
  }

  TEST_CASE("where nothing happened it says so") {
    CHECK(calls_table({}, "", wide(80)) == "No calls to the provider are recorded.\n");
    CHECK(alerts_table({}, "", wide(80)) == "No alerts are recorded.\n");
  }

  TEST_CASE("past the last page there are none older") {
    CHECK(calls_table({}, "1040", wide(80)) == "No older calls to the provider are recorded.\n");
    CHECK(alerts_table({}, "7", wide(80)) == "No older alerts are recorded.\n");
  }

  TEST_CASE("messages of the daemon's cannot move the cursor") {
    AlertsPage page = alerts();
    page.alerts[0].message = "\x1b]0;title\x07";
    CHECK(alerts_table(page, "", wide(80)).find("?]0;title?") != std::string::npos);
  }

  TEST_CASE("without UTF-8 nothing but ASCII is written") {
    const std::string text = calls_table(calls(), "", {200, false, false});
    CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c > 0; }));
  }
}
// clang-format on

}  // namespace quotecache::cli::test
