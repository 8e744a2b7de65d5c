#include "cli/cache_csv.hpp"

#include <string_view>

#include "cli/csv.hpp"

namespace quotecache::cli {
namespace {

template <class T>
void put_pair(Csv& csv, std::string_view name, const T& value) {
  csv.field(name).field(value).end_line();
}

std::string_view truth(bool is_so) { return is_so ? "true" : "false"; }

void put_requests(Csv& csv, const RequestCounts& counts) {
  put_pair(csv, "requests.hit", counts.hit);
  put_pair(csv, "requests.stale", counts.stale);
  put_pair(csv, "requests.miss", counts.miss);
  put_pair(csv, "requests.partial", counts.partial);
  put_pair(csv, "requests.forwarded", counts.forwarded);
  put_pair(csv, "requests.refused", counts.refused);
  put_pair(csv, "requests.failed", counts.failed);
}

void put_tier(Csv& csv, const TierStats& tier) {
  const std::string path = "tiers." + tier.tier + ".";
  put_pair(csv, path + "up", truth(tier.up));
  put_pair(csv, path + "error", std::string_view(tier.error));
  put_pair(csv, path + "answered", tier.answered);
  put_pair(csv, path + "found", tier.found);
  put_pair(csv, path + "not_found", tier.not_found);
  put_pair(csv, path + "entries", tier.entries);
  put_pair(csv, path + "bytes", tier.bytes);
}

void put_spent(Csv& csv, const std::string& path, const std::optional<CreditsSpent>& window) {
  put_pair(csv, path + ".spent", window ? std::optional(window->spent) : std::nullopt);
  put_pair(csv, path + ".cap", window ? window->cap : std::nullopt);
}

// What holds of the asset, whichever copy is looked at.
void put_asset(Csv& csv, const Explanation& given) {
  csv.field(given.at).field(std::string_view(given.target)).field(std::string_view(given.endpoint));
}

void put_copy(Csv& csv, const Explanation& given, const CopyInfo& copy) {
  const bool answers =
      given.answer && given.answer->tier == copy.tier && given.answer->key == copy.key;
  csv.field(std::string_view(copy.tier)).field(std::string_view(copy.key));
  csv.field(std::string_view(copy.state)).field(truth(answers)).field(copy.age_s);
  csv.field(copy.fetched_at).field(copy.fresh_until).field(copy.stale_until).field(copy.bytes);
}

void put_no_copy(Csv& csv) {
  for (int column = 0; column < 9; ++column) csv.field(std::string_view());
}

void put_outlook(Csv& csv, const Explanation& given) {
  const auto& call = given.last_call;
  csv.field(call ? std::optional(call->at) : std::nullopt);
  csv.field(call ? std::string_view(call->cause) : std::string_view());
  csv.field(call ? std::optional(call->credits) : std::nullopt);
  csv.field(given.popularity ? std::optional(given.popularity->asks_a_day) : std::nullopt);
  csv.field(given.next_refresh).field(std::string_view(given.next_refresh_why)).end_line();
}

}  // namespace

std::string stats_csv(const CacheStats& stats) {
  Csv csv({"name", "value"});
  put_pair(csv, "at", stats.at);
  put_requests(csv, stats.requests);
  for (const auto& tier : stats.tiers) put_tier(csv, tier);
  put_spent(csv, "credits.today", stats.today);
  put_spent(csv, "credits.month", stats.month);
  put_pair(csv, "upstream.up", truth(stats.upstream_up));
  put_pair(csv, "upstream.error", std::string_view(stats.upstream_error));
  put_pair(csv, "upstream.average_ms", stats.upstream_average_ms);
  put_pair(csv, "purges", stats.purges);
  return std::move(csv).text();
}

std::string explanation_csv(const Explanation& given) {
  Csv csv({"at",
           "target",
           "endpoint",
           "tier",
           "key",
           "state",
           "answers",
           "age",
           "fetched_at",
           "fresh_until",
           "stale_until",
           "bytes",
           "last_call",
           "last_call_cause",
           "last_call_credits",
           "asks_a_day",
           "next_refresh",
           "next_refresh_why"});
  for (const auto& copy : given.copies) {
    put_asset(csv, given);
    put_copy(csv, given, copy);
    put_outlook(csv, given);
  }
  if (given.copies.empty()) {
    put_asset(csv, given);
    put_no_copy(csv);
    put_outlook(csv, given);
  }
  return std::move(csv).text();
}

}  // namespace quotecache::cli
