#include "plan.hpp"

#include <algorithm>
#include <array>

#include "api_error.hpp"

namespace cmcsim {

namespace {

struct Plan {
  std::string_view name;
  PlanLimits limits;
};

// Monthly credits and minute limits as published or seen in key/info.
constexpr std::array<Plan, 8> kPlans{{
    {"unlimited", {0, 0, 0}},
    {"basic", {50, 0, 15000}},
    {"basic2023", {30, 0, 10000}},
    {"hobbyist", {30, 0, 110000}},
    {"startup", {30, 0, 300000}},
    {"standard", {60, 0, 1200000}},
    {"professional", {90, 0, 3000000}},
    {"enterprise", {120, 0, 30000000}},
}};

// Without a key list any key has an account; past this many, new keys share one.
constexpr std::size_t kMaxAccounts = 10000;

bool would_pass(std::int64_t limit, std::int64_t used, std::int64_t more) {
  return limit > 0 && used + more > limit;
}

}  // namespace

std::int64_t credits_for(const Endpoint& endpoint, std::size_t items, std::size_t converts) {
  if (endpoint.call == Call::KeyInfo) return 0;
  std::size_t credits = 1;
  if (endpoint.items_per_credit > 0) {
    const std::size_t step = endpoint.items_per_credit;
    credits = std::max<std::size_t>(1, (items + step - 1) / step);
  }
  const std::size_t extra = converts > 1 ? converts - 1 : 0;
  return static_cast<std::int64_t>(credits + extra);
}

std::optional<PlanLimits> limits_of_plan(std::string_view name) {
  const auto* const plan = std::ranges::find(kPlans, name, &Plan::name);
  if (plan == kPlans.end()) return std::nullopt;
  return plan->limits;
}

TimePoint next_month(TimePoint now) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(now));
  const auto next = date.year() / date.month() / 1 + std::chrono::months(1);
  return std::chrono::sys_days(next);
}

Accounts::Account& Accounts::current(const std::string& key, TimePoint now) {
  const bool full = accounts_.size() >= kMaxAccounts && !accounts_.contains(key);
  Account& account = accounts_[full ? std::string() : key];
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(now));
  const std::int64_t minute =
      std::chrono::floor<std::chrono::minutes>(now).time_since_epoch().count();
  const std::int64_t day = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
  const std::int64_t month =
      static_cast<int>(date.year()) * std::int64_t{12} + static_cast<unsigned>(date.month());
  if (account.minute != minute) account.usage.calls_this_minute = 0;
  if (account.day != day) account.usage.credits_today = 0;
  if (account.month != month) account.usage.credits_this_month = 0;
  account.minute = minute;
  account.day = day;
  account.month = month;
  return account;
}

void Accounts::count_call(const std::string& key, TimePoint now) {
  Usage& usage = current(key, now).usage;
  ++usage.calls_this_minute;
  if (would_pass(limits_.calls_per_minute, usage.calls_this_minute, 0)) throw account_error(1008);
}

void Accounts::charge(const std::string& key, std::int64_t credits, TimePoint now) {
  Usage& usage = current(key, now).usage;
  if (credits == 0) return;
  if (would_pass(limits_.credits_per_day, usage.credits_today, credits)) throw account_error(1009);
  if (would_pass(limits_.credits_per_month, usage.credits_this_month, credits)) {
    throw account_error(1010);
  }
  usage.credits_today += credits;
  usage.credits_this_month += credits;
}

Usage Accounts::usage(const std::string& key, TimePoint now) { return current(key, now).usage; }

}  // namespace cmcsim
