#include "admin/stats.hpp"

#include "base/json_writer.hpp"

namespace quotecached::admin {
namespace {

std::int64_t whole(std::uint64_t number) { return static_cast<std::int64_t>(number); }

std::optional<std::int64_t> whole(std::optional<std::uint64_t> number) {
  return number ? std::optional(whole(*number)) : std::nullopt;
}

void write_tier(JsonWriter& json, const TierStats& tier) {
  json.begin_object().key("tier").text(tier.name).key("up").boolean(tier.is_up);
  json.key("error").text(tier.error).key("answered").integer(whole(tier.answered));
  json.key("found").integer(whole(tier.found)).key("not_found").integer(whole(tier.not_found));
  json.key("entries").integer(whole(tier.entries)).key("bytes").integer(whole(tier.bytes));
  json.end_object();
}

void write_window(JsonWriter& json,
                  std::string_view name,
                  const std::optional<WindowStats>& window) {
  json.key(name);
  if (!window) {
    json.null();
    return;
  }
  json.begin_object().key("spent").integer(window->spent);
  json.key("cap").integer(window->cap).end_object();
}

}  // namespace

std::string to_json(const Stats& stats) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("at").time(stats.at).key("requests").begin_object();
  for (const auto& [outcome, requests] : stats.requests) json.key(outcome).integer(whole(requests));
  json.end_object().key("tiers").begin_array();
  for (const auto& tier : stats.tiers) write_tier(json, tier);
  json.end_array().key("credits").begin_object();
  write_window(json, "today", stats.day);
  write_window(json, "month", stats.month);
  json.end_object().key("upstream").begin_object();
  json.key("up").boolean(stats.is_upstream_up).key("error").text(stats.upstream_error);
  json.key("average_ms").integer(std::int64_t{stats.upstream_latency.count()});
  json.end_object().key("purges").integer(whole(stats.purges)).end_object();
  return out;
}

}  // namespace quotecached::admin
