#include "provider/cmc_key_info.hpp"

#include <charconv>
#include <cmath>
#include <string_view>

#include <simdjson.h>

#include "base/iso_time.hpp"

namespace quotecached::provider::cmc {
namespace {

namespace dom = simdjson::dom;

// Far beyond any plan, and far from overflow when added up.
constexpr std::int64_t kMostCreditsOfPlan = 1'000'000'000'000;

std::optional<std::int64_t> in_range(std::int64_t number) {
  if (number < 0 || number > kMostCreditsOfPlan) return std::nullopt;
  return number;
}

// As a number, with a fraction of nothing, or as text.
std::optional<std::int64_t> read_count(dom::element parent, std::string_view path) {
  dom::element value;
  if (parent.at_pointer(path).get(value) != simdjson::SUCCESS) return std::nullopt;
  std::int64_t number = 0;
  if (value.get_int64().get(number) == simdjson::SUCCESS) return in_range(number);
  double fraction = 0;
  if (value.get_double().get(fraction) == simdjson::SUCCESS) {
    if (!(fraction >= 0 && fraction <= static_cast<double>(kMostCreditsOfPlan)))
      return std::nullopt;
    if (std::trunc(fraction) != fraction) return std::nullopt;
    return static_cast<std::int64_t>(fraction);
  }
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return in_range(number);
}

std::optional<TimePoint> read_time(dom::element parent, std::string_view path) {
  std::string_view text;
  if (parent.at_pointer(path).get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  return parse_iso_time(text);
}

}  // namespace

Result<KeyInfo> read_key_info(std::string& body) {
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  dom::parser parser;
  dom::element data;
  const auto document = parser.parse(body.data(), body.size(), false);
  if (document.at_key("data").get(data) != simdjson::SUCCESS || !data.is_object()) {
    return fail(ErrorCode::Invalid, "key/info: no data that can be read");
  }
  KeyInfo info;
  info.requests_per_minute = read_count(data, "/plan/rate_limit_minute");
  info.credits_per_day = read_count(data, "/plan/credit_limit_daily");
  info.credits_per_month = read_count(data, "/plan/credit_limit_monthly");
  info.day_resets_at = read_time(data, "/plan/credit_limit_daily_reset_timestamp");
  info.month_resets_at = read_time(data, "/plan/credit_limit_monthly_reset_timestamp");
  info.requests_this_minute = read_count(data, "/usage/current_minute/requests_made");
  info.credits_today = read_count(data, "/usage/current_day/credits_used");
  info.credits_this_month = read_count(data, "/usage/current_month/credits_used");
  return info;
}

}  // namespace quotecached::provider::cmc
