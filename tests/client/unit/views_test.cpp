// What people see, word by word, at 80 and at 200 columns.
#include <algorithm>

#include <doctest/doctest.h>

#include "cli/forecast_view.hpp"
#include "cli/history_view.hpp"
#include "cli/report_view.hpp"
#include "cli/state_view.hpp"
#include "client/documents.hpp"
#include "src/documents.hpp"

namespace quotecache::cli::test {
namespace {

namespace documents = quotecache::test;

Look wide(std::size_t columns) { return {columns, true, false}; }

// clang-format off
template <class T>
T whole(Result<T> result) {
  REQUIRE(result);
  return *std::move(result);
}

Credits credits() { return whole(read_credits(documents::kCredits)); }
Report report(const std::string& document) { return whole(read_report(document)); }
CallsPage calls() { return whole(read_calls(documents::kCalls)); }
AlertsPage alerts() { return whole(read_alerts(documents::kAlerts)); }

std::string table(const std::string& document, std::size_t columns) {
  return report_table(report(document), std::nullopt, wide(columns));
}

}  // namespace

TEST_SUITE("client::views") {
  TEST_CASE("the state") {
    CHECK("\n" + state_text(credits(), wide(80)) == R"(
Credits 2026-11-21 10:00:00 UTC: warning

Mode       economise since 2026-11-20 22:15 (month: 81 % spent)
Freshness  a credit must save 740 s of age; copies live 1.40 times as long
Plan       auto, limits as the provider tells them, read 3 min ago
Calls      1 under way

WINDOW  USED                   %    SPENT    LEFT      CAP          IN
minute  ██▏░░░░░░░░░░░░░  13.3 %        3      26       30       1 min
day     ██████▏░░░░░░░░░  38.0 %    5,700   9,298   15,000  14 h 0 min
month   █████████████░░░  81.0 %  243,000  56,998  300,000    9 d 14 h

Forecast
day     lasts until its reset, by when 12,241 credits are expected, 81.6 % of
        15,000
month   will be spent at 2026-11-26 09:40 UTC (between 2026-11-25 20:10 and
        2026-11-27 02:05), 4 d 14 h before its reset

Problems
Drift      the provider counts other credits than the ledger: 12 more today, 40
           fewer this month
Price      v1.listings: 9 of 10 calls cost otherwise than predicted (19 credits,
           not 10)

Alerts
warning    At this pace this month's 300,000 credits are spent on 2026-11-26
           13:00 UTC (between 2026-11-25 15:00 UTC and 2026-11-28 02:00 UTC);
           resets 2026-12-01 00:00 UTC (since 2026-11-19 03:30)
warning    81 % of this month's 300,000 credits are spent; resets 2026-12-01
           00:00 UTC (since 2026-11-20 22:15)
warning    Calls of v1.listings cost 9 credits more than the catalogue says so
           far (since 2026-11-21 09:40)

Clients
CLIENT  WINDOW  USED                   %   SPENT  LEFT    CAP  RESETS (UTC)
bot     day     ███████████████▎  95.0 %     950    50  1,000  2026-11-22 00:00
bot     month                          -  12,000     -      -  2026-12-01 00:00
)");
    CHECK("\n" + state_text(credits(), wide(200)) == R"(
Credits 2026-11-21 10:00:00 UTC: warning

Mode       economise since 2026-11-20 22:15 (month: 81 % spent)
Freshness  a credit must save 740 s of age; copies live 1.40 times as long
Plan       auto, limits as the provider tells them, read 3 min ago
Calls      1 under way

WINDOW  USED                   %    SPENT  HELD    LEFT      CAP  UNIT      RESETS (UTC)              IN  EXPECTED BY THEN
minute  ██▏░░░░░░░░░░░░░  13.3 %        3     1      26       30  requests  2026-11-21 10:01       1 min                 -
day     ██████▏░░░░░░░░░  38.0 %    5,700     2   9,298   15,000  credits   2026-11-22 00:00  14 h 0 min            12,241
month   █████████████░░░  81.0 %  243,000     2  56,998  300,000  credits   2026-12-01 00:00    9 d 14 h           352,600

Forecast
day     lasts until its reset, by when 12,241 credits are expected, 81.6 % of 15,000
month   will be spent at 2026-11-26 09:40 UTC (between 2026-11-25 20:10 and 2026-11-27 02:05), 4 d 14 h before its reset

Problems
Drift      the provider counts other credits than the ledger: 12 more today, 40 fewer this month
Price      v1.listings: 9 of 10 calls cost otherwise than predicted (19 credits, not 10)

Alerts
warning    At this pace this month's 300,000 credits are spent on 2026-11-26 13:00 UTC (between 2026-11-25 15:00 UTC and 2026-11-28 02:00 UTC); resets 2026-12-01 00:00 UTC (since 2026-11-19 03:30)
warning    81 % of this month's 300,000 credits are spent; resets 2026-12-01 00:00 UTC (since 2026-11-20 22:15)
warning    Calls of v1.listings cost 9 credits more than the catalogue says so far (since 2026-11-21 09:40)

Clients
CLIENT  WINDOW  USED                   %   SPENT  HELD  LEFT    CAP  RESETS (UTC)
bot     day     ███████████████▎  95.0 %     950     0    50  1,000  2026-11-22 00:00
bot     month                          -  12,000     0     -      -  2026-12-01 00:00
)");
  }

  TEST_CASE("the report by endpoint") {
    CHECK("\n" + table(documents::kReport, 80) == R"(
Credits by endpoint, 2026-11-15 to 2026-11-21 (the last 7 days)

ENDPOINT          REQUESTS  HIT %  CREDITS  PER REQ  AGE S  SCORE      SAVED
v2.quotes        1,234,567   99.0   12,120    0.010   32.4   99.4  1,210,101
v2.market_pairs      9,000   50.0    4,500    0.500   61.2   71.6      4,500
────────────────────────────────────────────────────────────────────────────
total            1,243,567   98.6   16,620    0.013   32.5   99.2  1,214,601

Without the cache: 1,231,221 credits. Saved: 1,214,601 (98.7 %), worth 1,214.60
USD. What was spent cost 16.62 USD.

Freshness: What clients were served was 32.5 s old on average. A credit renewed
98.0 assets, 94.9 of which rode along for nothing.
)");
    CHECK("\n" + table(documents::kReport, 200) == R"(
Credits by endpoint, 2026-11-15 to 2026-11-21 (the last 7 days)

ENDPOINT          REQUESTS       HITS  HIT %  STALE  MISSES  ERRORS   CALLS  FAILED  CREDITS  SHARE         PER REQ  AVG MS  P95 MS  AGE S  PER CREDIT  SCORE      SAVED   COST  COST SAVED    BYTES
v2.quotes        1,234,567  1,222,221   99.0    512  12,000     346  12,000      11   12,120  ████████▊░░░    0.010     0.8     2.5   32.4        98.0   99.4  1,210,101  12.12    1,210.10   1.2 GB
v2.market_pairs      9,000      4,500   50.0      0   4,500       0   4,500       0    4,500  ███▎░░░░░░░░    0.500    95.2   310.0   61.2               71.6      4,500   4.50        4.50  98.8 kB
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
total            1,243,567  1,226,721   98.6    512  16,500     346  16,500      11   16,620                  0.013     1.5     3.1   32.5        98.0   99.2  1,214,601  16.62    1,214.60   1.2 GB

Without the cache: 1,231,221 credits. Saved: 1,214,601 (98.7 %), worth 1,214.60 USD. What was spent cost 16.62 USD.

Freshness: What clients were served was 32.5 s old on average. A credit renewed 98.0 assets, 94.9 of which rode along for nothing.
)");
  }

  TEST_CASE("the reports by cause and by asset") {
    CHECK("\n" + table(documents::kReportByCause, 80) == R"(
Credits by cause, 2026-11-21 (today)

CAUSE  CALLS  FAILED  CREDITS  SHARE         PREDICTED  AVG MS  PER CREDIT
miss     390       2      400  █████████▋░░        401   120.5        96.0
warm     100       0      100  ██▍░░░░░░░░░        100    99.0        99.5
──────────────────────────────────────────────────────────────────────────
total    490       2      500                      501   116.1        96.7

Freshness: What clients were served was 12.0 s old on average. A credit renewed
96.7 assets, 72.0 of which rode along for nothing.
)");
    CHECK("\n" + table(documents::kReportByAsset, 80) == R"(
Credits by asset, 2026-11-20 to 2026-11-21 (the last 2 days)

ASSET         ~REQUESTS  FETCHES  CREDITS  SHARE
symbol:名前       5,000    2,880    30.25  ███████████▊
(all others)         10       20     0.50  ▎░░░░░░░░░░░
───────────────────────────────────────────────────────
total             5,010    2,900    30.75
)");
  }

  TEST_CASE("the forecast") {
    CHECK("\n" + forecast_text(credits(), wide(80)) == R"(
Credits 2026-11-21 10:00:00 UTC: warning

WINDOW  EXPECTED                %    SPENT  BY THEN      CAP  SPENT AT (UTC)
day     █████████████░░░   81.6 %    5,700   12,241   15,000  -
month   ████████████████  117.5 %  243,000  352,600  300,000  2026-11-26 09:40

day     lasts until its reset, by when 12,241 credits are expected, 81.6 % of
        15,000
month   will be spent at 2026-11-26 09:40 UTC (between 2026-11-25 20:10 and
        2026-11-27 02:05), 4 d 14 h before its reset

Mode       economise since 2026-11-20 22:15 (month: 81 % spent)
Freshness  a credit must save 740 s of age; copies live 1.40 times as long
)");
    CHECK("\n" + forecast_text(credits(), wide(200)) == R"(
Credits 2026-11-21 10:00:00 UTC: warning

WINDOW  EXPECTED                %    SPENT  BY THEN      CAP  RESETS (UTC)      SPENT AT (UTC)    EARLIEST          LATEST
day     █████████████░░░   81.6 %    5,700   12,241   15,000  2026-11-22 00:00  -                 -                 -
month   ████████████████  117.5 %  243,000  352,600  300,000  2026-12-01 00:00  2026-11-26 09:40  2026-11-25 20:10  2026-11-27 02:05

day     lasts until its reset, by when 12,241 credits are expected, 81.6 % of 15,000
month   will be spent at 2026-11-26 09:40 UTC (between 2026-11-25 20:10 and 2026-11-27 02:05), 4 d 14 h before its reset

Mode       economise since 2026-11-20 22:15 (month: 81 % spent)
Freshness  a credit must save 740 s of age; copies live 1.40 times as long
)");
  }

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
    CHECK(state_csv(credits()) ==
          "at,level,mode,price_of_credit,stretch,window,unit,starts_at,ends_at,cap,spent,held,left,closed_until,error_code,money_spent,currency\r\n"
          "2026-11-21T10:00:00Z,warning,economise,740.5,1.4,minute,requests,2026-11-21T10:00:00Z,2026-11-21T10:01:00Z,30,3,1,26,,0,,\r\n"
          "2026-11-21T10:00:00Z,warning,economise,740.5,1.4,day,credits,2026-11-21T00:00:00Z,2026-11-22T00:00:00Z,15000,5700,2,9298,,0,,\r\n"
          "2026-11-21T10:00:00Z,warning,economise,740.5,1.4,month,credits,2026-11-01T00:00:00Z,2026-12-01T00:00:00Z,300000,243000,2,56998,,0,,\r\n");
    CHECK(forecast_csv(credits()) ==
          "at,window,unit,spent,cap,ends_at,exhausted_at,earliest,latest,spent_at_end,missing\r\n"
          "2026-11-21T10:00:00Z,day,credits,5700,15000,2026-11-22T00:00:00Z,,,,12240.7,\r\n"
          "2026-11-21T10:00:00Z,month,credits,243000,300000,2026-12-01T00:00:00Z,2026-11-26T09:40:00Z,2026-11-25T20:10:00Z,2026-11-27T02:05:00Z,352600,\r\n");
    CHECK(report_csv(report(documents::kReport), std::nullopt) ==
          "endpoint,requests,hits,hit_rate,stale,misses,errors,credits,credits_per_request,average_ms,p95_ms,score,saved,money_spent,money_saved,bytes,calls,failed,predicted,asks,mean_age_s,assets,riding,assets_per_credit,currency\r\n"
          "v2.quotes,1234567,1222221,99,512,12000,346,12120,0.009817,0.8,2.5,99.4379,1210101,12.12,1210.101,1234567890,12000,11,12125,5000000,32.4,1187760,1150000,98,USD\r\n"
          "v2.market_pairs,9000,4500,50,0,4500,0,4500,0.5,95.25,310,71.619,4500,4.5,4.5,98765,4500,0,4500,9000,61.25,0,0,,USD\r\n");
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

  TEST_CASE("where nothing is limited and nothing happened, it says so") {
    const Credits quiet = whole(read_credits(documents::kQuietCredits));
    CHECK("\n" + state_text(quiet, wide(80)) == R"(
Credits 2026-11-21 10:00:00 UTC: ok

Mode       normal since 2026-11-21 09:12
Freshness  as set
Plan       auto, limits not known yet

WINDOW  USED  %  SPENT  HELD  LEFT  CAP  UNIT     RESETS (UTC)              IN
day           -      0     0     -    -  credits  2026-11-22 00:00  14 h 0 min
)");
    CHECK(forecast_text(quiet, wide(80)) ==
          "No forecast yet: no window is limited, or too little was spent.\n");
    Report none = report(documents::kReport);
    none.rows.clear();
    CHECK(report_table(none, std::nullopt, wide(80)) == "No requests in the last 7 days.\n");
    none.from = std::chrono::floor<std::chrono::days>(none.to);
    none.by = Grouping::Cause;
    CHECK(report_table(none, std::nullopt, wide(80)) == "No calls today.\n");
    CHECK(calls_table({}, "", wide(80)) == "No calls to the provider are recorded.\n");
    CHECK(alerts_table({}, "", wide(80)) == "No alerts are recorded.\n");
  }

  TEST_CASE("past the last page there are none older") {
    CHECK(calls_table({}, "1040", wide(80)) == "No older calls to the provider are recorded.\n");
    CHECK(alerts_table({}, "7", wide(80)) == "No older alerts are recorded.\n");
  }

  TEST_CASE("a report tells the days that it covers, not those it was asked for") {
    Report cut = report(documents::kReport);
    const auto heading = [&cut] { return report_table(cut, std::nullopt, wide(80)); };
    cut.days = 3660;
    CHECK(heading().starts_with("Credits by endpoint, 2026-11-15 to 2026-11-21 (the last 7 days)\n"));
    // As soon as the day has begun, and in its last moment.
    cut.to = std::chrono::ceil<std::chrono::days>(cut.to);
    cut.period_ends_at = cut.to + std::chrono::days(1);
    CHECK(heading().starts_with("Credits by endpoint, 2026-11-15 to 2026-11-22 (the last 8 days)\n"));
    cut.to -= std::chrono::milliseconds(1);
    CHECK(heading().starts_with("Credits by endpoint, 2026-11-15 to 2026-11-21 (the last 7 days)\n"));
    cut.from -= std::chrono::days(3653);
    CHECK(heading().starts_with("Credits by endpoint, 2016-11-14 to 2026-11-21 (the last 3,660 days)\n"));
    cut.rows.clear();
    CHECK(heading() == "No requests in the last 3,660 days.\n");
  }

  TEST_CASE("what the cache cost beyond what it saved is no saving") {
    Report dear = report(documents::kReport);
    dear.total.saved = -620;
    CHECK(report_table(dear, std::nullopt, wide(80)).find(
        "\nWithout the cache: 16,000 credits, 620 fewer than were spent. What was spent\ncost 16.62 USD.\n") != std::string::npos);
    dear.total.saved = -16620;
    CHECK(report_table(dear, std::nullopt, wide(80)).find("Without") == std::string::npos);
  }

  TEST_CASE("what credits bought is told as far as it is known") {
    Report some = report(documents::kReport);
    some.total.riding = 0;
    CHECK(report_table(some, std::nullopt, wide(80)).ends_with(
        "\nFreshness: What clients were served was 32.5 s old on average. A credit renewed\n98.0 assets.\n"));
    some.total.assets_per_credit.reset();
    CHECK(report_table(some, std::nullopt, wide(80)).ends_with(
        "\nFreshness: What clients were served was 32.5 s old on average.\n"));
    some.total.mean_age_s.reset();
    CHECK(report_table(some, std::nullopt, wide(80)).find("Freshness") == std::string::npos);
  }

  TEST_CASE("what credits cost is told where their price is, with the name of the currency") {
    Credits priced = credits();
    CHECK(state_text(priced, wide(80)).find("Cost") == std::string::npos);
    priced.price_per_credit = 0.0001;
    priced.windows[1].money_spent = 0.57;
    priced.windows[2].money_spent = 24.3;
    CHECK(state_text(priced, wide(80)).find("\nCost       0.5700 this day, 24.30 this month\n") !=
          std::string::npos);
    priced.currency = "USD";
    CHECK(state_text(priced, wide(80)).find(
              "\nCost       0.5700 USD this day, 24.30 USD this month\n") != std::string::npos);
    const std::string csv = state_csv(priced);
    CHECK(csv.find(",26,,0,,\r\n") != std::string::npos);
    CHECK(csv.find(",9298,,0,0.57,USD\r\n") != std::string::npos);
    Report free = report(documents::kReport);
    free.total.money_saved.reset();
    free.total.money_spent.reset();
    for (auto& row : free.rows) {
      row.money_saved.reset();
      row.money_spent.reset();
    }
    const std::string table = report_table(free, std::nullopt, wide(200));
    for (const char* const word : {"COST", "USD", "worth", "cost"})
      CHECK(table.find(word) == std::string::npos);
  }

  TEST_CASE("too little was seen for a forecast: no number, but the reason") {
    Credits young = credits();
    for (const auto at : {1, 2}) {
      young.windows[static_cast<std::size_t>(at)].forecast.reset();
      young.windows[static_cast<std::size_t>(at)].forecast_missing =
          "too early to tell: 12 min were observed, and an hour is needed";
    }
    const std::string lines =
        "day     too early to tell: 12 min were observed, and an hour is needed\n"
        "month   too early to tell: 12 min were observed, and an hour is needed\n";
    CHECK(forecast_lines(young, wide(80)) == lines);
    CHECK(state_text(young, wide(80)).find("\nForecast\n" + lines) != std::string::npos);
    const std::string text = forecast_text(young, wide(80));
    CHECK(text.find("EXPECTED") == std::string::npos);
    CHECK(text.find(": warning\n\nday     too early") != std::string::npos);
    CHECK(forecast_csv(young).find(
              "month,credits,243000,300000,2026-12-01T00:00:00Z,,,,,\"too early to tell: 12 min "
              "were observed, and an hour is needed\"\r\n") != std::string::npos);
  }

  TEST_CASE("calls for no asset have a name in the report by asset") {
    Report assets = report(documents::kReportByAsset);
    ReportRow lists;
    lists.credits = 4;
    assets.rows.push_back(lists);
    CHECK(report_table(assets, std::nullopt, wide(80)).find("\n(no asset) ") != std::string::npos);
  }

  TEST_CASE("a window without a cap is not said to last") {
    Credits unlimited = credits();
    unlimited.windows[2].cap.reset();
    unlimited.windows[2].forecast->exhausted_at.reset();
    const std::string text = forecast_text(unlimited, wide(80));
    CHECK(text.find("month   no limit; 352,600 credits are expected by its reset\n") !=
          std::string::npos);
  }

  TEST_CASE("a window that is spent is not foretold") {
    Credits spent = credits();
    auto& month = spent.windows[2];
    month.forecast->exhausted_at = month.forecast->earliest = month.forecast->latest = spent.at;
    month.ends_at = spent.at + std::chrono::hours(50);
    CHECK(forecast_text(spent, wide(120)).find("month   is spent, 2 d 2 h before its reset\n") !=
          std::string::npos);
  }

  TEST_CASE("where it may last after all, a forecast tells no latest time") {
    Credits open = credits();
    open.windows[2].forecast->latest.reset();
    CHECK(forecast_text(open, wide(120)).find(
        "month   will be spent at 2026-11-26 09:40 UTC (not before 2026-11-25 20:10), 4 d 14 h before its reset\n") !=
          std::string::npos);
  }

  TEST_CASE("what is wrong is told") {
    Credits bad = credits();
    bad.ledger_works = false;
    bad.ledger_error = "disk is full";
    bad.key_refused = KeyRefusal{bad.at + std::chrono::minutes(5), 1001};
    bad.windows[2].closed_until = bad.windows[2].ends_at;
    bad.windows[2].error_code = 1010;
    bad.plan.error = "403";
    bad.mode.manual_until = bad.at + std::chrono::hours(1);
    const std::string text = state_text(bad, wide(120));
    for (const char* const line :
         {"Ledger     cannot be written: disk is full\n",
          "Key        the provider refuses it (error 1001), tried again at 2026-11-21 10:05 UTC\n",
          "Closed     month closed by the provider (error 1010) until 2026-12-01 00:00 UTC\n",
          "read 3 min ago; cannot be read: 403\n",
          "since 2026-11-20 22:15 until 2026-11-21 11:00 (month: 81 % spent)\n"}) {
      CAPTURE(line);
      CHECK(text.find(line) != std::string::npos);
    }
  }

  TEST_CASE("only as many rows as asked for, the total is of all") {
    const std::string text = report_table(report(documents::kReport), 1, wide(80));
    CHECK(text.find("market_pairs") == std::string::npos);
    CHECK(text.find("total      1,243,567") != std::string::npos);
    CHECK(text.find("1 of 2 rows are shown.\n") != std::string::npos);
    const std::string csv = report_csv(report(documents::kReport), 1);
    CHECK(std::count(csv.begin(), csv.end(), '\n') == 2);
  }

  TEST_CASE("names and messages of the daemon's cannot move the cursor") {
    Report sly = report(documents::kReport);
    sly.rows[0].key = "a\x1b[2J\nb";
    CHECK(report_table(sly, std::nullopt, wide(80)).find("a?[2J?b") != std::string::npos);
    AlertsPage page = alerts();
    page.alerts[0].message = "\x1b]0;title\x07";
    CHECK(alerts_table(page, "", wide(80)).find("?]0;title?") != std::string::npos);
    Credits state = credits();
    state.mode.reason = "\x1b[31mred";
    CHECK(state_text(state, wide(80)).find('\x1b') == std::string::npos);
  }

  TEST_CASE("without UTF-8 nothing but ASCII is written") {
    const Look ascii{200, false, false};
    for (const std::string& text : {state_text(credits(), ascii),
                                    report_table(report(documents::kReportByAsset), std::nullopt, ascii),
                                    calls_table(calls(), "", ascii)}) {
      CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c > 0; }));
    }
  }

  TEST_CASE("an order is confirmed") {
    CHECK(order_text(whole(read_mode(documents::kModeOrder))) ==
          "Spend mode cache_only is ordered until 2026-11-21 12:00:00 UTC.\n");
    CHECK(order_text({SpendMode::Automatic, {}, "", {}}) ==
          "The spend mode is chosen automatically again.\n");
  }
}
// clang-format on

}  // namespace quotecache::cli::test
