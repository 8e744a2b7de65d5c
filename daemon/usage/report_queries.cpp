#include "usage/report_queries.hpp"

#include <cassert>
#include <cstddef>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "usage/report_figures.hpp"

namespace quotecached::usage {
namespace {

// Tables of one kind, and what of their rows is added up.
struct Source {
  std::string_view tables;  // without _days or _months
  std::vector<std::string> columns;
};

Source requests_source() {
  Source source{"usage", {}};
  for (const auto& sum : kRequestColumns) source.columns.emplace_back(sum.column);
  for (std::size_t i = 0; i < kUsageLatencies; ++i)
    source.columns.push_back(fmt::format("latency_{}", i));
  return source;
}

Source calls_source() {
  Source source{"usage_calls", {}};
  for (const auto& sum : kCallColumns) source.columns.emplace_back(sum.column);
  return source;
}

Source ages_source() { return {"usage_ages", {"asks", "age_ms"}}; }

Source assets_source() { return {"usage_assets", {"requests", "fetches", "microcredits"}}; }

// "c0, c1" of each column, as `form` says with {0} its number and {1} its text.
std::string list(const Source& source, fmt::format_string<std::size_t&, const std::string&> form) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < source.columns.size(); ++i)
    parts.push_back(fmt::format(form, i, source.columns[i]));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string by_key(const Source& source, std::string_view key) {
  return fmt::format(
      "SELECT {0}, {2} FROM ("
      "SELECT {0}, {3} FROM {1}_days WHERE starts_at >= ?1 AND starts_at < ?2 UNION ALL "
      "SELECT {0}, {3} FROM {1}_months WHERE starts_at >= ?2 AND starts_at < ?3 UNION ALL "
      "SELECT {0}, {3} FROM {1}_days WHERE starts_at >= ?3 AND starts_at < ?4) GROUP BY {0}",
      key,
      source.tables,
      list(source, "SUM(c{0})"),
      list(source, "{1} AS c{0}"));
}

std::string by_day(const Source& source) {
  return fmt::format(
      "SELECT starts_at, {1} FROM {0}_days WHERE starts_at >= ?1 AND starts_at < ?4 "
      "GROUP BY starts_at",
      source.tables,
      list(source, "SUM({1})"));
}

// The first entry of each index; the least of them.
constexpr std::string_view kRecords =
    "SELECT (SELECT MIN(at) FROM (SELECT MIN(starts_at) AS at FROM usage_days UNION ALL "
    "SELECT MIN(starts_at) FROM usage_calls_days)), "
    "(SELECT MIN(at) FROM (SELECT MIN(starts_at) AS at FROM usage_months UNION ALL "
    "SELECT MIN(starts_at) FROM usage_calls_months))";

constexpr std::string_view kCallsPage =
    "SELECT id, started_at, endpoint, client, cause, credits, predicted, state, took_ms, "
    "http_status, error_code, assets, riding, request_id, trace_id, provider_id "
    "FROM upstream_calls WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
constexpr std::string_view kAlertsPage =
    "SELECT id, at, kind, level, subject, state, value, bound, until, message FROM alerts "
    "WHERE id < ?1 ORDER BY id DESC LIMIT ?2";

}  // namespace

std::string_view requests_query(ReportBy by) noexcept {
  static const std::string endpoints = by_key(requests_source(), "endpoint");
  static const std::string clients = by_key(requests_source(), "client");
  static const std::string days = by_day(requests_source());
  assert(by == ReportBy::Endpoint || by == ReportBy::Client || by == ReportBy::Day);
  if (by == ReportBy::Day) return days;
  return by == ReportBy::Client ? clients : endpoints;
}

std::string_view calls_query(ReportBy by) noexcept {
  static const std::string endpoints = by_key(calls_source(), "endpoint");
  static const std::string clients = by_key(calls_source(), "client");
  static const std::string causes = by_key(calls_source(), "cause");
  static const std::string days = by_day(calls_source());
  assert(by != ReportBy::Asset);
  if (by == ReportBy::Day) return days;
  if (by == ReportBy::Cause) return causes;
  return by == ReportBy::Client ? clients : endpoints;
}

std::string_view ages_query(ReportBy by) noexcept {
  static const std::string endpoints = by_key(ages_source(), "endpoint");
  static const std::string days = by_day(ages_source());
  assert(by == ReportBy::Endpoint || by == ReportBy::Day);
  return by == ReportBy::Day ? days : endpoints;
}

std::string_view assets_query() noexcept {
  static const std::string text = by_key(assets_source(), "kind, asset");
  return text;
}

std::string_view records_query() noexcept { return kRecords; }

std::string_view page_query(PageQuery::Of of) noexcept {
  return of == PageQuery::Of::Calls ? kCallsPage : kAlertsPage;
}

}  // namespace quotecached::usage
