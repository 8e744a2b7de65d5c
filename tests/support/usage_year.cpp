#include "support/usage_year.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

namespace quotecached::test {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using Time = std::chrono::sys_time<milliseconds>;
using Day = std::chrono::sys_days;

constexpr std::array<const char*, UsageYear::kEndpoints> kEndpointNames{
    "v2.quotes",       "v1.listings",       "v1.global_metrics",   "v1.map",
    "v2.info",         "v3.quotes",         "v1.quotes",           "v2.simple_price",
    "v3.listings",     "v2.ohlcv",          "v1.fiat_map",         "v1.exchange_listings",
    "v1.exchange_map", "v1.categories",     "v1.category",         "v2.market_pairs",
    "v1.trending",     "v3.fear_and_greed", "v2.price_conversion", "uncatalogued"};
constexpr std::array<const char*, UsageYear::kClients> kClientNames{"",
                                                                    "bot",
                                                                    "dashboard",
                                                                    "research",
                                                                    "mobile",
                                                                    "risk",
                                                                    "nightly-report",
                                                                    "pricing",
                                                                    "ops",
                                                                    "demo"};
constexpr std::array<const char*, 4> kCauses{"miss", "refresh", "warm", "cron"};
constexpr std::array<const char*, 3> kKinds{"id", "symbol", "slug"};

// Columns after starts_at, endpoint and client.
enum Column : std::size_t {
  kRequests,
  kHits,
  kStale,
  kMisses,
  kPartial,
  kForwarded,
  kRefused,
  kFailed,
  kCredits,
  kWorth,
  kBytes,
  kLatency,
  kBuckets,
  kTableColumns = kBuckets + 12,
  // The hits of each tier, which have a table of their own.
  kMemory = kTableColumns,
  kRedis,
  kMemcached,
  kSqlite,
  kColumns
};
using Counts = std::array<std::int64_t, kColumns>;
constexpr std::array<const char*, kColumns - kTableColumns> kTierNames{
    "memory", "redis", "memcached", "sqlite"};

// `total` as `parts` whole numbers that add up to it; the `index`th.
std::int64_t share(std::int64_t total, std::int64_t parts, std::int64_t index) {
  return total * (index + 1) / parts - total * index / parts;
}

Counts share(const Counts& total, std::int64_t parts, std::int64_t index) {
  Counts counts{};
  for (std::size_t i = 0; i < kColumns; ++i) counts[i] = share(total[i], parts, index);
  return counts;
}

// What becomes of so many requests.
Counts spread(std::int64_t requests, std::size_t endpoint, std::mt19937_64& random) {
  Counts counts{};
  counts[kRequests] = requests;
  auto rest = requests;
  const auto take = [&](Column column, std::int64_t per_thousand) {
    counts[column] = std::min(rest, requests * per_thousand / 1000);
    rest -= counts[column];
  };
  const auto misses = static_cast<std::int64_t>(5 + 4 * endpoint + random() % 20);
  take(kMisses, misses);
  take(kPartial, misses / 4);
  take(kStale, 12);
  take(kRefused, 3);
  take(kFailed, 1);
  take(kRedis, 60);
  take(kMemcached, 20);
  take(kSqlite, 10);
  counts[endpoint + 1 == UsageYear::kEndpoints ? kForwarded : kMemory] = rest;
  counts[kHits] = counts[kMemory] + counts[kRedis] + counts[kMemcached] + counts[kSqlite];
  counts[kCredits] = counts[kMisses] + counts[kPartial] + counts[kForwarded];
  counts[kWorth] = requests - counts[kRefused] - counts[kFailed];
  counts[kBytes] = requests * 900;
  for (std::size_t i = 0; i < 12; ++i)
    counts[kBuckets + i] = share(requests, 12, static_cast<std::int64_t>(i));
  counts[kLatency] = requests * 400;
  return counts;
}

std::vector<std::string> usage_columns() {
  std::vector<std::string> names{"requests",
                                 "hits",
                                 "stale",
                                 "misses",
                                 "partial",
                                 "forwarded",
                                 "refused",
                                 "failed",
                                 "credits",
                                 "worth",
                                 "bytes",
                                 "latency_us"};
  for (int i = 0; i < 12; ++i) names.push_back("latency_" + std::to_string(i));
  return names;
}

std::string insert_usage(const std::string& table) {
  std::string columns = "starts_at, endpoint, client";
  std::string marks = "?, ?, ?";
  for (const auto& name : usage_columns()) {
    columns += ", " + name;
    marks += ", ?";
  }
  return "INSERT INTO " + table + " (" + columns + ") VALUES (" + marks + ")";
}

std::string sum_of_usage() {
  std::string sums;
  for (const auto& name : usage_columns()) sums += (sums.empty() ? "SUM(" : ", SUM(") + name + ")";
  return sums;
}

class UsageTable {
 public:
  // Of "minutes", "hours" or "days".
  UsageTable(SQLite::Database& database, const std::string& period)
      : insert_(database, insert_usage("usage_" + period)),
        insert_hits_(database,
                     "INSERT INTO usage_hits_" + period +
                         " (starts_at, endpoint, client, tier, hits) VALUES (?, ?, ?, ?, ?)") {}

  void add(Time start, const char* endpoint, const char* client, const Counts& counts) {
    if (counts[kRequests] == 0) return;
    insert_.bind(1, static_cast<std::int64_t>(start.time_since_epoch().count()));
    insert_.bindNoCopy(2, endpoint);
    insert_.bindNoCopy(3, client);
    for (std::size_t i = 0; i < kTableColumns; ++i)
      insert_.bind(static_cast<int>(i) + 4, counts[i]);
    insert_.exec();
    insert_.reset();
    for (std::size_t i = 0; i < kTierNames.size(); ++i) {
      const auto hits = counts[kTableColumns + i];
      if (hits != 0) add_hits(start, endpoint, client, kTierNames[i], hits);
    }
  }

 private:
  void add_hits(
      Time start, const char* endpoint, const char* client, const char* tier, std::int64_t hits) {
    insert_hits_.bind(1, static_cast<std::int64_t>(start.time_since_epoch().count()));
    insert_hits_.bindNoCopy(2, endpoint);
    insert_hits_.bindNoCopy(3, client);
    insert_hits_.bindNoCopy(4, tier);
    insert_hits_.bind(5, hits);
    insert_hits_.exec();
    insert_hits_.reset();
  }

  SQLite::Statement insert_;
  SQLite::Statement insert_hits_;
};

// Calls one by one, and their days.
class CallTables {
 public:
  explicit CallTables(SQLite::Database& database)
      : call_(database,
              "INSERT INTO upstream_calls (account, started_at, endpoint, cause, credits, took_ms, "
              "http_status, error_code, assets, client, predicted, riding, state) "
              "VALUES ('default', ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, 1)"),
        sum_(database,
             "INSERT INTO usage_calls_days (account, starts_at, endpoint, cause, client, calls, "
             "failed, credits, predicted, took_ms, assets, riding, asset_credits) "
             "VALUES ('default', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") {}

  // A call of which `dice` decides everything else.
  void add(Time start, std::uint64_t dice);
  void end_day(Day day);

 private:
  struct Sums {
    std::int64_t calls = 0, failed = 0, credits = 0, took = 0;
    std::int64_t assets = 0, riding = 0, asset_credits = 0;
  };
  SQLite::Statement call_;
  SQLite::Statement sum_;
  std::map<std::tuple<std::size_t, std::size_t, std::size_t>, Sums> sums_;  // of the day
};

void CallTables::add(Time start, std::uint64_t dice) {
  const auto endpoint = std::min(dice % 20, dice / 32 % 20);
  const auto cause = std::min(dice / 1024 % 4, dice / 4096 % 4);
  const auto client = cause < 2 ? dice / 65536 % 10 : 0;
  const bool is_good = dice / 1048576 % 200 != 0;
  const auto credits = is_good ? static_cast<std::int64_t>(1 + dice / 536870912 % 3) : 0;
  const auto took = static_cast<std::int64_t>(60 + dice / 4294967296 % 200);
  call_.bind(1, static_cast<std::int64_t>(start.time_since_epoch().count()));
  call_.bindNoCopy(2, kEndpointNames[endpoint]);
  call_.bindNoCopy(3, kCauses[cause]);
  call_.bind(4, credits);
  call_.bind(5, took);
  call_.bind(6, is_good ? 200 : 500);
  const auto assets = static_cast<std::int64_t>(dice % 100);
  const auto riding = assets > 0 ? 100 - assets : 0;
  call_.bind(7, assets);
  call_.bindNoCopy(8, kClientNames[client]);
  call_.bind(9, credits);
  call_.bind(10, riding);
  call_.exec();
  call_.reset();
  auto& sums = sums_[{endpoint, cause, client}];
  ++sums.calls;
  sums.failed += is_good ? 0 : 1;
  sums.credits += credits;
  sums.took += took;
  sums.assets += is_good ? assets + riding : 0;
  sums.riding += is_good ? riding : 0;
  sums.asset_credits += assets > 0 ? credits : 0;
}

void CallTables::end_day(Day day) {
  for (const auto& [key, of] : sums_) {
    const auto& [endpoint, cause, client] = key;
    sum_.bind(1, static_cast<std::int64_t>(Time(day).time_since_epoch().count()));
    sum_.bindNoCopy(2, kEndpointNames[endpoint]);
    sum_.bindNoCopy(3, kCauses[cause]);
    sum_.bindNoCopy(4, kClientNames[client]);
    int at = 5;
    for (const auto value : {of.calls,
                             of.failed,
                             of.credits,
                             of.credits,
                             of.took,
                             of.assets,
                             of.riding,
                             of.asset_credits})
      sum_.bind(at++, value);
    sum_.exec();
    sum_.reset();
  }
  sums_.clear();
}

// Adds the days of a table up to its months.
void add_months(SQLite::Database& database,
                const std::string& table,
                const std::string& keys,
                const std::string& sums) {
  database.exec("INSERT INTO " + table +
                "_months SELECT CAST(strftime('%s', starts_at / 1000, "
                "'unixepoch', 'start of month') AS INTEGER) * 1000, " +
                keys + ", " + sums + " FROM " + table + "_days GROUP BY 1, " + keys);
}

class Generator {
 public:
  Generator(SQLite::Database& database, Time end)
      : database_(database), end_(end), first_(std::chrono::floor<days>(end) - days(kLast)) {}

  void requests();
  void calls();
  void ages();
  void assets();
  void alerts();

 private:
  static constexpr int kLast = UsageYear::kDays - 1;

  void fine_rows(Day day, const char* endpoint, const char* client, const Counts& counts);
  [[nodiscard]] Day day(int number) const { return first_ + days(number); }
  // Day `number`, as far as it lies before the end.
  [[nodiscard]] milliseconds length(int number) const {
    return std::min<milliseconds>(days(1), end_ - day(number));
  }

  SQLite::Database& database_;
  Time end_;
  Day first_;
  std::mt19937_64 random_{7};
  UsageTable minutes_{database_, "minutes"};
  UsageTable hours_{database_, "hours"};
};

// Days and, as long as they are kept, hours and minutes. Endpoints and clients are asked in
// falling numbers: 20, 19, 18 ... parts.
void Generator::requests() {
  UsageTable days_table(database_, "days");
  constexpr std::int64_t kParts = (20 * 21 / 2) * (10 * 11 / 2);
  for (int number = 0; number < UsageYear::kDays; ++number) {
    const auto today = share(UsageYear::kRequests, UsageYear::kDays, number);
    std::int64_t parts = 0;
    for (std::size_t e = 0; e < UsageYear::kEndpoints; ++e) {
      for (std::size_t c = 0; c < UsageYear::kClients; ++c) {
        const auto before = today * parts / kParts;
        parts += static_cast<std::int64_t>((20 - e) * (10 - c));
        const auto counts = spread(today * parts / kParts - before, e, random_);
        days_table.add(day(number), kEndpointNames[e], kClientNames[c], counts);
        if (number > kLast - 90) fine_rows(day(number), kEndpointNames[e], kClientNames[c], counts);
      }
    }
  }
}

// A day's requests in some of its hours and, in the last week, minutes.
void Generator::fine_rows(Day day, const char* endpoint, const char* client, const Counts& counts) {
  constexpr int kHours = 4;
  constexpr int kMinutes = 5;
  const bool has_minutes = end_ - day < days(7);
  const auto offset = hours(random_() % 6);
  for (int i = 0; i < kHours; ++i) {
    const auto start = Time(day) + offset + hours(5 * i);
    const auto hour = share(counts, kHours, i);
    hours_.add(start, endpoint, client, hour);
    for (int k = 0; has_minutes && k < kMinutes; ++k)
      minutes_.add(start + minutes(11 * k), endpoint, client, share(hour, kMinutes, k));
  }
}

void Generator::calls() {
  CallTables tables(database_);
  for (int number = 0; number < UsageYear::kDays; ++number) {
    const auto today = share(UsageYear::kCalls, UsageYear::kDays, number);
    for (std::int64_t i = 0; i < today; ++i)
      tables.add(Time(day(number)) + length(number) * i / today, random_());
    tables.end_day(day(number));
  }
}

// Three assets an answer; the less an endpoint is asked for, the older what it serves.
void Generator::ages() {
  database_.exec(
      "INSERT INTO usage_ages_days SELECT starts_at, endpoint, 3 * SUM(requests), "
      "3 * SUM(requests) * (20000 + 40000 / (1 + SUM(requests) / 1000)) "
      "FROM usage_days GROUP BY starts_at, endpoint");
}

// The same few are asked most; the others change from day to day. What is left shares asset ''.
void Generator::assets() {
  SQLite::Statement insert(database_,
                           "INSERT OR IGNORE INTO usage_assets_days (starts_at, kind, asset, "
                           "requests, fetches, microcredits) VALUES (?, ?, ?, ?, ?, ?)");
  for (int number = 0; number < UsageYear::kDays; ++number) {
    for (int i = 0; i < UsageYear::kAssetsPerDay; ++i) {
      const auto name = i < 100 ? i + 1 : 100 + static_cast<int>(random_() % 5000);
      const auto text = i + 1 == UsageYear::kAssetsPerDay ? std::string() : std::to_string(name);
      const auto kind = static_cast<std::size_t>(name % 3);
      insert.bind(1, static_cast<std::int64_t>(Time(day(number)).time_since_epoch().count()));
      insert.bind(2, kKinds[kind]);
      insert.bind(3, text.empty() || kind == 0 ? text : "A" + text);
      insert.bind(4, static_cast<std::int64_t>(60'000 / (i + 1)));
      insert.bind(5, static_cast<std::int64_t>(1 + 300 / (i + 1)));
      insert.bind(6, static_cast<std::int64_t>(10'000 + 3'000'000 / (i + 1)));
      insert.exec();
      insert.reset();
    }
  }
}

void Generator::alerts() {
  SQLite::Statement insert(
      database_,
      "INSERT INTO alerts (account, at, kind, level, subject, state, value, "
      "bound, until, message) VALUES ('default', ?, 'window', ?, 'day', ?, ?, ?, ?, ?)");
  for (int i = 0; i < UsageYear::kAlerts; ++i) {
    const Time at = Time(first_) + (end_ - Time(first_)) * i / UsageYear::kAlerts;
    const bool is_critical = i % 4 == 1;
    const Day next = std::chrono::floor<days>(at) + days(1);
    insert.bind(1, static_cast<std::int64_t>(at.time_since_epoch().count()));
    insert.bind(2, is_critical ? "critical" : "warning");
    insert.bind(3, i % 4 == 3 ? "recovered" : "raised");
    insert.bind(4, is_critical ? 0.91 : 0.81);
    insert.bind(5, is_critical ? 0.9 : 0.8);
    insert.bind(6, static_cast<std::int64_t>(Time(next).time_since_epoch().count()));
    insert.bind(7, "alert number " + std::to_string(i));
    insert.exec();
    insert.reset();
  }
}

}  // namespace

void generate_usage_year(const std::filesystem::path& database, Time end) {
  SQLite::Database file(database.string(), SQLite::OPEN_READWRITE, 5000);
  file.exec("PRAGMA synchronous = OFF");
  file.exec("PRAGMA cache_size = -65536");
  SQLite::Transaction transaction(file);
  Generator generator(file, end);
  generator.requests();
  generator.calls();
  generator.ages();
  generator.assets();
  generator.alerts();
  add_months(file, "usage", "endpoint, client", sum_of_usage());
  add_months(file, "usage_hits", "endpoint, client, tier", "SUM(hits)");
  add_months(file,
             "usage_calls",
             "account, endpoint, cause, client",
             "SUM(calls), SUM(failed), SUM(credits), SUM(predicted), SUM(took_ms), SUM(assets), "
             "SUM(riding), SUM(asset_credits)");
  add_months(file, "usage_ages", "endpoint", "SUM(asks), SUM(age_ms)");
  add_months(file, "usage_assets", "kind, asset", "SUM(requests), SUM(fetches), SUM(microcredits)");
  transaction.commit();
}

}  // namespace quotecached::test
