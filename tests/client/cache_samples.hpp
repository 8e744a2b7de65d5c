// What a daemon could tell of its cache, for tests of how it is shown. docs/command.md shows it.
#pragma once

#include <optional>
#include <string>

#include "client/quotes.hpp"
#include "quotecache/cache.hpp"
#include "quotecache/health.hpp"
#include "quotecache/purge.hpp"

namespace quotecache::test {

inline Health sample_health() {
  const auto ok = HealthStatus::Healthy;
  const auto at = kFetchedAt;
  return {
      HealthStatus::Degraded,
      "1.0.0",
      {{"upstream", ok, "0 of 20 recent calls failed", std::nullopt, "", at},
       {"upstream:responseTime",
        ok,
        "median of the recent answers; the slowest took 350 ms",
        210,
        "ms",
        at},
       {"credits:month", ok, "62 % of its credits used in 64 % of the month", 62, "percent", at},
       {"memory:responseTime", ok, "wrote, read and deleted a copy", 0, "ms", at},
       {"redis:responseTime", HealthStatus::Degraded, "Connection refused", std::nullopt, "", at},
       {"sqlite:responseTime", ok, "wrote, read and deleted a copy", 3, "ms", at},
       {"ledger", ok, "it is written", std::nullopt, "", at},
       {"disk:free", ok, "9120 MiB free for the database", 9'563'013'120, "bytes", at},
       {"clock", ok, "it goes evenly", std::nullopt, "", at},
       {"copies:runway",
        ok,
        "without upstream half of 412 copies in memory last 23 h, the last 24 h",
        82'800,
        "s",
        at},
       {"engine:responseTime", ok, "it looked at all parts 0 s ago", 412, "ms", at}},
      ""};
}

inline TierStats tier_of(const char* name, std::int64_t answered, std::int64_t bytes) {
  TierStats tier;
  tier.tier = name;
  tier.answered = answered;
  tier.entries = 30;
  tier.bytes = bytes;
  return tier;
}

inline CacheStats sample_stats() {
  CacheStats stats;
  stats.at = kFetchedAt;
  stats.requests = {9'000, 120, 700, 30, 4, 2, 1};
  stats.tiers = {tier_of("memory", 8'990, 1'405'776), tier_of("sqlite", 12, 241'311)};
  stats.tiers[1].found = 12;
  stats.tiers[1].not_found = 700;
  stats.today = CreditsSpent{11, std::nullopt};
  stats.month = CreditsSpent{2'110, 300'000};
  stats.upstream_average_ms = 210;
  return stats;
}

inline Explanation sample_explanation() {
  Explanation given;
  given.at = kFetchedAt;
  given.target = "/v2/cryptocurrency/quotes/latest?id=1&skip_invalid=true";
  given.endpoint = "v2.quotes";
  CopyInfo copy;
  copy.tier = "memory";
  copy.key = "qc1:v2.quotes:id:1:USD:-";
  copy.state = "fresh";
  copy.age_s = 12.3;
  copy.fetched_at = kFetchedAt;
  copy.fresh_until = copy.stale_until = kFetchedAt + std::chrono::seconds(60);
  copy.bytes = 900;
  given.copies = {copy};
  given.answer = copy;
  given.last_call = LastCall{kFetchedAt, "miss", 1, 2, 98};
  given.popularity = Popularity{1'440, 0.02, kFetchedAt};
  given.next_refresh = copy.fresh_until;
  given.next_refresh_why = "popular: renewed just before it ends";
  return given;
}

inline PurgeReport sample_purge() {
  PurgeReport report;
  report.entries = 11;
  report.memory = 6;
  report.sqlite = 10;
  report.kept = true;
  report.others = "confirmed";
  report.confirmed = {"desk-2"};
  return report;
}

}  // namespace quotecache::test
