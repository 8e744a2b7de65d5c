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

// A month of the account's plan, from one reset to the next: the one that is running, or the one
// before.
enum class BillingMonth : std::uint8_t { None, Current, Previous };

// One period is asked for: the last days, the days from one to another, or a billing month.
struct ReportQuery {
  int days = 7;  // of UTC, today included; 1 .. kMostReportDays
  Grouping by = Grouping::Endpoint;
  std::string from = {};  // "2026-10-05", UTC, and the last one, both included; both or none
  std::string to = {};
  BillingMonth billing = BillingMonth::None;
};

// The provider's own count of credits beside that of the daemon's records.
struct ProviderCount {
  std::string window;  // "day", "month"
  TimePoint starts_at;
  TimePoint read_at;          // when the provider was asked
  std::int64_t counted = 0;   // by the provider
  std::int64_t recorded = 0;  // of the daemon's calls, from `starts_at` to `read_at`
  std::int64_t difference = 0;
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
  TimePoint to;    // the moment it was made, or the end of its last day
  int days = 0;    // asked for; `from` is later than they reach where less is kept
  Grouping by = Grouping::Endpoint;
  std::optional<double> price_per_credit;
  std::vector<ReportRow> rows;  // best score first, most credits first, or by date
  ReportRow total;
  std::string document;  // the JSON all this was read from, as it came
  // "days", "dates", "billing", "billing_previous"; a later daemon may know more.
  std::string period;
  // What was asked for. `from` and `to` tell what of it is counted, in whole days of UTC.
  TimePoint period_starts_at;
  TimePoint period_ends_at;
  bool is_complete = false;  // the daemon's records cover it whole, as far as it is over
  std::optional<TimePoint> records_from;  // they are whole from here on; nothing: there are none
  std::string currency;                   // of money; empty: not told
  // Of a day or month that the provider counts too.
  std::optional<ProviderCount> provider;
};

}  // namespace quotecache
