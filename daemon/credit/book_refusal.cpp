#include "credit/book_refusal.hpp"

#include <algorithm>

#include <fmt/chrono.h>

namespace quotecached::credit {
namespace {

// When credits that calls under way hold may be free again.
constexpr std::chrono::seconds kSettleSoon{1};

double used_share(const ledger::WindowUse& use) {
  if (use.cap == 0) return 0;
  return static_cast<double>(use.spent + use.held) / static_cast<double>(use.cap);
}

}  // namespace

std::string utc(TimePoint time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", std::chrono::floor<std::chrono::seconds>(time));
}

Book::NotAdmitted refusal_of(const Closed& closed) {
  Book::NotAdmitted refusal;
  const bool is_key = closed.closure == ledger::Closure::Key;
  refusal.error.code = is_key ? ErrorCode::Unavailable : ErrorCode::Exhausted;
  refusal.error.message =
      fmt::format("{} (error {}) until {}",
                  is_key ? "the provider refuses the key" : "the provider's limit is reached",
                  closed.error_code,
                  utc(closed.until));
  refusal.closure = closed.closure;
  refusal.error_code = closed.error_code;
  refusal.until = closed.until;
  return refusal;
}

Book::NotAdmitted refusal_of(const ledger::Ledger::NoRoom& ledger, TimePoint now) {
  Book::NotAdmitted refusal;
  refusal.error = {ErrorCode::Exhausted,
                   fmt::format("the {}'s {} until {}",
                               to_string(ledger.window),
                               ledger.is_reserve ? "rest is reserved" : "budget is spent",
                               utc(ledger.until))};
  refusal.closure = ledger::closure_of(ledger.window);
  refusal.until = ledger.is_held ? std::min(ledger.until, now + kSettleSoon) : ledger.until;
  return refusal;
}

Book::NotAdmitted refusal_by_policy(const pacing::SpendPolicy& policy,
                                    const ledger::WindowUses& uses) {
  const auto& day = uses[static_cast<std::size_t>(ledger::WindowKind::Day)];
  const auto& month = uses[static_cast<std::size_t>(ledger::WindowKind::Month)];
  const bool is_month = used_share(month) >= 1 || used_share(month) > used_share(day);
  const auto& fuller = is_month ? month : day;
  Book::NotAdmitted refusal;
  refusal.closure = is_month ? ledger::Closure::Month : ledger::Closure::Day;
  // Where nothing is left it is the window that refuses, though the mode was asked first.
  refusal.is_by_mode = used_share(fuller) < 1;
  refusal.until = policy.until.value_or(fuller.window.end);
  refusal.error = {ErrorCode::Exhausted,
                   refusal.is_by_mode ? fmt::format("the spend mode is {}", to_string(policy.mode))
                                      : fmt::format("the {}'s budget is spent until {}",
                                                    is_month ? "month" : "day",
                                                    utc(fuller.window.end))};
  return refusal;
}

}  // namespace quotecached::credit
