#include "usage/report_figures.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>

namespace quotecached::usage {
namespace {

double quotient(std::int64_t part, std::int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

void add_calls(ReportRow& row, const CallSums& calls) {
  row.calls = calls.calls;
  row.failed = calls.failed;
  row.credits = static_cast<double>(calls.credits);
  row.predicted = calls.predicted;
  row.assets = calls.assets;
  row.riding = calls.riding;
  if (calls.asset_credits != 0) row.assets_per_credit = quotient(calls.assets, calls.asset_credits);
}

}  // namespace

RequestSums& RequestSums::operator+=(const RequestSums& other) noexcept {
  for (const auto& [sum, column] : kRequestColumns) this->*sum += other.*sum;
  for (std::size_t i = 0; i < latencies.size(); ++i) latencies[i] += other.latencies[i];
  return *this;
}

CallSums& CallSums::operator+=(const CallSums& other) noexcept {
  for (const auto& [sum, column] : kCallColumns) this->*sum += other.*sum;
  return *this;
}

ReportRow row_of(std::string key, const RequestSums& requests, const CallSums& calls) {
  ReportRow row;
  row.key = std::move(key);
  row.requests = requests.requests;
  row.hits = requests.hits;
  row.stale = requests.stale;
  row.misses = requests.misses;
  row.errors = requests.errors;
  row.bytes = requests.bytes;
  row.saved = requests.worth - calls.credits;
  add_calls(row, calls);
  if (requests.requests == 0) return row;
  row.hit_rate = 100 * quotient(requests.hits, requests.requests);
  row.credits_per_request = quotient(calls.credits, requests.requests);
  row.average_ms = quotient(requests.latency_us, requests.requests) / 1000;
  row.p95_ms = percentile_ms(requests.latencies, 0.95);
  row.score = efficiency_score(*row.hit_rate, *row.credits_per_request, *row.average_ms);
  return row;
}

void add_ages(ReportRow& row, const AgeCounts& ages) {
  row.asks = ages.asks;
  if (ages.asks != 0) row.mean_age_s = quotient(ages.age_ms, ages.asks) / 1000;
}

ReportRow row_of(std::string key, const CallSums& calls) {
  ReportRow row;
  row.key = std::move(key);
  add_calls(row, calls);
  if (calls.calls != 0) row.average_ms = quotient(calls.took_ms, calls.calls);
  return row;
}

double efficiency_score(double hit_rate, double credits_per_request, double average_ms) {
  return 0.5 * hit_rate + 0.3 * std::max(0.0, 100 - 20 * credits_per_request) +
         0.2 * std::max(0.0, 100 - average_ms / 50);
}

std::optional<double> percentile_ms(const LatencyCounts& counts, double share) {
  assert(share > 0 && share <= 1);
  double rest = 0;
  for (const auto count : counts) rest += static_cast<double>(count);
  if (rest <= 0) return std::nullopt;
  rest *= share;
  double begin = 0;
  for (std::size_t i = 0; i < kUsageLatencyBounds.size(); ++i) {
    const auto end = kUsageLatencyBounds[i];
    const auto count = static_cast<double>(counts[i]);
    if (rest <= count) return begin + (end - begin) * rest / count;
    rest -= count;
    begin = end;
  }
  return begin;
}

void sort_by_score(std::vector<ReportRow>& rows) {
  std::ranges::sort(rows, [](const ReportRow& a, const ReportRow& b) {
    return std::tuple(-a.score.value_or(-1), a.key) < std::tuple(-b.score.value_or(-1), b.key);
  });
}

void sort_by_credits(std::vector<ReportRow>& rows) {
  std::ranges::sort(rows, [](const ReportRow& a, const ReportRow& b) {
    return std::tuple(-a.credits.value_or(0), a.key) < std::tuple(-b.credits.value_or(0), b.key);
  });
}

}  // namespace quotecached::usage
