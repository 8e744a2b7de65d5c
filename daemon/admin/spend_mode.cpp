#include "admin/spend_mode.hpp"

#include <simdjson.h>

#include "admin/duration.hpp"
#include "base/json_writer.hpp"
#include "credit/mode_order.hpp"

namespace quotecached::admin {
namespace {

constexpr milliseconds kDefaultLife = std::chrono::hours(1);
constexpr milliseconds kLeastLife = std::chrono::seconds(1);
constexpr milliseconds kMostLife = credit::kLongestOrder;

constexpr const char* kModes = "mode takes normal, economise, foreground_only, cache_only or auto";

Result<milliseconds> parse_life(simdjson::dom::element value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS)
    return fail(ErrorCode::Invalid, "for takes a duration such as \"2h\"");
  auto life = parse_duration(text);
  if (!life) return std::move(life).failure("for");
  if (*life < kLeastLife || *life > kMostLife)
    return fail(ErrorCode::Invalid, "for takes a duration from 1s to 31d");
  return life;
}

Result<void> parse_mode(simdjson::dom::element value, SpendModeOrder& order) {
  std::string_view word;
  if (value.get(word) != simdjson::SUCCESS) return fail(ErrorCode::Invalid, kModes);
  order.mode = pacing::parse_spend_mode(word);
  if (!order.mode && word != "auto") return fail(ErrorCode::Invalid, kModes);
  return {};
}

}  // namespace

Result<SpendModeOrder> parse_spend_mode_order(std::string_view body) {
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  const simdjson::padded_string text(body);
  if (parser.parse(text).get(members) != simdjson::SUCCESS)
    return fail(ErrorCode::Invalid, R"(expected {"mode":"cache_only","for":"2h"})");
  SpendModeOrder order;
  bool has_mode = false;
  std::optional<milliseconds> life;
  for (const auto member : members) {
    const bool is_again = (member.key == "mode" && has_mode) || (member.key == "for" && life);
    if (is_again) return fail(ErrorCode::Invalid, std::string(member.key) + " is given twice");
    if (member.key == "mode") {
      if (auto mode = parse_mode(member.value, order); !mode) return std::move(mode).failure();
      has_mode = true;
    } else if (member.key == "for") {
      auto parsed = parse_life(member.value);
      if (!parsed) return std::move(parsed).failure();
      life = *parsed;
    } else {
      return fail(ErrorCode::Invalid,
                  "unknown member '" + std::string(member.key) + "': mode and for are known");
    }
  }
  if (!has_mode) return fail(ErrorCode::Invalid, kModes);
  if (!order.mode && life) return fail(ErrorCode::Invalid, "auto takes no duration");
  if (order.mode) order.life = life.value_or(kDefaultLife);
  return order;
}

std::string to_json(const SpendModeOrder& order, TimePoint now) {
  std::optional<TimePoint> until;
  if (order.mode) until = now + order.life;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("name").text(order.mode ? pacing::to_string(*order.mode) : "auto");
  json.key("since").time(now);
  json.key("reason").text(order.mode ? "set by hand" : "");
  json.key("manual_until").time(until);
  json.end_object();
  return out;
}

}  // namespace quotecached::admin
