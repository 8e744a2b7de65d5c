#include "admin/explain.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "admin/wrong.hpp"
#include "base/ascii.hpp"
#include "base/json_writer.hpp"
#include "catalog/query.hpp"

namespace quotecached::admin {
namespace {

constexpr std::size_t kLongestWord = 200;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestWord && std::ranges::all_of(text, is_visible);
}

Result<void> take_asset(std::string_view text, ExplainQuery& query) {
  const auto colon = text.find(':');
  query.kind = colon == std::string_view::npos ? std::string() : std::string(text.substr(0, colon));
  query.asset = colon == std::string_view::npos ? text : text.substr(colon + 1);
  if (query.kind.empty()) query.kind = std::ranges::all_of(query.asset, is_digit) ? "id" : "symbol";
  const bool is_kind = query.kind == "id" || query.kind == "symbol" || query.kind == "slug";
  if (!is_kind || !is_name(query.asset) || query.asset.find(',') != std::string::npos)
    return wrong("asset takes one asset: 1, BTC or slug:bitcoin");
  return {};
}

Result<void> take(std::string_view name, std::string_view text, ExplainQuery& query) {
  if (name == "asset") return take_asset(text, query);
  if (name != "convert" && name != "endpoint")
    return wrong(fmt::format("unknown parameter '{}': this route takes asset, convert and endpoint",
                             printable_part(name, 40)));
  if (!is_name(text)) return wrong(fmt::format("{} takes one name", name));
  (name == "convert" ? query.convert : query.endpoint) = text;
  return {};
}

std::string_view word_of(CopyState state) {
  switch (state) {
    case CopyState::Fresh: return "fresh";
    case CopyState::Stale: return "stale";
    case CopyState::Negative: return "no such asset";
    case CopyState::Expired: return "expired";
    case CopyState::Purged: break;
  }
  return "purged";
}

bool answers_at_once(CopyState state) {
  return state == CopyState::Fresh || state == CopyState::Negative;
}

NextRefresh of_copy(const Explanation& given, const CopySeen& copy) {
  const auto& rules = given.policy.rules;
  const bool is_fresh = answers_at_once(copy.state);
  const auto priced = given.policy.price.count() > 0
                          ? fmt::format(", once that is worth a credit ({:.0f} s of age)",
                                        given.policy.price.count())
                          : std::string();
  if (rules.ahead && given.renews_ahead && !given.kept_warm.empty())
    return {copy.fresh_until, "it is kept warm: " + given.kept_warm};
  const double fresh = pacing::Age(copy.fresh_until - copy.fetched_at).count();
  const double asks = given.popularity ? given.popularity->asks_a_second * fresh : 0;
  if (rules.ahead && given.renews_ahead && is_fresh && asks >= given.fewest_asks)
    return {copy.fresh_until,
            fmt::format("it is popular: {:.1f} asks are expected while a copy is fresh", asks) +
                priced};
  if (rules.refreshes == pacing::Refreshes::None)
    return {std::nullopt, "the spend mode pays for no refresh"};
  if (is_fresh) return {std::nullopt, "the first ask after fresh_until has it renewed" + priced};
  return {std::nullopt, "the next ask has it renewed" + priced};
}

void write_copy(JsonWriter& json, const CopySeen& copy, TimePoint now) {
  json.begin_object().key("tier").text(copy.tier).key("key").text(copy.key);
  json.key("state").text(word_of(copy.state));
  json.key("age_s").number(pacing::Age(now - copy.fetched_at).count());
  json.key("fetched_at").time(copy.fetched_at).key("fresh_until").time(copy.fresh_until);
  json.key("stale_until").time(copy.stale_until);
  json.key("bytes").integer(static_cast<std::int64_t>(copy.bytes)).end_object();
}

void write_call(JsonWriter& json, const std::optional<CallSeen>& call) {
  json.key("last_call");
  if (!call) {
    json.null();
    return;
  }
  json.begin_object().key("at").time(call->at).key("cause").text(call->cause);
  json.key("credits").integer(call->credits).key("assets").integer(call->assets);
  json.key("riding").integer(call->riding).end_object();
}

void write_popularity(JsonWriter& json, const std::optional<PopularitySeen>& asks) {
  json.key("popularity");
  if (!asks) {
    json.null();
    return;
  }
  json.begin_object().key("asks_a_day").number(asks->asks_a_day, 1);
  json.key("asks_a_second").number(asks->asks_a_second, 4);
  json.key("last_asked").time(asks->last_asked).end_object();
}

}  // namespace

Result<ExplainQuery> parse_explain_query(std::string_view query) {
  ExplainQuery wanted;
  std::set<std::string_view> seen;
  catalog::Pair pair;
  std::vector<char> storage;
  while (catalog::next_pair(query, pair)) {
    if (!seen.insert(pair.name).second)
      return wrong(fmt::format("{} is given twice", printable_part(pair.name, 40)));
    catalog::Arena arena(storage, pair.value.size());
    const auto text = catalog::decode(pair.value, arena);
    if (!text) return wrong(fmt::format("{} has a broken escape", printable_part(pair.name, 40)));
    auto taken = take(pair.name, *text, wanted);
    if (!taken) return std::move(taken).failure();
  }
  if (wanted.asset.empty()) return wrong("asset is needed");
  return wanted;
}

std::optional<std::size_t> answering(const std::vector<CopySeen>& copies) {
  std::optional<std::size_t> stale;
  for (std::size_t i = 0; i < copies.size(); ++i) {
    if (answers_at_once(copies[i].state)) return i;
    if (copies[i].state != CopyState::Stale) continue;
    if (!stale || copies[i].fetched_at > copies[*stale].fetched_at) stale = i;
  }
  return stale;
}

NextRefresh next_refresh(const Explanation& explanation) {
  if (explanation.answers) return of_copy(explanation, explanation.copies[*explanation.answers]);
  if (!explanation.policy.rules.misses)
    return {std::nullopt, "the spend mode pays for nothing: there is no copy, and none is fetched"};
  if (explanation.policy.rules.ahead && explanation.renews_ahead && !explanation.kept_warm.empty())
    return {explanation.at, "it is kept warm: " + explanation.kept_warm};
  return {std::nullopt, "there is no copy: the next ask has it fetched"};
}

std::string to_json(const Explanation& given) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("at").time(given.at).key("target").text(given.target);
  json.key("endpoint").text(given.endpoint).key("keys").begin_array();
  for (const auto& key : given.keys) json.text(key);
  json.end_array().key("answer");
  if (given.answers) {
    write_copy(json, given.copies[*given.answers], given.at);
  } else {
    json.null();
  }
  json.key("copies").begin_array();
  for (const auto& copy : given.copies) write_copy(json, copy, given.at);
  json.end_array().key("tiers_down").begin_array();
  for (const auto& tier : given.tiers_down) json.text(tier);
  json.end_array();
  write_call(json, given.call);
  write_popularity(json, given.popularity);
  const auto next = next_refresh(given);
  json.key("next_refresh").begin_object().key("at").time(next.at).key("why").text(next.why);
  json.end_object().end_object();
  return out;
}

}  // namespace quotecached::admin
