// What operators' commands print as CSV, and health in each format.
#include <algorithm>

#include <doctest/doctest.h>

#include "cli/cache_csv.hpp"
#include "cli/health.hpp"
#include "cli/json_text.hpp"
#include "cli/order_view.hpp"
#include "cli/purge.hpp"
#include "cli/warm.hpp"
#include "client/documents.hpp"
#include "client/quotes.hpp"
#include "src/documents.hpp"

namespace quotecache::cli::test {
namespace {

namespace documents = quotecache::test;
using documents::kFetchedAt;

bool has_line(const std::string& csv, const std::string& line) {
  const bool is_there = csv.find("\r\n" + line + "\r\n") != std::string::npos;
  if (!is_there) MESSAGE("no line '", line, "' in: ", csv);
  return is_there;
}

CopyInfo copy_in(const std::string& tier) {
  CopyInfo copy;
  copy.tier = tier;
  copy.key = "qc1:v2.quotes:id:1:USD:-";
  copy.state = "fresh";
  copy.age_s = 12.5;
  copy.fetched_at = copy.fresh_until = copy.stale_until = kFetchedAt;
  copy.bytes = 900;
  return copy;
}

}  // namespace

TEST_SUITE("client::csv_views") {
  TEST_CASE("statistics are a name and a value a line") {
    CacheStats stats;
    stats.at = kFetchedAt;
    stats.requests.hit = 3;
    stats.today = CreditsSpent{11, std::nullopt};
    TierStats tier;
    tier.tier = "memory";
    tier.answered = 3;
    tier.entries = 30;
    stats.tiers = {tier};
    stats.upstream_error = "no route, at all";
    const auto csv = stats_csv(stats);
    CHECK(csv.starts_with("name,value\r\nat,2026-11-29T10:00:41Z\r\n"));
    CHECK(has_line(csv, "requests.hit,3"));
    CHECK(has_line(csv, "tiers.memory.entries,30"));
    CHECK(has_line(csv, "tiers.memory.bytes,"));
    CHECK(has_line(csv, "credits.today.spent,11"));
    CHECK(has_line(csv, "credits.month.spent,"));
    CHECK(has_line(csv, "upstream.error,\"no route, at all\""));
  }

  TEST_CASE("an explanation is a line for each copy, or one without") {
    Explanation given;
    given.at = kFetchedAt;
    given.target = "/v2/x?id=1";
    given.endpoint = "v2.quotes";
    given.next_refresh_why = "the next ask has it fetched";
    const auto columns = [](const std::string& line) {
      return std::count(line.begin(), line.end(), ',');
    };
    auto csv = explanation_csv(given);
    const auto header = csv.substr(0, csv.find("\r\n"));
    CHECK(columns(csv) == 2 * columns(header));
    CHECK(has_line(csv,
                   "2026-11-29T10:00:41Z,/v2/x?id=1,v2.quotes,,,,,,,,,,,,,,,"
                   "the next ask has it fetched"));
    given.copies = {copy_in("memory"), copy_in("sqlite")};
    given.answer = copy_in("memory");
    given.last_call = LastCall{kFetchedAt, "miss", 1, 2, 0};
    given.popularity = Popularity{12, 0, kFetchedAt};
    csv = explanation_csv(given);
    CHECK(columns(csv) == 3 * columns(header));
    CHECK(csv.find(",memory,qc1:v2.quotes:id:1:USD:-,fresh,true,12.5,") != std::string::npos);
    CHECK(csv.find(",sqlite,qc1:v2.quotes:id:1:USD:-,fresh,false,12.5,") != std::string::npos);
    CHECK(csv.find(",900,2026-11-29T10:00:41Z,miss,1,12,,") != std::string::npos);
  }

  TEST_CASE("a purge is a line") {
    PurgeReport report;
    report.entries = 11;
    report.memory = 10;
    report.kept = true;
    report.others = "confirmed";
    report.confirmed = {"one", "two"};
    CHECK(purge_csv(report) ==
          "dry_run,entries,memory,sqlite,before,swept,kept,others,confirmed,not_confirmed\r\n"
          "false,11,10,,,0,true,confirmed,one two,\r\n");
  }

  TEST_CASE("a run that warms is a line, or one for each asset") {
    const auto run = read_warm_run(documents::kWarmRun);
    REQUIRE(run);
    const auto csv = runs_csv({*run, *run});
    CHECK(has_line(csv,
                   "12,partly,6 assets,order,false,2026-11-29T08:00:01Z,2026-11-29T08:00:02Z,"
                   "6,0,2,1,0,0,0,2,1,0,3,3,1234,0,spend mode cache_only,"
                   "The provider could not be reached."));
    CHECK(
        outcomes_csv(*run).starts_with("asset,convert,outcome,why\r\nBTC,USD,renewed,ordered\r\n"));
    // Of several orders that were added up no moment is known.
    WarmRun sum;
    CHECK(runs_csv({sum}).find(",false,,,0,") != std::string::npos);
  }

  TEST_CASE("an order of a spend mode, as the daemon tells it") {
    const auto ordered = read_mode(documents::kModeOrder);
    REQUIRE(ordered);
    CHECK(order_json(*ordered) == documents::kModeOrder + "\n");
    CHECK(order_csv(*ordered) ==
          "mode,since,reason,manual_until\r\n"
          "cache_only,2026-11-21T10:00:00Z,set by hand,2026-11-21T12:00:00Z\r\n");
  }

  TEST_CASE("health tells each check") {
    const auto health = read_health(
        R"({"status":"warn","version":"1.0.0","checks":{)"
        R"("upstream:responseTime":[{"status":"pass","observedValue":210,"observedUnit":"ms",)"
        R"("time":"2026-11-21T10:00:00Z","output":"median"}],)"
        R"("disk:free":[{"status":"pass","observedValue":1500000,"observedUnit":"bytes",)"
        R"("time":"2026-11-21T10:00:00Z"}],)"
        R"("redis:responseTime":[{"status":"warn","time":"2026-11-21T09:59:55Z",)"
        R"("output":"connection refused"}]},"more":1})");
    REQUIRE_MESSAGE(health, health.error().message);
    CHECK(health->version == "1.0.0");
    CHECK("\n" + health_text(*health, {80, true, false}) == R"(
degraded: a check warns, requests are served

CHECK                  STATE  MEASURED  DETAIL
upstream:responseTime  ok       210 ms  median
disk:free              ok       1.5 MB
redis:responseTime     warns            connection refused
)");
    CHECK(health_csv(*health) ==
          "status,check,state,observed,unit,time,detail\r\n"
          "degraded,upstream:responseTime,healthy,210,ms,2026-11-21T10:00:00Z,median\r\n"
          "degraded,disk:free,healthy,1500000,bytes,2026-11-21T10:00:00Z,\r\n"
          "degraded,redis:responseTime,degraded,,,2026-11-21T09:59:55Z,connection refused\r\n");
  }

  TEST_CASE("health of another kind is no health") {
    for (const std::string text :
         {"{}",
          R"({"status":"fine","version":"1","checks":{}})",
          R"({"status":"pass","version":"1","checks":[]})",
          R"({"status":"pass","version":"1","checks":{"clock":{}}})",
          R"({"status":"pass","version":"1","checks":{"clock":[{"status":"pass"}]}})",
          R"({"status":"ready","parts":[]})"}) {
      CAPTURE(text);
      CHECK_FALSE(read_health(text));
    }
    const auto none = read_health(R"({"status":"fail","version":"1","checks":{}})");
    REQUIRE(none);
    CHECK(none->status == HealthStatus::Unhealthy);
    CHECK(health_text(*none, {80, true, false}) == "unhealthy: a check fails\n");
  }

  TEST_CASE("texts of JSON are escaped, times have milliseconds") {
    CHECK(in_quotes("a\"b\\c\n") == R"("a\"b\\c\u000a")");
    CHECK(in_quotes("\x7f\u009b\x9b\r\n\t\u202e\u00e9") ==
          "\"\\u007f\\u009b\\ufffd\\u000d\\u000a\\u0009\\u202e\u00e9\"");
    CHECK(stamp_text(kFetchedAt) == "2026-11-29T10:00:41.120Z");
    CHECK(time_json(std::nullopt) == "null");
  }
}

}  // namespace quotecache::cli::test
