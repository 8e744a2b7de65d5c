// How reports are shown to people, word by word, at 80 and at 200 columns, and as CSV.
#include "cli/report_view.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "client/views.hpp"

namespace quotecache::cli::test {
namespace {

std::string table(const std::string& document, std::size_t columns) {
  return report_table(report(document), std::nullopt, wide(columns));
}

}  // namespace

// clang-format off
TEST_SUITE("client::report_view") {
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

  TEST_CASE("CSV") {
    CHECK(report_csv(report(documents::kReport), std::nullopt) ==
          "endpoint,requests,hits,hit_rate,stale,misses,errors,credits,credits_per_request,average_ms,p95_ms,score,saved,money_spent,money_saved,bytes,calls,failed,predicted,asks,mean_age_s,assets,riding,assets_per_credit,currency\r\n"
          "v2.quotes,1234567,1222221,99,512,12000,346,12120,0.009817,0.8,2.5,99.4379,1210101,12.12,1210.101,1234567890,12000,11,12125,5000000,32.4,1187760,1150000,98,USD\r\n"
          "v2.market_pairs,9000,4500,50,0,4500,0,4500,0.5,95.25,310,71.619,4500,4.5,4.5,98765,4500,0,4500,9000,61.25,0,0,,USD\r\n");
  }

  TEST_CASE("where nothing happened it says so") {
    Report none = report(documents::kReport);
    none.rows.clear();
    CHECK(report_table(none, std::nullopt, wide(80)) == "No requests in the last 7 days.\n");
    none.from = std::chrono::floor<std::chrono::days>(none.to);
    none.by = Grouping::Cause;
    CHECK(report_table(none, std::nullopt, wide(80)) == "No calls today.\n");
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

  TEST_CASE("where the price of credits is not known there is no money") {
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

  TEST_CASE("calls for no asset have a name in the report by asset") {
    Report assets = report(documents::kReportByAsset);
    ReportRow lists;
    lists.credits = 4;
    assets.rows.push_back(lists);
    CHECK(report_table(assets, std::nullopt, wide(80)).find("\n(no asset) ") != std::string::npos);
  }

  TEST_CASE("only as many rows as asked for, the total is of all") {
    const std::string text = report_table(report(documents::kReport), 1, wide(80));
    CHECK(text.find("market_pairs") == std::string::npos);
    CHECK(text.find("total      1,243,567") != std::string::npos);
    CHECK(text.find("1 of 2 rows are shown.\n") != std::string::npos);
    const std::string csv = report_csv(report(documents::kReport), 1);
    CHECK(std::count(csv.begin(), csv.end(), '\n') == 2);
  }

  TEST_CASE("names of the daemon's cannot move the cursor") {
    Report sly = report(documents::kReport);
    sly.rows[0].key = "a\x1b[2J\nb";
    CHECK(report_table(sly, std::nullopt, wide(80)).find("a?[2J?b") != std::string::npos);
  }

  TEST_CASE("without UTF-8 nothing but ASCII is written") {
    const std::string text = report_table(report(documents::kReportByAsset), std::nullopt, {200, false, false});
    CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c > 0; }));
  }
}
// clang-format on

}  // namespace quotecache::cli::test
