// What was spent and saved over some days: what GET /admin/credits/report tells. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quotecache/export.hpp"
#include "quotecache/time.hpp"

namespace quotecache {

enum class Grouping : std::uint8_t { Endpoint, Client, Asset, Cause, Day };
[[nodiscard]] QUOTECACHE_API std::string_view to_string(
    Grouping by) noexcept;  // "endpoint", "client", ...
[[nodiscard]] QUOTECACHE_API std::optional<Grouping> parse_grouping(std::string_view word) noexcept;

inline constexpr int kMostReportDays = 3660;

struct ReportQuery {
  int days = 7;  // of UTC, today included; 1 .. kMostReportDays
  Grouping by = Grouping::Endpoint;
};

// What a grouping does not know is empty.
struct ReportRow {
  std::string key;  // the endpoint, client, asset, cause or day; empty in the total
  std::optional<std::int64_t> requests;
  std::optional<std::int64_t> hits;  // answered without a call, stale ones included
  std::optional<double> hit_rate;    // percent
  std::optional<std::int64_t> stale;
  std::optional<std::int64_t> misses;
  std::optional<std::int64_t> errors;
  std::optional<double> credits;
  std::optional<double> credits_per_request;
  std::optional<double> average_ms;
  std::optional<double> p95_ms;
  std::optional<double> score;  // 0 .. 100: hit rate, credits per request and speed in one
  std::optional<double> saved;  // credits the same requests would have cost beyond this
  std::optional<double> money_spent;
  std::optional<double> money_saved;
  std::optional<std::int64_t> bytes;
  std::optional<std::int64_t> calls;  // to the provider; of an asset: times it was fetched
  std::optional<std::int64_t> failed;
  std::optional<double> predicted;     // credits
  std::optional<std::int64_t> asks;    // of clients: one for each asset in each answer
  std::optional<double> mean_age_s;    // since the provider was asked for what answered them
  std::optional<std::int64_t> assets;  // that calls brought
  std::optional<std::int64_t> riding;  // of these, for nothing beside those a call was made for
  std::optional<double> assets_per_credit;  // of calls for assets
};

struct Report {
  TimePoint from;  // the start of a day of UTC
  TimePoint to;    // the moment it was made
  int days = 0;    // asked for; `from` is later than they reach where less is kept
  Grouping by = Grouping::Endpoint;
  std::optional<double> price_per_credit;
  std::vector<ReportRow> rows;  // best score first, most credits first, or by date
  ReportRow total;
  std::string document;  // the JSON all this was read from, as it came
};

}  // namespace quotecache
