// The settings of the tiers.
#include <span>
#include <string>

#include "base/tier_kind.hpp"
#include "settings/schema_parts.hpp"

namespace quotecached::settings {
namespace {

std::string order_doc() {
  std::string lower;
  for (const auto& tier : std::span(kTiers).subspan(1))
    lower += (lower.empty() ? "\"" : ", \"") + std::string(tier.name) + "\"";
  return "The tiers asked, in this order: \"" + std::string(kTiers.front().name) +
         "\" first, then any of " + lower + ".";
}

}  // namespace

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

}  // namespace quotecached::settings
