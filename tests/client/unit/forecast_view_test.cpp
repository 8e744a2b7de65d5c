// How forecasts are shown to people, word by word, at 80 and at 200 columns, and as CSV.
#include "cli/forecast_view.hpp"

#include <doctest/doctest.h>

#include "cli/state_view.hpp"
#include "client/views.hpp"

namespace quotecache::cli::test {

// clang-format off
TEST_SUITE("client::forecast_view") {
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

  TEST_CASE("CSV") {
    CHECK(forecast_csv(credits()) ==
          "at,window,unit,spent,cap,ends_at,exhausted_at,earliest,latest,spent_at_end,missing\r\n"
          "2026-11-21T10:00:00Z,day,credits,5700,15000,2026-11-22T00:00:00Z,,,,12240.7,\r\n"
          "2026-11-21T10:00:00Z,month,credits,243000,300000,2026-12-01T00:00:00Z,2026-11-26T09:40:00Z,2026-11-25T20:10:00Z,2026-11-27T02:05:00Z,352600,\r\n");
  }

  TEST_CASE("where nothing is limited there is none") {
    CHECK(forecast_text(whole(read_credits(documents::kQuietCredits)), wide(80)) ==
          "No forecast yet: no window is limited, or too little was spent.\n");
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
}
// clang-format on

}  // namespace quotecache::cli::test
