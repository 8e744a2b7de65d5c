#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/ascii.hpp"
#include "settings/address.hpp"
#include "settings/draft.hpp"
#include "settings/suggest.hpp"

namespace quotecached::settings {
namespace {

constexpr std::size_t kThresholds = 3;

// A number of `least` to `most` digits at the start of `text`, which is then shortened by it.
std::optional<unsigned> take_number(std::string_view& text, std::size_t least, std::size_t most) {
  unsigned number = 0;
  const auto* const end = text.data() + std::min(text.size(), most);
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const auto digits = static_cast<std::size_t>(rest - text.data());
  if (error != std::errc() || digits < least) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

// "5 05:30".
std::optional<BillingAnchor> parse_anchor(std::string_view text) {
  const auto day = take_number(text, 1, 2);
  if (!day || *day < 1 || *day > 31 || !take(text, ' ')) return std::nullopt;
  const auto hour = take_number(text, 2, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2, 2);
  if (!minute || *minute > 59 || !text.empty()) return std::nullopt;
  return BillingAnchor{*day, std::chrono::hours(*hour) + std::chrono::minutes(*minute)};
}

void check_plan(Draft& draft, std::span<const std::string_view> plans) {
  std::vector<std::string> known = {"auto", "explicit"};
  known.insert(known.end(), plans.begin(), plans.end());
  const std::string& plan = draft.settings.credits.plan;
  if (std::ranges::find(known, plan) == known.end())
    draft.wrong("credits.plan",
                fmt::format("\"{}\" is no plan (there are: {}){}",
                            plan,
                            fmt::join(known, ", "),
                            suggestion(plan, known)));
}

void check_thresholds(Draft& draft) {
  const auto& thresholds = draft.settings.credits.thresholds;
  const bool is_ascending =
      std::ranges::adjacent_find(thresholds, std::greater_equal()) == thresholds.end();
  if (thresholds.size() != kThresholds || !is_ascending)
    draft.wrong("credits.thresholds", "must be three ascending shares, such as [0.8, 0.9, 1.0]");
}

// Money is counted to the billionth, and a price that is less would pass for none.
void check_money(Draft& draft) {
  constexpr std::size_t kLongest = 5;  // "USDT" is no currency, but paid with
  const Credits& credits = draft.settings.credits;
  if (credits.price_per_credit > 0 && credits.price_per_credit < 1e-9)
    draft.wrong("credits.price_per_credit", "must be 0 or at least 0.000000001");
  const std::string& name = credits.currency;
  if (name.empty()) return;
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (name.size() < 3 || name.size() > kLongest || !std::ranges::all_of(name, is_capital))
    return draft.wrong("credits.currency", "must be three to five capital letters such as \"USD\"");
  if (credits.price_per_credit <= 0)
    draft.wrong("credits.currency", "is of no use without credits.price_per_credit");
}

bool is_unfit_for_url(char c) { return !is_visible(c) || c == '#'; }

void check_webhook(Draft& draft) {
  constexpr std::string_view key = "alerts.webhook";
  const Alerts& alerts = draft.settings.alerts;
  if (alerts.webhook.empty()) {
    if (!alerts.webhook_secret_file.empty())
      draft.wrong("alerts.webhook_secret_file", "is of no use without alerts.webhook");
    return;
  }
  if (std::ranges::any_of(alerts.webhook, is_unfit_for_url))
    return draft.wrong(key, "must be printable ASCII without blanks and '#'");
  const auto url = parse_url(alerts.webhook);
  if (!url) return draft.wrong(key, url.error().message);
  if (url->has_user) return draft.wrong(key, "must not hold a user name or password");
  if (url->scheme != "https" && !(url->scheme == "http" && is_loopback(url->host)))
    draft.wrong(key, "must be https:// (http:// is taken for loopback only)");
}

void check_command(Draft& draft) {
  const auto& command = draft.settings.alerts.command;
  if (!command.empty() && command.front().empty())
    draft.wrong("alerts.command", "must start with a program");
}

}  // namespace

void check_credits(Draft& draft, std::span<const std::string_view> plans) {
  if (draft.are_sound({"credits.plan"})) check_plan(draft, plans);
  if (draft.are_sound({"credits.thresholds"})) check_thresholds(draft);
  if (draft.are_sound({"credits.price_per_credit", "credits.currency"})) check_money(draft);
  if (draft.are_sound({"alerts.webhook"})) check_webhook(draft);
  if (draft.are_sound({"alerts.command"})) check_command(draft);
  if (!draft.are_sound({"credits.billing_anchor"})) return;
  const auto anchor = parse_anchor(draft.settings.credits.billing_anchor);
  if (anchor) {
    draft.settings.credits.anchor = *anchor;
  } else {
    draft.wrong("credits.billing_anchor",
                "must be a day of the month and a time, UTC, such as \"5 05:30\"");
  }
}

}  // namespace quotecached::settings
