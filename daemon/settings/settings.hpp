// The settings of the daemon: one validated struct, not changed after it was loaded.
//
// The member initialisers are the defaults; what each key means, its bounds and its place in the
// file stand in schema.cpp. Only the composition root sees this struct: modules take their own
// Options.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/tier_kind.hpp"
#include "base/time_zone.hpp"
#include "base/types.hpp"
#include "settings/secret.hpp"

namespace quotecached::settings {

using std::chrono::seconds;

struct Listen {
  std::vector<std::string> address{"127.0.0.1:8466"};  // each is good for parse_address()
  std::int64_t threads = 1;
  std::vector<std::string> hosts;  // in small letters or not, without ports
  std::int64_t max_connections = 4096;
  std::int64_t max_waiting = 2048;
  milliseconds shed_after{100};
  bool cost_headers = false;
  Bytes max_bodies = mebibytes(64);
  Bytes max_output = mebibytes(256);
  milliseconds idle_timeout{60000};
  milliseconds header_timeout{10000};
  milliseconds stop_grace{10000};
  std::string unix_mode = "0660";
  std::string unix_group;  // empty: the daemon's own

  unsigned unix_permissions = 0660;       // what unix_mode says
  std::optional<std::uint32_t> unix_gid;  // that of unix_group
};

struct Compression {
  bool enabled = true;
  Bytes min_size = kibibytes(1);
  std::int64_t gzip_level = 1;
  std::int64_t brotli_level = 2;
  std::int64_t zstd_level = 1;
  Bytes cache_bytes = mebibytes(32);
};

struct Upstream {
  std::string base_url = "https://pro-api.coinmarketcap.com";
  std::string api_key_file;
  std::string ca_file;
  milliseconds timeout{15000};
  milliseconds connect_timeout{5000};
  std::int64_t max_connections = 5;
  std::int64_t max_concurrent_calls = 5;
  std::int64_t retries = 2;
  milliseconds retry_delay{500};
  milliseconds batch_window{5};
  milliseconds batch_window_max{100};
  Bytes ride_along_bytes = kibibytes(512);
  milliseconds failure_throttle{30000};
  milliseconds stale_patience{2000};
  milliseconds request_deadline{20000};
  bool forward_unknown = true;
  bool ask_about_parameters = true;
  Bytes list_bytes = mebibytes(4);
  Bytes max_body = mebibytes(64);

  Secret api_key;  // from CMC_API_KEY, api_key_file or a systemd credential; empty: send none
};

struct MemoryTier {
  Bytes max_bytes = mebibytes(64);
};

struct RedisTier {
  std::string url = "redis://127.0.0.1:6379";
  std::string password_file;
  milliseconds cap = default_cap(TierKind::Redis);
  milliseconds timeout{100};

  Secret password;  // the text of password_file
};

struct MemcachedTier {
  std::vector<std::string> servers{"127.0.0.1:11211"};
  milliseconds cap = default_cap(TierKind::Memcached);
  milliseconds timeout{100};
};

struct SqliteTier {
  std::string path;  // empty in the file: the state directory; load() fills it in
  milliseconds cap = default_cap(TierKind::Sqlite);
  milliseconds timeout{250};
  Bytes max_bytes = mebibytes(1024);
};

struct Tiers {
  std::vector<std::string> order{std::string(to_string(TierKind::Memory)),
                                 std::string(to_string(TierKind::Sqlite))};
  MemoryTier memory;
  RedisTier redis;
  MemcachedTier memcached;
  SqliteTier sqlite;
};

// What the file says about one family; what it leaves out stays as the endpoint catalogue says.
struct FreshnessOverride {
  std::optional<seconds> fresh;
  std::optional<seconds> stale_while_revalidate;
  std::optional<seconds> stale_if_error;
};

struct Freshness {
  double ttl_jitter = 0.05;
  milliseconds negative{60000};
  milliseconds names{std::chrono::hours(1)};
  bool tick = true;
  std::map<std::string, FreshnessOverride, std::less<>> families;  // every known family
};

enum class OnLedgerFailure : std::uint8_t { Stop, Allow };

// The day of the month and the time after midnight (UTC) at which the account's month begins.
struct BillingAnchor {
  unsigned day = 1;
  milliseconds time{0};
};

struct Credits {
  std::string plan = "auto";  // or "explicit", or one of LoadInput::plans
  std::int64_t per_day = 0;   // 0: the plan's own; with "explicit": no cap
  std::int64_t per_month = 0;
  std::int64_t requests_per_minute = 0;
  std::string billing_anchor = "1 00:00";
  double foreground_reserve = 0.2;
  std::vector<double> thresholds{0.8, 0.9, 1.0};
  double max_stretch = 10;
  OnLedgerFailure on_ledger_failure = OnLedgerFailure::Stop;
  double price_per_credit = 0;
  std::string currency;

  BillingAnchor anchor;  // what billing_anchor says

  // Nothing bounds what is spent: that may be meant, or forgotten.
  [[nodiscard]] bool has_no_cap() const {
    return plan == "explicit" && per_day == 0 && per_month == 0;
  }
};

enum class WarmMode : std::uint8_t { Daemon, Cron, Both, Off };

// A window of the day in which assets are kept warm.
struct WarmWindow {
  std::string name;
  std::string hours = "00:00-24:00";
  std::string days = "mon-sun";
  std::string timezone = "UTC";
  std::vector<std::string> assets;  // by id
  std::int64_t popular = 0;

  // What hours, days and timezone say.
  std::chrono::minutes from{0};
  std::chrono::minutes to{1440};
  std::uint8_t weekdays = 0x7f;  // bit 0: Monday
  TimeZone zone;
};

// The three that the daemon comes with.
std::vector<WarmWindow> usual_windows();

struct Warm {
  WarmMode mode = WarmMode::Both;
  std::int64_t popular = 50;
  std::vector<std::string> pinned;
  std::vector<WarmWindow> windows = usual_windows();
};

struct Alerts {
  std::string webhook;
  std::string webhook_secret_file;
  std::vector<std::string> command;
  milliseconds unreachable_after{300000};

  Secret webhook_secret;  // the text of webhook_secret_file
};

struct Usage {
  milliseconds keep_minutes{std::chrono::hours(7 * 24)};
  milliseconds keep_hours{std::chrono::hours(90 * 24)};
  milliseconds keep_days{std::chrono::hours(400 * 24)};
  std::string trace;
  Bytes trace_max_bytes = mebibytes(64);
};

enum class AuthMode : std::uint8_t { Open, Tokens };

struct Token {
  std::string name;
  Secret secret;
  std::int64_t requests_per_minute = 100;  // 0: no limit, here and below
  std::int64_t max_concurrent = 0;
  std::int64_t credits_per_day = 0;
  std::int64_t credits_per_month = 0;
  bool admin = false;
};

struct Auth {
  AuthMode mode = AuthMode::Open;
  std::string tokens_file;

  std::vector<Token> tokens;  // the contents of tokens_file, by name
};

struct Logging {
  Log::Level level = Log::Level::Info;
  Log::Format format = Log::Format::Text;
  milliseconds slow_request{5000};
  std::string access = "off";
  Log::Format access_format = Log::Format::Text;
  double access_sample = 1;
};

struct Test {
  bool clock = false;
  std::string clock_at;
  std::optional<TimePoint> clock_stands_at;  // what clock_at says
};

// By name, the assets that an order may call by it: ids, symbols, slugs.
using Tags = std::map<std::string, std::vector<std::string>, std::less<>>;

struct Settings {
  Listen listen;
  Compression compression;
  Upstream upstream;
  Tiers tiers;
  Freshness freshness;
  Credits credits;
  Warm warm;
  Alerts alerts;
  Usage usage;
  Tags tags;
  Auth auth;
  Logging log;
  Test test;
};

}  // namespace quotecached::settings
