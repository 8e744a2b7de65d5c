// How credits stand, shown to people, word by word, at 80 and at 200 columns, and as CSV.
#include "cli/state_view.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "client/views.hpp"

namespace quotecache::cli::test {

// clang-format off
TEST_SUITE("client::state_view") {
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

  TEST_CASE("CSV") {
    CHECK(state_csv(credits()) ==
          "at,level,mode,price_of_credit,stretch,window,unit,starts_at,ends_at,cap,spent,held,left,closed_until,error_code,money_spent,currency\r\n"
          "2026-11-21T10:00:00Z,warning,economise,740.5,1.4,minute,requests,2026-11-21T10:00:00Z,2026-11-21T10:01:00Z,30,3,1,26,,0,,\r\n"
          "2026-11-21T10:00:00Z,warning,economise,740.5,1.4,day,credits,2026-11-21T00:00:00Z,2026-11-22T00:00:00Z,15000,5700,2,9298,,0,,\r\n"
          "2026-11-21T10:00:00Z,warning,economise,740.5,1.4,month,credits,2026-11-01T00:00:00Z,2026-12-01T00:00:00Z,300000,243000,2,56998,,0,,\r\n");
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

  TEST_CASE("reasons of the daemon's cannot move the cursor") {
    Credits state = credits();
    state.mode.reason = "\x1b[31mred";
    CHECK(state_text(state, wide(80)).find('\x1b') == std::string::npos);
  }

  TEST_CASE("without UTF-8 nothing but ASCII is written") {
    const std::string text = state_text(credits(), {200, false, false});
    CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c > 0; }));
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
