#include <utility>

#include "src/documents.hpp"
#include "src/json_fields.hpp"

namespace quotecache {
namespace {

TierStats read_tier(const JsonFields& fields) {
  TierStats tier;
  tier.tier = fields.text("tier");
  tier.up = fields.boolean("up");
  tier.error = fields.text("error");
  tier.answered = fields.integer("answered");
  tier.found = fields.optional_integer("found");
  tier.not_found = fields.optional_integer("not_found");
  tier.entries = fields.optional_integer("entries");
  tier.bytes = fields.optional_integer("bytes");
  return tier;
}

std::optional<CreditsSpent> read_spent(const JsonFields& fields, const char* name) {
  const auto window = fields.optional_object(name);
  if (!window) return std::nullopt;
  return CreditsSpent{window->integer("spent"), window->optional_integer("cap")};
}

CacheStats read_stats_members(const JsonFields& fields) {
  CacheStats stats;
  stats.at = fields.time("at");
  const auto requests = fields.object("requests");
  stats.requests = {requests.integer("hit"),
                    requests.integer("stale"),
                    requests.integer("miss"),
                    requests.integer("partial"),
                    requests.integer("forwarded"),
                    requests.integer("refused"),
                    requests.integer("failed")};
  stats.tiers = fields.list("tiers", &read_tier);
  const auto credits = fields.object("credits");
  stats.today = read_spent(credits, "today");
  stats.month = read_spent(credits, "month");
  const auto upstream = fields.object("upstream");
  stats.upstream_up = upstream.boolean("up");
  stats.upstream_error = upstream.text("error");
  stats.upstream_average_ms = upstream.integer("average_ms");
  stats.purges = fields.integer("purges");
  return stats;
}

CopyInfo read_copy(const JsonFields& fields) {
  CopyInfo copy;
  copy.tier = fields.text("tier");
  copy.key = fields.text("key");
  copy.state = fields.text("state");
  copy.age_s = fields.number("age_s");
  copy.fetched_at = fields.time("fetched_at");
  copy.fresh_until = fields.time("fresh_until");
  copy.stale_until = fields.time("stale_until");
  copy.bytes = fields.integer("bytes");
  return copy;
}

Explanation read_explanation_members(const JsonFields& fields) {
  Explanation given;
  given.at = fields.time("at");
  given.target = fields.text("target");
  given.endpoint = fields.text("endpoint");
  if (const auto answer = fields.optional_object("answer")) given.answer = read_copy(*answer);
  given.copies = fields.list("copies", &read_copy);
  given.tiers_down = fields.texts("tiers_down");
  if (const auto call = fields.optional_object("last_call"))
    given.last_call = LastCall{call->time("at"),
                               call->text("cause"),
                               call->integer("credits"),
                               call->integer("assets"),
                               call->integer("riding")};
  if (const auto asks = fields.optional_object("popularity"))
    given.popularity = Popularity{
        asks->number("asks_a_day"), asks->number("asks_a_second"), asks->time("last_asked")};
  const auto next = fields.object("next_refresh");
  given.next_refresh = next.optional_time("at");
  given.next_refresh_why = next.text("why");
  return given;
}

}  // namespace

Result<CacheStats> read_stats(std::string document) {
  auto stats = read_json(document, &read_stats_members);
  if (stats) stats->document = std::move(document);
  return stats;
}

Result<Explanation> read_explanation(std::string document) {
  auto given = read_json(document, &read_explanation_members);
  if (given) given->document = std::move(document);
  return given;
}

}  // namespace quotecache
