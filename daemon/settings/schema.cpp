#include "settings/schema.hpp"

#include <cctype>
#include <span>

#include "base/tier_kind.hpp"

namespace quotecached::settings {
namespace {

constexpr double kSecond = 1000;
constexpr double kHour = 3600 * kSecond;
constexpr double kDay = 24 * kHour;
constexpr double kMostItems = 64;
constexpr double kMostCredits = 1e12;
constexpr double kKiB = 1024;
constexpr double kMiB = 1024 * kKiB;
constexpr double kTiB = 1024 * 1024 * kMiB;

// The field reached by following these members down from a Settings.
template <auto... Members>
Field at(Settings& settings) {
  return &(settings.*....*Members);
}

std::vector<Row> listen_rows() {
  constexpr auto in = &Settings::listen;
  return {
      {"listen.address",
       at<in, &Listen::address>,
       {1, kMostItems},
       "Where clients connect: \"host:port\", \"[v6]:port\" or \"unix:/path\", or a list of "
       "these."},
      {"listen.hosts",
       at<in, &Listen::hosts>,
       {0, kMostItems},
       "Names with dots under which clients ask, such as \"quotes.example.com\". Without tokens\n"
       "others are refused: the owner of a domain may have it lead here, so that web pages ask."},
      {"listen.threads",
       at<in, &Listen::threads>,
       {1, 64},
       "I/O threads. One answers tens of thousands of requests per second."},
      {"listen.max_connections",
       at<in, &Listen::max_connections>,
       {1, 1'000'000},
       "Clients connected at once, over all threads. Past it the longest idle one makes room; "
       "when\n"
       "none is idle, new ones get 503, but for own routes (/health, /admin) and Unix sockets."},
      {"listen.max_bodies",
       at<in, &Listen::max_bodies>,
       {kMiB, kTiB},
       "Memory for request bodies, over all clients. What is too much is answered with 503."},
      {"listen.max_output",
       at<in, &Listen::max_output>,
       {kMiB, kTiB},
       "Memory for answers that clients are slow to take. Past it the slowest are cut off."},
      {"listen.idle_timeout",
       at<in, &Listen::idle_timeout>,
       {kSecond, kDay},
       "How long a kept-alive connection may be idle."},
      {"listen.header_timeout",
       at<in, &Listen::header_timeout>,
       {100, kHour},
       "How long a client may take to send a request once it has begun."},
      {"listen.stop_grace",
       at<in, &Listen::stop_grace>,
       {0, kHour},
       "How long requests in progress may take to end when the daemon stops."},
  };
}

std::vector<Row> upstream_rows() {
  constexpr auto in = &Settings::upstream;
  return {
      {"upstream.base_url",
       at<in, &Upstream::base_url>,
       {},
       "The provider. Plain http:// is taken for loopback only."},
      {"upstream.api_key_file",
       at<in, &Upstream::api_key_file>,
       {},
       "A file that holds the provider's API key and nothing else, not readable by everyone.\n"
       "CMC_API_KEY in the environment wins over it; a systemd credential cmc_api_key is used\n"
       "when neither is there. The key itself must never stand in this file."},
      {"upstream.ca_file",
       at<in, &Upstream::ca_file>,
       {},
       "Certificates to trust instead of the system's (PEM)."},
      {"upstream.timeout",
       at<in, &Upstream::timeout>,
       {1, kHour},
       "The most one upstream call may take in all."},
      {"upstream.connect_timeout",
       at<in, &Upstream::connect_timeout>,
       {1, kHour},
       "The most connecting may take, TLS included."},
      {"upstream.max_connections",
       at<in, &Upstream::max_connections>,
       {1, 256},
       "Pooled connections to the provider."},
      {"upstream.max_concurrent_calls",
       at<in, &Upstream::max_concurrent_calls>,
       {1, 256},
       "Calls in flight at once."},
  };
}

// Of what calls are made, and what is done about those that fail.
std::vector<Row> call_rows() {
  constexpr auto in = &Settings::upstream;
  return {
      {"upstream.retries",
       at<in, &Upstream::retries>,
       {0, 10},
       "Further attempts after a failure that another attempt may cure."},
      {"upstream.retry_delay",
       at<in, &Upstream::retry_delay>,
       {0, 60 * kSecond},
       "The pause before a further attempt, varied a little."},
      {"upstream.batch_window",
       at<in, &Upstream::batch_window>,
       {0, 10 * kSecond},
       "How long a batch waits for company before it is sent."},
      {"upstream.batch_window_max",
       at<in, &Upstream::batch_window_max>,
       {0, 60 * kSecond},
       "How long it waits at most while another call of its lane is in flight."},
      {"upstream.ride_along_bytes",
       at<in, &Upstream::ride_along_bytes>,
       {0, 64 * kMiB},
       "A call is filled up with other assets that clients ask for, as far as its price stays the "
       "same\n"
       "and its answer grows by no more than this. \"0B\": calls carry what was asked for."},
      {"upstream.failure_throttle",
       at<in, &Upstream::failure_throttle>,
       {0, kHour},
       "While stale copies are served because upstream fails, it is tried once per this time."},
      {"upstream.stale_patience",
       at<in, &Upstream::stale_patience>,
       {0, kHour},
       "How long a client waits for upstream when a stale copy could answer it."},
      {"upstream.request_deadline",
       at<in, &Upstream::request_deadline>,
       {1, kHour},
       "The most a client ever waits."},
      {"upstream.forward_unknown",
       at<in, &Upstream::forward_unknown>,
       {},
       "Pass provider paths that are not in the catalogue on, uncached; false answers them 404."},
      {"upstream.ask_about_parameters",
       at<in, &Upstream::ask_about_parameters>,
       {},
       "Ask the provider, at no cost, whether it knows a parameter that is not in the catalogue; "
       "false refuses it."},
      {"upstream.list_bytes",
       at<in, &Upstream::list_bytes>,
       {0, 4096 * kMiB},
       "The largest part of a list that is asked for when a client wants less of it for the same "
       "credits; 0KiB asks for what clients ask for."},
      {"upstream.max_body",
       at<in, &Upstream::max_body>,
       {kKiB, 4096 * kMiB},
       "The largest upstream answer taken."},
  };
}

std::string order_doc() {
  std::string lower;
  for (const auto& tier : std::span(kTiers).subspan(1))
    lower += (lower.empty() ? "\"" : ", \"") + std::string(tier.name) + "\"";
  return "The tiers asked, in this order: \"" + std::string(kTiers.front().name) +
         "\" first, then any of " + lower + ".";
}

std::vector<Row> tier_rows() {
  constexpr auto in = &Settings::tiers;
  constexpr auto memory = &Tiers::memory;
  constexpr auto redis = &Tiers::redis;
  constexpr auto memcached = &Tiers::memcached;
  constexpr auto sqlite = &Tiers::sqlite;
  return {
      {"tiers.order", at<in, &Tiers::order>, {1, kMostItems}, order_doc()},
      {"tiers.memory.max_bytes",
       at<in, memory, &MemoryTier::max_bytes>,
       {64 * kKiB, kTiB},
       "Memory for entries, their keys and bookkeeping included."},
      {"tiers.redis.url",
       at<in, redis, &RedisTier::url>,
       {},
       "\"redis://host:port\", \"redis://host:port/database\" or \"unix:/path\"."},
      {"tiers.redis.password_file",
       at<in, redis, &RedisTier::password_file>,
       {},
       "A file that holds the password and nothing else, not readable by everyone."},
      {"tiers.redis.cap",
       at<in, redis, &RedisTier::cap>,
       {kSecond, 366 * kDay},
       "How long this tier may hold a copy; as long as its family is fresh in any case."},
      {"tiers.redis.timeout",
       at<in, redis, &RedisTier::timeout>,
       {1, 60 * kSecond},
       "An answer later than this counts as none."},
      {"tiers.memcached.servers",
       at<in, memcached, &MemcachedTier::servers>,
       {1, kMostItems},
       "\"host:port\" or \"unix:/path\", or a list of these."},
      {"tiers.memcached.cap",
       at<in, memcached, &MemcachedTier::cap>,
       {kSecond, 30 * kDay},
       "How long this tier may hold a copy; as long as its family is fresh in any case."},
      {"tiers.memcached.timeout",
       at<in, memcached, &MemcachedTier::timeout>,
       {1, 60 * kSecond},
       "An answer later than this counts as none."},
      {"tiers.sqlite.path",
       at<in, sqlite, &SqliteTier::path>,
       {},
       "The database, which also records every upstream call. Empty: quotecached.db in\n"
       "$STATE_DIRECTORY (set by systemd), else in $XDG_STATE_HOME/quotecached, else in\n"
       "~/.local/state/quotecached."},
      {"tiers.sqlite.cap",
       at<in, sqlite, &SqliteTier::cap>,
       {kSecond, 366 * kDay},
       "How long this tier may hold a copy for fresh use; as long as its family is fresh in any "
       "case."},
      {"tiers.sqlite.timeout",
       at<in, sqlite, &SqliteTier::timeout>,
       {1, 60 * kSecond},
       "An answer later than this counts as none."},
      {"tiers.sqlite.max_bytes",
       at<in, sqlite, &SqliteTier::max_bytes>,
       {kMiB, 64 * kTiB},
       "Room for entries; past it the oldest go first."},
  };
}

std::vector<Row> freshness_rows() {
  constexpr auto in = &Settings::freshness;
  return {
      {"freshness.ttl_jitter",
       at<in, &Freshness::ttl_jitter>,
       {0, 0.5},
       "How much of its freshness an entry may lose at random, so that not all expire at once."},
      {"freshness.negative",
       at<in, &Freshness::negative>,
       {0, kDay},
       "How long \"the provider has no such asset\" is believed."},
      {"freshness.names",
       at<in, &Freshness::names>,
       {0, kDay},
       "How long it is believed which assets a symbol or slug leads to, so that what was bought "
       "by\n"
       "id answers for it and the reverse. 0: each is bought by itself."},
  };
}

std::vector<Row> credit_rows() {
  constexpr auto in = &Settings::credits;
  return {
      {"credits.plan",
       at<in, &Credits::plan>,
       {},
       "Where the account's limits come from: \"auto\" asks the provider (/v1/key/info, free) at "
       "the\n"
       "start and every ten minutes; \"explicit\" takes those below; or the name of a plan: "
       "\"basic\",\n"
       "\"hobbyist\", \"builder\", \"startup\", \"standard\", \"growth\", \"professional\"."},
      {"credits.per_day",
       at<in, &Credits::per_day>,
       {0, kMostCredits},
       "Credits per day, beside what the plan says: the smaller counts. 0: none of our own."},
      {"credits.per_month", at<in, &Credits::per_month>, {0, kMostCredits}, "The same per month."},
      {"credits.requests_per_minute",
       at<in, &Credits::requests_per_minute>,
       {0, 10'000'000},
       "The same for calls per UTC minute."},
      {"credits.billing_anchor",
       at<in, &Credits::billing_anchor>,
       {},
       "When the account's month begins: the day of the month and the time, UTC. Its days begin "
       "at\n"
       "that time too. With \"auto\" the provider's word wins."},
      {"credits.foreground_reserve",
       at<in, &Credits::foreground_reserve>,
       {0, 0.9},
       "The share of each window that is kept for clients: warming stops before it."},
      {"credits.thresholds",
       at<in, &Credits::thresholds>,
       {0.01, 1},
       "The shares of a day's or month's credits at which the daemon economises, pays only for "
       "what\n"
       "it has no copy of, and pays no more. Each also raises an alert."},
      {"credits.max_stretch",
       at<in, &Credits::max_stretch>,
       {1, 1000},
       "While economising, copies stay fresh for up to so many times as long."},
      {"credits.on_ledger_failure",
       at<in, &Credits::on_ledger_failure>,
       {},
       "When the ledger cannot be written: \"stop\" paying and serve what is cached, or \"allow\" "
       "calls\n"
       "that a crash would forget."},
      {"credits.price_per_credit",
       at<in, &Credits::price_per_credit>,
       {0, 1000},
       "In your currency; reports then show money too. 0: they do not."},
  };
}

std::vector<Row> warm_rows() {
  constexpr auto in = &Settings::warm;
  constexpr double kMostPopular = 5000;
  return {
      {"warm.mode",
       at<in, &Warm::mode>,
       {},
       "Who may renew copies ahead of clients: the \"daemon\" by itself, \"cron\" (quotecache "
       "warm), "
       "\"both\"\n"
       "or nobody (\"off\"). What that costs is held against the price of a credit and the spend "
       "mode."},
      {"warm.popular",
       at<in, &Warm::popular>,
       {1, kMostPopular},
       "How many of the most asked assets quotecache warm takes when it is not told."},
      {"warm.pinned",
       at<in, &Warm::pinned>,
       {0, kMostItems},
       "Assets, by id, that are kept fresh whether clients ask for them or not."},
      {"warm.window",
       at<in, &Warm::windows>,
       {0, kMostItems},
       "Hours in which assets are kept warm: once when they begin, then as long as clients ask "
       "for\n"
       "them. Also written as sections [[warm.window]]. `hours` and `days` (\"mon-fri\", "
       "\"sat,sun\") by\n"
       "the clock of `timezone` (\"Europe/Berlin\", \"+05:30\", \"UTC\"); `assets` by id, and the "
       "`popular`\n"
       "most asked beside them. An empty list: none."},
  };
}

std::vector<Row> alert_rows() {
  constexpr auto in = &Settings::alerts;
  return {
      {"alerts.webhook",
       at<in, &Alerts::webhook>,
       {},
       "A URL that each alert is posted to as JSON. Plain http:// is taken for loopback only."},
      {"alerts.webhook_secret_file",
       at<in, &Alerts::webhook_secret_file>,
       {},
       "A file that holds the secret the posts are signed with, not readable by everyone."},
      {"alerts.command",
       at<in, &Alerts::command>,
       {0, kMostItems},
       "A program and its arguments, run for each alert with the alert as JSON on its standard "
       "input."},
      {"alerts.unreachable_after",
       at<in, &Alerts::unreachable_after>,
       {kSecond, 7 * kDay},
       "How long the provider must fail before that is an alert."},
  };
}

std::vector<Row> usage_rows() {
  constexpr auto in = &Settings::usage;
  constexpr double kDecade = 3660 * kDay;
  return {
      {"usage.keep_minutes",
       at<in, &Usage::keep_minutes>,
       {kHour, kDecade},
       "How long usage by the minute is kept."},
      {"usage.keep_hours", at<in, &Usage::keep_hours>, {kDay, kDecade}, "... by the hour."},
      {"usage.keep_days",
       at<in, &Usage::keep_days>,
       {31 * kDay, kDecade},
       "... by the day, and single upstream calls. Reports reach as far. Months are kept for "
       "good."},
      {"usage.trace",
       at<in, &Usage::trace>,
       {},
       "A file that records what clients ask for and when, for simulations: no credentials, and\n"
       "of tokens' names a hash. Each start begins it anew; the one before is FILE.1. Empty: "
       "none."},
      {"usage.trace_max_bytes",
       at<in, &Usage::trace_max_bytes>,
       {kMiB, kTiB},
       "Room for both files. Past half of it the file is begun anew."},
  };
}

std::vector<Row> last_rows() {
  return {
      {"auth.mode",
       at<&Settings::auth, &Auth::mode>,
       {},
       "\"open\": anyone who can connect, which must be loopback or a Unix socket.\n"
       "\"tokens\": clients show a token of tokens_file where the provider's key used to go."},
      {"auth.tokens_file",
       at<&Settings::auth, &Auth::tokens_file>,
       {},
       "A TOML file of [tokens.NAME] sections, not readable by everyone:\n"
       "  secret = \"at least 16 characters\"\n"
       "  requests_per_minute = 100  # 0: no limit, here and below\n"
       "  credits_per_day = 0        # that its requests may cost\n"
       "  credits_per_month = 0\n"
       "  admin = false              # may use /admin"},
      {"log.level",
       at<&Settings::log, &Logging::level>,
       {},
       "\"debug\", \"info\", \"warn\" or \"error\"."},
      {"log.format", at<&Settings::log, &Logging::format>, {}, "\"text\" or \"json\"."},
      {"log.slow_request",
       at<&Settings::log, &Logging::slow_request>,
       {0, kHour},
       "A request that took longer is logged with what it waited for. 0s: none is."},
      {"test.clock",
       at<&Settings::test, &Test::clock>,
       {},
       "Lets POST /admin/test/clock move the daemon's clock. Loopback and Unix sockets only."},
      {"test.clock_at",
       at<&Settings::test, &Test::clock_at>,
       {},
       "\"2026-11-01T00:00:00Z\": where that clock stands until it is moved. Empty: it goes on."},
  };
}

Row family_row(std::string_view family,
               std::string_view name,
               std::optional<seconds> FreshnessOverride::* member,
               const Bounds& bounds) {
  const bool is_stale = name.starts_with("stale");
  const std::string owner(family);
  return {"freshness." + owner + "." + std::string(name),
          [owner, member](Settings& settings) -> Field {
            return &(settings.freshness.families[owner].*member);
          },
          bounds,
          is_stale ? "Counted from the end of fresh; whole seconds."
                   : "How long a copy answers without asking again; whole seconds."};
}

}  // namespace

std::string Row::environment_name() const {
  std::string out = "QUOTECACHED_";
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    out += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return out;
}

std::vector<Row> make_rows(std::span<const std::string_view> families) {
  std::vector<Row> rows;
  for (auto part : {listen_rows, upstream_rows, call_rows, tier_rows, freshness_rows}) {
    for (Row& row : part()) rows.push_back(std::move(row));
  }
  const Bounds fresh{kSecond, 366 * kDay};
  const Bounds stale{0, 366 * kDay};
  for (const std::string_view family : families) {
    rows.push_back(family_row(family, "fresh", &FreshnessOverride::fresh, fresh));
    rows.push_back(family_row(
        family, "stale_while_revalidate", &FreshnessOverride::stale_while_revalidate, stale));
    rows.push_back(family_row(family, "stale_if_error", &FreshnessOverride::stale_if_error, stale));
  }
  for (auto part : {credit_rows, warm_rows, alert_rows, usage_rows, last_rows}) {
    for (Row& row : part()) rows.push_back(std::move(row));
  }
  return rows;
}

std::string_view section_doc(std::string_view section) noexcept {
  if (section == "listen") return "Where and how clients are served.";
  if (section == "upstream") return "The provider, and how it is asked.";
  if (section == "tiers") return "Where copies are kept.";
  if (section == "tiers.memory") return "In the daemon itself.";
  if (section == "tiers.redis") return "Used when tiers.order names it.";
  if (section == "tiers.memcached") return "Used when tiers.order names it.";
  if (section == "tiers.sqlite") return "On disk; survives restarts and needs no server.";
  if (section == "freshness") return "How long copies may answer.";
  if (section == "credits") return "What may be spent.";
  if (section == "warm") return "What is renewed before clients ask.";
  if (section == "alerts")
    return "Whom to tell when credits run short or something is wrong with them.";
  if (section == "usage") return "How long the record of requests and credits is kept.";
  if (section == "auth") return "Who may ask.";
  if (section == "log") return "What the daemon writes to standard error.";
  if (section == "test") return "For tests of programs that use the daemon; leave alone otherwise.";
  return {};
}

}  // namespace quotecached::settings
