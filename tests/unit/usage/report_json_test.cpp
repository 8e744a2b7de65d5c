#include "usage/report_json.hpp"

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::usage;
using namespace std::chrono_literals;

namespace {

Report sample() {
  Report report;
  report.period.from = TimePoint(1'794'355'200'000ms);
  report.period.to = TimePoint(1'795'000'000'000ms);
  report.period.days = 7;
  report.period.asked = {report.period.from, report.period.from + std::chrono::days(7)};
  report.records_from = report.period.from + 24h;
  ReportRow row;
  row.key = "a\"b";
  row.requests = 3;
  row.hits = 2;
  row.hit_rate = 200.0 / 3;
  row.credits = 12;
  row.credits_per_request = 0.0000123;
  row.saved = -2;
  report.rows.push_back(row);
  report.total.key = "total";
  return report;
}

bool has(const std::string& text, std::string_view part) {
  CAPTURE(text);
  CAPTURE(part);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("usage::report_json") {
  TEST_CASE("shows every field in its place, and null for what is not known") {
    const auto text = to_json(sample(), {});
    CHECK(text.starts_with(
        R"({"from":"2026-11-11T00:00:00Z","to":"2026-11-18T11:06:40Z","days":7,"by":"endpoint",)"
        R"("period":{"kind":"days","starts_at":"2026-11-11T00:00:00Z",)"
        R"("ends_at":"2026-11-18T00:00:00Z","complete":false,)"
        R"("records_from":"2026-11-12T00:00:00Z"},)"
        R"("provider":null,"price_per_credit":null,"currency":null,"rows":[{"key":"a\"b","requests":3,"hits":2,"hit_rate":66.667,)"
        R"("stale":null,"misses":null,"errors":null,"credits":12,"credits_per_request":0.000012,)"
        R"("average_ms":null,"p95_ms":null,"score":null,"saved":-2,"money_spent":null,)"
        R"("money_saved":null,"bytes":null,"calls":null,"failed":null,"predicted":null,)"
        R"("asks":null,"mean_age_s":null,"assets":null,"riding":null,"assets_per_credit":null}],)"));
    CHECK(has(text, R"("total":{"key":"total","requests":null,)"));
    CHECK(text.ends_with("}}"));
  }

  TEST_CASE("shows money when the price of a credit is known") {
    const auto text = to_json(sample(), ledger::price_of(0.00035, "USD"));
    CHECK(has(text, R"("price_per_credit":0.00035,"currency":"USD",)"));
    CHECK(has(text, R"("money_spent":0.0042,"money_saved":-0.0007,)"));
    CHECK(has(text, R"("total":{"key":"total","requests":null,)"));
    CHECK(has(text, R"("money_spent":null,"money_saved":null,"bytes":null,"calls":null,)"));
  }

  TEST_CASE("shows the provider's count beside ours, and by how much it is more") {
    auto report = sample();
    report.provider = ProviderCount{
        {ledger::WindowKind::Month, report.period.from, report.period.from + 90min, 120}, 125};
    CHECK(
        has(to_json(report, {}),
            R"("provider":{"window":"month","starts_at":"2026-11-11T00:00:00Z",)"
            R"("read_at":"2026-11-11T01:30:00Z","counted":120,"recorded":125,"difference":-5},)"));
  }

  TEST_CASE("money is exact to the millionth, where doubles are not") {
    auto report = sample();
    report.rows[0].credits = 3;
    report.rows[0].saved = 1'150'000;
    CHECK(has(to_json(report, ledger::price_of(0.1, "")),
              R"("money_spent":0.3,"money_saved":115000,)"));
    report.rows[0].credits = 1.333334;  // a share of a call
    report.rows[0].saved = -1;
    const auto fine = to_json(report, ledger::price_of(0.0000005, ""));
    CHECK(has(fine, R"("currency":null,)"));
    CHECK(has(fine, R"("money_spent":0.000001,"money_saved":-0.000001,)"));
  }

  TEST_CASE("names what it is by") {
    auto report = sample();
    for (const auto* word : {"endpoint", "client", "asset", "cause", "day"}) {
      CAPTURE(word);
      const auto by = parse_report_by(word);
      REQUIRE(by);
      report.by = *by;
      CHECK(has(to_json(report, {}), "\"by\":\"" + std::string(word) + "\""));
    }
    for (const auto* word : {"", "Endpoint", "endpoints", "clients"})
      CHECK_FALSE(parse_report_by(word));
  }
}
