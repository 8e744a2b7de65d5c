// A database with the daemon's schema, rows of usage in it, and reports read from it.
#pragma once

#include <array>
#include <chrono>
#include <string>

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "store/writer.hpp"
#include "support/temp_dir.hpp"
#include "usage/alerts_page.hpp"
#include "usage/calls_page.hpp"
#include "usage/report.hpp"
#include "usage/report_reader.hpp"

namespace quotecached::test {

using namespace std::chrono_literals;

inline constexpr TimePoint kReportNow =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 10h;

inline constexpr std::array kAllBy{usage::ReportBy::Endpoint,
                                   usage::ReportBy::Client,
                                   usage::ReportBy::Asset,
                                   usage::ReportBy::Cause,
                                   usage::ReportBy::Day};

inline std::int64_t days_ago(int days) {
  const TimePoint start =
      std::chrono::floor<std::chrono::days>(kReportNow) - std::chrono::days(days);
  return start.time_since_epoch().count();
}

// A database with the daemon's schema, and readers on it.
struct ReportBed {
  ReportBed() {
    auto opened = store::Writer::open(path, {}, Log());
    REQUIRE(opened);
    writer = std::move(*opened);
    auto pool = store::ReaderPool::open(path, {});
    REQUIRE(pool);
    readers = std::move(*pool);
  }
  void run(const std::string& sql) {
    SQLite::Database database(path, SQLite::OPEN_READWRITE, 5000);
    database.exec(sql);
  }
  // One row of a table of usage: its endpoint was asked `requests` times, each from memory.
  void asked(const char* table, std::int64_t start, const char* key, int requests) {
    run(
        fmt::format("INSERT INTO {} VALUES ({}, {}, {}, {}, 0, 0, 0, 0, 0, 0, 0, {}, 900, "
                    "1000, {}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
                    table,
                    start,
                    key,
                    requests,
                    requests,
                    requests,
                    requests));
  }
  usage::Report report(usage::ReportBy by, int days = 7) {
    return report(usage::ReportQuery{by, days});
  }
  usage::Report report(const usage::ReportQuery& query,
                       milliseconds kept = std::chrono::days(usage::kMostReportDays)) {
    const auto period = usage::period_of(query, {kReportNow, kept, {}});
    REQUIRE(period);
    auto report = readers->read(
        [&](store::Reader& reader) { return usage::read_report(reader, query.by, *period); });
    REQUIRE(report);
    return std::move(*report);
  }
  template <class F>
  auto read(F fn) {
    auto result = readers->read(fn);
    REQUIRE(result);
    return std::move(*result);
  }
  std::string page(usage::PageQuery query) {
    return read([&](store::Reader& reader) {
      return query.of == usage::PageQuery::Of::Calls ? usage::read_calls_page(reader, query)
                                                     : usage::read_alerts_page(reader, query);
    });
  }

  test::TempDir dir;
  const std::string path = dir / "test.db";
  std::unique_ptr<store::Writer> writer;
  std::shared_ptr<store::ReaderPool> readers;
};

}  // namespace quotecached::test
