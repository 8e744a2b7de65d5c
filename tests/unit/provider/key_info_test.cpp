#include <string_view>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "provider/cmc_key_info.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::provider;
using namespace quotecached::provider::cmc;

namespace {

Result<KeyInfo> read(std::string body) { return read_key_info(body); }

KeyInfo read_plan(std::string_view plan) {
  auto info = read(fmt::format(R"({{"data":{{"plan":{}}}}})", plan));
  REQUIRE(info);
  return *info;
}

}  // namespace

TEST_SUITE("provider::cmc::read_key_info") {
  TEST_CASE("reads a recorded answer") {
    const auto info = read(R"({"status":{"error_code":0,"credit_count":0},"data":{"plan":{
      "credit_limit_monthly":10000,
      "credit_limit_monthly_reset":"In 22 days, 10 hours, 37 minutes",
      "credit_limit_monthly_reset_timestamp":"2023-09-01T00:00:00.000Z",
      "rate_limit_minute":30},"usage":{"current_minute":{"requests_made":1,"requests_left":29},
      "current_day":{"credits_used":7},"current_month":{"credits_used":10,"credits_left":9990}}}})");
    REQUIRE(info);
    CHECK(info->requests_per_minute == 30);
    CHECK_FALSE(info->credits_per_day);
    CHECK(info->credits_per_month == 10000);
    CHECK_FALSE(info->day_resets_at);
    CHECK(info->month_resets_at == TimePoint(sys_days(2023y / 9 / 1)));
    CHECK(info->requests_this_minute == 1);
    CHECK(info->credits_today == 7);
    CHECK(info->credits_this_month == 10);
  }

  TEST_CASE("reads the daily limits of older keys") {
    const auto info = read_plan(R"({"credit_limit_daily":333,"credit_limit_monthly":10000,
      "credit_limit_daily_reset_timestamp":"2019-07-12T05:30:00.000Z"})");
    CHECK(info.credits_per_day == 333);
    CHECK(info.day_resets_at == TimePoint(sys_days(2019y / 7 / 12)) + 5h + 30min);
  }

  TEST_CASE("takes a figure that cannot be for absent") {
    struct Row {
      std::string text;
      std::optional<std::int64_t> limit;
    };
    const Row rows[] = {{"0", 0},
                        {"15000", 15000},
                        {"15000.0", 15000},
                        {"\"15000\"", 15000},
                        {"-1", {}},
                        {"1.5", {}},
                        {"1e300", {}},
                        {"9223372036854775807", {}},
                        {"null", {}},
                        {"true", {}},
                        {"\"\"", {}},
                        {"\"15,000\"", {}},
                        {"[15000]", {}},
                        {"{}", {}}};
    for (const auto& row : rows) {
      CAPTURE(row.text);
      const auto info = read_plan(fmt::format(R"({{"credit_limit_monthly":{}}})", row.text));
      CHECK(info.credits_per_month == row.limit);
    }
  }

  TEST_CASE("takes a time that is none in UTC for absent") {
    const TimePoint noon = TimePoint(sys_days(2024y / 2 / 29)) + 12h + 34min + 56s;
    struct Row {
      std::string text;
      std::optional<TimePoint> time;
    };
    const Row rows[] = {{"\"2024-02-29T12:34:56Z\"", noon},
                        {"\"2024-02-29T12:34:56.789Z\"", noon + 789ms},
                        {"\"2023-02-29T12:34:56Z\"", {}},
                        {"\"2024-01-01T00:00:00+02:00\"", {}},
                        {"\"2024-01-01\"", {}},
                        {"\"In 22 days\"", {}},
                        {"\"\"", {}},
                        {"1709210096", {}},
                        {"null", {}}};
    for (const auto& row : rows) {
      CAPTURE(row.text);
      const auto info =
          read_plan(fmt::format(R"({{"credit_limit_monthly_reset_timestamp":{}}})", row.text));
      CHECK(info.month_resets_at == row.time);
    }
  }

  TEST_CASE("fails where there is no data to read") {
    for (const std::string body :
         {"",
          " ",
          "null",
          "[]",
          "{}",
          "<html>",
          R"({"data":[]})",
          R"({"data":null})",
          R"({"data":{"plan":{"rate_limit_minute":30)",
          R"({"data":{"plan":{"rate_limit_minute":99999999999999999999}}})"}) {
      CAPTURE(body);
      const auto info = read(body);
      REQUIRE_FALSE(info);
      CHECK(info.error().code == ErrorCode::Invalid);
    }
  }

  TEST_CASE("data without a plan tells nothing") {
    const auto info = read(R"({"data":{}})");
    REQUIRE(info);
    CHECK_FALSE(info->credits_per_month);
    CHECK_FALSE(info->credits_this_month);
  }
}
