#include "model/seen.hpp"

#include <cstdlib>
#include <stdexcept>

#include "e2e/json_text.hpp"

namespace quotecached::model {

namespace {

using test::json_members;
using test::json_text;
using test::json_value;

std::optional<long> number_after(const std::string& text, std::string_view label) {
  const auto at = text.find(label);
  if (at == std::string::npos) return std::nullopt;
  return std::strtol(text.c_str() + at + label.size(), nullptr, 10);
}

bool is_object(std::string_view value) { return !value.empty() && value.front() == '{'; }
bool is_list(std::string_view value) { return !value.empty() && value.front() == '['; }

void read_asset(std::string_view object, Seen& seen) {
  auto quotes = json_value(object, "quote");
  if (quotes.empty()) quotes = json_value(object, "quotes");
  if (!is_object(quotes) && !is_list(quotes)) return;
  for (const auto& quote : json_members(quotes)) {
    SeenPrice price;
    price.asset = std::atoi(json_text(object, "id").c_str());
    price.symbol = json_text(object, "symbol");
    price.slug = json_text(object, "slug");
    price.currency = is_object(quotes) ? std::string(quote.name) : json_text(quote.value, "symbol");
    price.text = json_value(quote.value, "price");
    seen.prices.push_back(std::move(price));
  }
}

void read_data(std::string_view data, Seen& seen) {
  seen.has_data = is_object(data) || is_list(data);
  if (!seen.has_data) return;
  for (const auto& member : json_members(data)) {
    if (is_object(member.value)) read_asset(member.value, seen);
    if (!is_list(member.value)) continue;
    for (const auto& namesake : json_members(member.value)) read_asset(namesake.value, seen);
  }
}

}  // namespace

Seen read_answer(const Question& question, const RawAnswer& answer) {
  Seen seen;
  seen.question = question;
  seen.status = answer.status;
  seen.left_out = answer.left_out;
  seen.says_stale = answer.warning.starts_with("110");
  if (!answer.age.empty()) seen.age = std::strtol(answer.age.c_str(), nullptr, 10);
  seen.max_age = number_after(answer.cache_control, "max-age=");
  seen.ttl = number_after(answer.cache_status, "ttl=");
  seen.headers = "Age: " + answer.age + "; " + answer.cache_control + "; " + answer.cache_status +
                 "; Warning: " + answer.warning;
  try {
    const auto credits = json_text(json_value(answer.body, "status"), "credit_count");
    seen.credits = std::strtoll(credits.c_str(), nullptr, 10);
    if (seen.status == 200) read_data(json_value(answer.body, "data"), seen);
  } catch (const std::runtime_error&) {
    seen.has_data = false;  // not JSON
  }
  return seen;
}

}  // namespace quotecached::model
