// The figures of a report: sums of requests and calls, and what follows from them. Pure.
//
// Requests = hits + misses + errors. What a row does not know, or what cannot be divided, is empty.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "usage/question.hpp"
#include "usage/rollup.hpp"

namespace quotecached::usage {

using LatencyCounts = std::array<std::int64_t, kUsageLatencies>;

// Requests of clients.
struct RequestSums {
  std::int64_t requests = 0;
  std::int64_t hits = 0;    // fresh from any tier, and stale copies
  std::int64_t stale = 0;   // of these
  std::int64_t misses = 0;  // some of it or all of it was fetched, or it was forwarded
  std::int64_t errors = 0;  // refused or failed
  std::int64_t worth = 0;   // credits they would have cost without a cache
  std::int64_t bytes = 0;
  std::int64_t latency_us = 0;
  LatencyCounts latencies{};

  RequestSums& operator+=(const RequestSums& other) noexcept;
};

// Calls of the provider, whoever caused them.
struct CallSums {
  std::int64_t calls = 0;
  std::int64_t failed = 0;
  std::int64_t credits = 0;
  std::int64_t predicted = 0;
  std::int64_t took_ms = 0;
  std::int64_t assets = 0;         // that they brought
  std::int64_t riding = 0;         // of these, for nothing
  std::int64_t asset_credits = 0;  // of calls for assets

  CallSums& operator+=(const CallSums& other) noexcept;
};

// How the sums are read from the tables of usage.
template <class Sums>
struct SumColumn {
  std::int64_t Sums::* sum;
  std::string_view column;  // or what is made of several
};
inline constexpr std::array<SumColumn<RequestSums>, 8> kRequestColumns{{
    {&RequestSums::requests, "requests"},
    {&RequestSums::hits, "hits + stale"},
    {&RequestSums::stale, "stale"},
    {&RequestSums::misses, "misses + partial + forwarded"},
    {&RequestSums::errors, "refused + failed"},
    {&RequestSums::worth, "worth"},
    {&RequestSums::bytes, "bytes"},
    {&RequestSums::latency_us, "latency_us"},
}};
inline constexpr std::array<SumColumn<CallSums>, 8> kCallColumns{{
    {&CallSums::calls, "calls"},
    {&CallSums::failed, "failed"},
    {&CallSums::credits, "credits"},
    {&CallSums::predicted, "predicted"},
    {&CallSums::took_ms, "took_ms"},
    {&CallSums::assets, "assets"},
    {&CallSums::riding, "riding"},
    {&CallSums::asset_credits, "asset_credits"},
}};

// A line of a report. What is told per request is empty for a row without requests.
struct ReportRow {
  std::string key;
  std::optional<std::int64_t> requests, hits, stale, misses, errors;
  std::optional<double> hit_rate;  // percent
  std::optional<double> credits;
  std::optional<double> credits_per_request;
  std::optional<double> average_ms;  // of requests; by cause: of calls
  std::optional<double> p95_ms;
  std::optional<double> score;
  std::optional<std::int64_t> saved;  // credits
  std::optional<std::int64_t> bytes;
  std::optional<std::int64_t> calls, failed, predicted;
  std::optional<std::int64_t> asks;            // one for each asset in each answer
  std::optional<double> mean_age_s;            // of what answered them
  std::optional<std::int64_t> assets, riding;  // brought by calls; of these, for nothing
  std::optional<double> assets_per_credit;
};

// The line of an endpoint, a client or a day.
[[nodiscard]] ReportRow row_of(std::string key, const RequestSums& requests, const CallSums& calls);
// How old what it was answered with was.
void add_ages(ReportRow& row, const AgeCounts& ages);
// The line of a cause.
[[nodiscard]] ReportRow row_of(std::string key, const CallSums& calls);

// How well credits and time are used, 0 .. 100: half the hit rate, the rest for few credits and
// short answers.
[[nodiscard]] double efficiency_score(double hit_rate,
                                      double credits_per_request,
                                      double average_ms);

// The latency that `share` of the requests do not pass, taken as evenly spread within each bucket;
// the last bucket has no end: its begin. Empty without requests. Requires: 0 < share <= 1.
[[nodiscard]] std::optional<double> percentile_ms(const LatencyCounts& counts, double share);

// Best score first, rows without one last. By credits, most first. By key where equal.
void sort_by_score(std::vector<ReportRow>& rows);
void sort_by_credits(std::vector<ReportRow>& rows);

}  // namespace quotecached::usage
