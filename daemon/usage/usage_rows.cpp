#include "usage/usage_rows.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "usage/rollup_period.hpp"

namespace quotecached::usage {
namespace {

using Names = std::vector<std::string>;
using Texts = std::initializer_list<std::reference_wrapper<const std::string>>;

std::int64_t to_number(TimePoint time) { return std::int64_t{time.time_since_epoch().count()}; }

std::string upsert_statement(std::string_view table, const Names& keys, const Names& counts) {
  Names marks(keys.size() + counts.size(), "?");
  Names additions;
  for (const auto& count : counts)
    additions.push_back(fmt::format("{0} = {0} + excluded.{0}", count));
  return fmt::format("INSERT INTO {} ({}, {}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}",
                     table,
                     fmt::join(keys, ", "),
                     fmt::join(counts, ", "),
                     fmt::join(marks, ", "),
                     fmt::join(keys, ", "),
                     fmt::join(additions, ", "));
}

// Adds counts to the row of a key, which there may be or not.
class Adder {
 public:
  Adder(SQLite::Database& database, std::string_view table, const Names& keys, const Names& counts)
      : statement_(database, upsert_statement(table, keys, counts)) {}

  void add(TimePoint start, Texts texts, std::span<const std::int64_t> counts) {
    int at = 0;
    statement_.bind(++at, to_number(start));
    for (const std::string& text : texts) statement_.bind(++at, text);
    for (const auto count : counts) statement_.bind(++at, count);
    statement_.exec();
    statement_.reset();
  }

 private:
  SQLite::Statement statement_;
};

constexpr std::size_t kUsageCounts = kUsageColumns.size() + 1 + kUsageLatencies;

Names usage_names() {
  Names names;
  for (const auto& column : kUsageColumns) names.emplace_back(column.name);
  names.emplace_back("hits");
  for (std::size_t i = 0; i < kUsageLatencies; ++i) names.push_back(fmt::format("latency_{}", i));
  return names;
}

std::array<std::int64_t, kUsageCounts> usage_numbers(const UsageCounts& counts) {
  std::array<std::int64_t, kUsageCounts> numbers{};
  std::size_t at = 0;
  for (const auto& column : kUsageColumns) numbers[at++] = counts.*column.count;
  numbers[at++] = counts.all_hits();
  for (const auto count : counts.latencies) numbers[at++] = count;
  return numbers;
}

// Adds the hits of one row of requests, a row for each tier that had some.
void add_hits(Adder& adder,
              TimePoint start,
              const Batch::RequestKey& key,
              const UsageCounts& counts) {
  static const Names tiers = [] {
    Names names;
    for (const auto& tier : kTiers) names.emplace_back(tier.name);
    return names;
  }();
  for (std::size_t i = 0; i < kTiers.size(); ++i) {
    const std::array hits{counts.hits[i]};
    if (hits[0] != 0) adder.add(start, {key.endpoint, key.client, tiers[i]}, hits);
  }
}

void add_requests(SQLite::Database& database, const Batch& batch) {
  struct Tables {
    std::string_view requests;
    std::string_view hits;
    Period period;
  };
  static constexpr Tables kTables[] = {{"usage_minutes", "usage_hits_minutes", Period::Minute},
                                       {"usage_hours", "usage_hits_hours", Period::Hour},
                                       {"usage_days", "usage_hits_days", Period::Day},
                                       {"usage_months", "usage_hits_months", Period::Month}};
  static const Names counts_names = usage_names();
  for (const auto& tables : kTables) {
    Adder requests(database, tables.requests, {"starts_at", "endpoint", "client"}, counts_names);
    Adder hits(database, tables.hits, {"starts_at", "endpoint", "client", "tier"}, {"hits"});
    for (const auto& [key, counts] : batch.requests()) {
      const auto start = start_of(tables.period, key.minute);
      requests.add(start, {key.endpoint, key.client}, usage_numbers(counts));
      add_hits(hits, start, key, counts);
    }
  }
}

void add_calls(SQLite::Database& database,
               std::string_view table,
               Period period,
               const Batch& batch) {
  Adder adder(
      database,
      table,
      {"starts_at", "account", "endpoint", "cause", "client"},
      {"calls", "failed", "credits", "predicted", "took_ms", "assets", "riding", "asset_credits"});
  for (const auto& [key, of] : batch.calls()) {
    const std::array numbers{of.calls,
                             of.failed,
                             of.credits,
                             of.predicted,
                             of.took_ms,
                             of.assets,
                             of.riding,
                             of.asset_credits};
    adder.add(
        start_of(period, key.day), {key.account, key.endpoint, key.cause, key.client}, numbers);
  }
}

void add_ages(SQLite::Database& database,
              std::string_view table,
              Period period,
              const Batch& batch) {
  Adder adder(database, table, {"starts_at", "endpoint"}, {"asks", "age_ms"});
  for (const auto& [key, of] : batch.ages()) {
    const std::array numbers{of.asks, of.age_ms};
    adder.add(start_of(period, key.day), {key.endpoint}, numbers);
  }
}

class AssetAdder {
 public:
  AssetAdder(SQLite::Database& database, std::string_view table)
      : adder_(database,
               table,
               {"starts_at", "kind", "asset"},
               {"requests", "fetches", "microcredits"}) {}

  void add(TimePoint start,
           const std::string& kind,
           const std::string& asset,
           const AssetCounts& of) {
    const std::array numbers{of.requests, of.fetches, of.microcredits};
    adder_.add(start, {kind, asset}, numbers);
  }

 private:
  Adder adder_;
};

struct AssetRow {
  std::string kind;
  std::string asset;
  AssetCounts counts;
};

// The assets of a day or month that are used less than the kMostAssetRows most used ones.
std::vector<AssetRow> least_assets(SQLite::Database& database,
                                   std::string_view table,
                                   TimePoint start) {
  SQLite::Statement select(
      database,
      fmt::format("SELECT kind, asset, requests, fetches, microcredits FROM {} "
                  "WHERE starts_at = ? AND asset <> '' "
                  "ORDER BY requests + fetches DESC, microcredits DESC LIMIT -1 OFFSET ?",
                  table));
  select.bind(1, to_number(start));
  select.bind(2, static_cast<std::int64_t>(kMostAssetRows));
  std::vector<AssetRow> rows;
  while (select.executeStep()) {
    rows.push_back({select.getColumn(0).getString(),
                    select.getColumn(1).getString(),
                    {select.getColumn(2).getInt64(),
                     select.getColumn(3).getInt64(),
                     select.getColumn(4).getInt64()}});
  }
  return rows;
}

void fold_assets(SQLite::Database& database, std::string_view table, TimePoint start) {
  const auto rows = least_assets(database, table, start);
  if (rows.size() <= kAssetRowSlack) return;
  SQLite::Statement drop(
      database,
      fmt::format("DELETE FROM {} WHERE starts_at = ? AND kind = ? AND asset = ?", table));
  AssetAdder adder(database, table);
  for (const auto& row : rows) {
    adder.add(start, row.kind, {}, row.counts);
    drop.bind(1, to_number(start));
    drop.bind(2, row.kind);
    drop.bind(3, row.asset);
    drop.exec();
    drop.reset();
  }
}

void add_assets(SQLite::Database& database,
                std::string_view table,
                Period period,
                const Batch& batch) {
  std::set<TimePoint> starts;
  {
    AssetAdder adder(database, table);
    for (const auto& [key, counts] : batch.assets()) {
      const auto start = start_of(period, key.day);
      adder.add(start, key.kind, key.asset, counts);
      starts.insert(start);
    }
  }
  for (const auto start : starts) fold_assets(database, table, start);
}

}  // namespace

void add_usage(SQLite::Database& database, const Batch& batch) {
  add_requests(database, batch);
  add_calls(database, "usage_calls_days", Period::Day, batch);
  add_calls(database, "usage_calls_months", Period::Month, batch);
  add_ages(database, "usage_ages_days", Period::Day, batch);
  add_ages(database, "usage_ages_months", Period::Month, batch);
  add_assets(database, "usage_assets_days", Period::Day, batch);
  add_assets(database, "usage_assets_months", Period::Month, batch);
}

std::string drop_statement(const KeptTable& table) {
  return fmt::format(
      "DELETE FROM {0} WHERE {1} <= (SELECT max({1}) FROM (SELECT {1} FROM {0} "
      "WHERE {1} < ?1 AND {2} ORDER BY {1} LIMIT ?2)) AND {2}",
      table.name,
      table.time,
      table.filter);
}

int drop_rows(SQLite::Database& database, const KeptTable& table, TimePoint end, int most) {
  SQLite::Statement drop(database, drop_statement(table));
  drop.bind(1, to_number(end));
  drop.bind(2, most);
  return drop.exec();
}

}  // namespace quotecached::usage
