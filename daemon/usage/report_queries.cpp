#include "usage/report_queries.hpp"

#include <array>
#include <cassert>
#include <string>

#include <fmt/format.h>

namespace quotecached::usage {
namespace {

// What rows are read, and how they are added up.
struct Columns {
  std::string_view table;  // without _days or _months
  std::string_view rows;
  std::string_view sums;
};

constexpr Columns kRequests{
    "usage",
    "requests, hits_memory + hits_redis + hits_memcached + hits_sqlite + stale AS hits, stale, "
    "misses + partial + forwarded AS missed, refused + failed AS errors, worth, bytes, latency_us, "
    "latency_0, latency_1, latency_2, latency_3, latency_4, latency_5, latency_6, latency_7, "
    "latency_8, latency_9, latency_10, latency_11",
    "SUM(requests), SUM(hits), SUM(stale), SUM(missed), SUM(errors), SUM(worth), SUM(bytes), "
    "SUM(latency_us), SUM(latency_0), SUM(latency_1), SUM(latency_2), SUM(latency_3), "
    "SUM(latency_4), SUM(latency_5), SUM(latency_6), SUM(latency_7), SUM(latency_8), "
    "SUM(latency_9), SUM(latency_10), SUM(latency_11)"};
constexpr Columns kCalls{"usage_calls",
                         "calls, failed, credits, predicted, took_ms",
                         "SUM(calls), SUM(failed), SUM(credits), SUM(predicted), SUM(took_ms)"};
constexpr Columns kAssets{"usage_assets",
                          "requests, fetches, microcredits",
                          "SUM(requests), SUM(fetches), SUM(microcredits)"};

std::string by_key(const Columns& columns, std::string_view key) {
  return fmt::format(
      "SELECT {0}, {2} FROM ("
      "SELECT {0}, {3} FROM {1}_days WHERE starts_at >= ?1 AND starts_at < ?2 UNION ALL "
      "SELECT {0}, {3} FROM {1}_months WHERE starts_at >= ?2 AND starts_at <= ?3) GROUP BY {0}",
      key,
      columns.table,
      columns.sums,
      columns.rows);
}

std::string by_day(const Columns& columns) {
  return fmt::format(
      "SELECT starts_at, {1} FROM (SELECT starts_at, {2} FROM {0}_days "
      "WHERE starts_at >= ?1 AND starts_at <= ?3) GROUP BY starts_at",
      columns.table,
      columns.sums,
      columns.rows);
}

constexpr std::string_view kCallsPage =
    "SELECT id, started_at, endpoint, client, cause, credits, predicted, state, took_ms, "
    "http_status, error_code, assets FROM upstream_calls WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
constexpr std::string_view kAlertsPage =
    "SELECT id, at, kind, level, subject, state, value, bound, until, message FROM alerts "
    "WHERE id < ?1 ORDER BY id DESC LIMIT ?2";

}  // namespace

std::string_view requests_query(ReportBy by) noexcept {
  static const std::string endpoints = by_key(kRequests, "endpoint");
  static const std::string clients = by_key(kRequests, "client");
  static const std::string days = by_day(kRequests);
  assert(by == ReportBy::Endpoint || by == ReportBy::Client || by == ReportBy::Day);
  if (by == ReportBy::Day) return days;
  return by == ReportBy::Client ? clients : endpoints;
}

std::string_view calls_query(ReportBy by) noexcept {
  static const std::string endpoints = by_key(kCalls, "endpoint");
  static const std::string clients = by_key(kCalls, "client");
  static const std::string causes = by_key(kCalls, "cause");
  static const std::string days = by_day(kCalls);
  assert(by != ReportBy::Asset);
  if (by == ReportBy::Day) return days;
  if (by == ReportBy::Cause) return causes;
  return by == ReportBy::Client ? clients : endpoints;
}

std::string_view assets_query() noexcept {
  static const std::string text = by_key(kAssets, "kind, asset");
  return text;
}

std::string_view page_query(PageQuery::Of of) noexcept {
  return of == PageQuery::Of::Calls ? kCallsPage : kAlertsPage;
}

}  // namespace quotecached::usage
