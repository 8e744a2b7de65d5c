#include "usage/report_figures.hpp"

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::usage;

namespace {

LatencyCounts counts(std::initializer_list<std::pair<std::size_t, std::int64_t>> filled) {
  LatencyCounts all{};
  for (const auto& [bucket, count] : filled) all[bucket] = count;
  return all;
}

ReportRow scored(const char* key, std::optional<double> score, double credits) {
  ReportRow row;
  row.key = key;
  row.score = score;
  row.credits = credits;
  return row;
}

std::string keys(const std::vector<ReportRow>& rows) {
  std::string all;
  for (const auto& row : rows) all += row.key;
  return all;
}

}  // namespace

TEST_SUITE("usage::report_figures") {
  TEST_CASE("the score is half hit rate, the rest credits and time") {
    struct Row {
      double hit_rate;
      double credits;
      double ms;
      double score;
    };
    const Row rows[] = {
        {100, 0, 0, 100},
        {0, 0, 0, 50},
        {98, 0.012, 0.8, 49 + 0.3 * 99.76 + 0.2 * 99.984},
        {50, 5, 0, 25 + 0 + 20},   // five credits each: nothing left of their part
        {50, 50, 0, 25 + 0 + 20},  // never below zero
        {0, 5, 5000, 0},
        {0, 5, 50'000, 0},
        {0, 2.5, 2500, 0.3 * 50 + 0.2 * 50},
    };
    for (const auto& row : rows) {
      CAPTURE(row.hit_rate);
      CAPTURE(row.credits);
      CAPTURE(row.ms);
      CHECK(efficiency_score(row.hit_rate, row.credits, row.ms) == doctest::Approx(row.score));
    }
  }

  TEST_CASE("a percentile lies within its bucket, as far as its share goes") {
    struct Row {
      LatencyCounts counts;
      double share;
      std::optional<double> ms;
    };
    const Row rows[] = {
        {counts({}), 0.95, std::nullopt},
        {counts({{0, 100}}), 0.95, 0.095},        // evenly between 0 and 0.1
        {counts({{3, 100}}), 0.5, 0.75},          // between 0.5 and 1
        {counts({{0, 95}, {6, 5}}), 0.95, 0.1},   // just the end of the first
        {counts({{0, 90}, {6, 10}}), 0.95, 7.5},  // half of 5 .. 10
        {counts({{0, 90}, {6, 10}}), 1, 10},
        {counts({{0, 50}, {11, 50}}), 0.95, 2500},  // without an end
        {counts({{0, 1}}), 0.01, 0.001},
    };
    for (const auto& row : rows) {
      CAPTURE(row.share);
      const auto ms = percentile_ms(row.counts, row.share);
      REQUIRE(ms.has_value() == row.ms.has_value());
      if (ms) CHECK(*ms == doctest::Approx(*row.ms));
    }
  }

  TEST_CASE("a line of requests knows what was saved") {
    const RequestSums requests{.requests = 1000,
                               .hits = 980,
                               .stale = 5,
                               .misses = 15,
                               .errors = 5,
                               .worth = 1000,
                               .bytes = 900'000,
                               .latency_us = 800'000,
                               .latencies = counts({{0, 1000}})};
    const CallSums calls{.calls = 11, .failed = 1, .credits = 12, .predicted = 13, .took_ms = 1100};
    const auto row = row_of("v2.quotes", requests, calls);
    CHECK(row.key == "v2.quotes");
    CHECK(*row.hit_rate == doctest::Approx(98));
    CHECK(*row.credits == 12);
    CHECK(*row.credits_per_request == doctest::Approx(0.012));
    CHECK(*row.average_ms == doctest::Approx(0.8));
    CHECK(*row.saved == 988);
    CHECK(*row.score == doctest::Approx(efficiency_score(98, 0.012, 0.8)));
    CHECK(*row.calls == 11);
    CHECK(*row.failed == 1);
    CHECK(*row.predicted == 13);
  }

  TEST_CASE("a line tells how old what was served was, and what credits brought") {
    auto row = row_of("v2.quotes",
                      RequestSums(),
                      {.credits = 5, .assets = 390, .riding = 370, .asset_credits = 4});
    CHECK_FALSE(row.asks);
    CHECK_FALSE(row.mean_age_s);
    CHECK(*row.assets == 390);
    CHECK(*row.riding == 370);
    CHECK(*row.assets_per_credit == doctest::Approx(97.5));
    add_ages(row, {.asks = 4, .age_ms = 50'000});
    CHECK(*row.asks == 4);
    CHECK(*row.mean_age_s == doctest::Approx(12.5));
    add_ages(row = ReportRow(), {});
    CHECK(*row.asks == 0);
    CHECK_FALSE(row.mean_age_s);
    CHECK_FALSE(row_of("v1.map", CallSums{.credits = 3}).assets_per_credit);
  }

  TEST_CASE("what was spent without requests has no rates") {
    const auto row = row_of("v1.map", RequestSums(), {.calls = 2, .credits = 3});
    CHECK(*row.requests == 0);
    CHECK(*row.credits == 3);
    CHECK(*row.saved == -3);
    CHECK_FALSE(row.hit_rate);
    CHECK_FALSE(row.credits_per_request);
    CHECK_FALSE(row.average_ms);
    CHECK_FALSE(row.p95_ms);
    CHECK_FALSE(row.score);
  }

  TEST_CASE("a cause knows its calls and nothing of requests") {
    const auto row = row_of("warm", {.calls = 4, .failed = 1, .credits = 3, .took_ms = 500});
    CHECK(*row.average_ms == doctest::Approx(125));
    CHECK_FALSE(row.requests);
    CHECK_FALSE(row.saved);
    CHECK_FALSE(row.score);
    CHECK_FALSE(row_of("cron", CallSums()).average_ms);
  }

  TEST_CASE("lines are sorted by score or by credits, and then by key") {
    std::vector<ReportRow> rows{
        scored("d", std::nullopt, 9), scored("c", 50, 1), scored("b", 99, 3), scored("a", 50, 3)};
    sort_by_score(rows);
    CHECK(keys(rows) == "bacd");
    sort_by_credits(rows);
    CHECK(keys(rows) == "dabc");
  }
}
