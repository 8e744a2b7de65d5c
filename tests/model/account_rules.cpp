#include "model/account_rules.hpp"

#include <algorithm>
#include <map>

namespace quotecached::model {

namespace {

std::int64_t charged_in(std::span<const Call> calls) {
  std::int64_t sum = 0;
  for (const Call& call : calls) sum += call.charged;
  return sum;
}

// What lost calls may count for beyond what they were charged.
std::int64_t allowance_for(std::span<const Call> calls) {
  std::int64_t sum = 0;
  for (const Call& call : calls) {
    if (is_lost(call.fate)) sum += worst_charge_for(call.question) - call.charged;
  }
  return sum;
}

// Those that a kill left open: booked at their worst case, whether they left or not.
std::int64_t lost_in(const Ledger& ledger) {
  std::int64_t sum = 0;
  for (const BookedCall& call : ledger.calls) {
    if (call.state == "lost") sum += call.credits;
  }
  return sum;
}

std::string numbers(std::int64_t upstream, std::int64_t ledger) {
  return "upstream counted " + std::to_string(upstream) + ", the ledger " + std::to_string(ledger);
}

void check_totals(std::span<const Call> calls,
                  const Ledger& ledger,
                  bool is_killed,
                  Findings& findings) {
  const auto seen = static_cast<std::int64_t>(calls.size());
  const auto booked = static_cast<std::int64_t>(ledger.calls.size());
  if (booked < seen || (booked > seen && !is_killed))
    findings.push_back({Rule::CallsUnbooked, numbers(seen, booked) + " calls"});
  std::int64_t credits = 0;
  for (const BookedCall& call : ledger.calls) credits += call.credits;
  const auto charged = charged_in(calls);
  const std::string text = numbers(charged, credits) + " credits";
  if (credits < charged) findings.push_back({Rule::CreditsUnbooked, text});
  const auto most = charged + allowance_for(calls) + lost_in(ledger);
  if (credits > most)
    findings.push_back({Rule::CreditsOverbooked, text + ", at most " + std::to_string(most)});
}

void check_today(const Ledger& ledger, Findings& findings) {
  if (!ledger.spent_today) return;
  std::int64_t credits = 0;
  for (const BookedCall& call : ledger.calls) {
    if (call.day == ledger.today) credits += call.credits;
  }
  const std::string text = "the day's window has " + std::to_string(*ledger.spent_today) +
                           ", its calls " + std::to_string(credits);
  if (*ledger.spent_today < credits) findings.push_back({Rule::CreditsUnbooked, text});
  if (*ledger.spent_today > credits) findings.push_back({Rule::CreditsOverbooked, text});
}

void check_cap(const Ledger& ledger, std::int64_t cap, Findings& findings) {
  std::map<std::string, std::int64_t> spent;  // by day
  for (const BookedCall& call : ledger.calls) spent[call.day] += call.credits;
  for (const auto& [day, credits] : spent) {
    if (credits <= cap) continue;
    findings.push_back({Rule::BudgetPassed,
                        "on " + day + " " + std::to_string(credits) + " credits were spent of " +
                            std::to_string(cap)});
  }
}

}  // namespace

Findings check_accounts(std::span<const Call> calls,
                        const Ledger& ledger,
                        const AccountRules& rules) {
  Findings findings;
  check_totals(calls, ledger, rules.is_killed, findings);
  check_today(ledger, findings);
  if (rules.credits_per_day) check_cap(ledger, *rules.credits_per_day, findings);
  return findings;
}

Findings check_budgets(std::span<const Spent> spent) {
  Findings findings;
  for (const Spent& of : spent) {
    if (std::max(of.in_ledger, of.in_answers) <= of.cap) continue;
    findings.push_back({Rule::BudgetPassed,
                        of.client + " on " + of.day + ": " + std::to_string(of.in_ledger) +
                            " credits in the ledger, " + std::to_string(of.in_answers) +
                            " in its answers, of " + std::to_string(of.cap)});
  }
  return findings;
}

Findings check_answers(std::int64_t credits_in_answers, const Ledger& ledger) {
  std::int64_t all = 0;
  std::int64_t least = 0;
  for (const BookedCall& call : ledger.calls) {
    all += call.credits;
    if (call.cause == "miss" || call.cause == "retry") least += call.credits;
  }
  if (credits_in_answers >= least && credits_in_answers <= all) return {};
  return {{Rule::AnswersOff,
           "answers said " + std::to_string(credits_in_answers) +
               " credits, calls for clients cost " + std::to_string(least) + ", all calls " +
               std::to_string(all)}};
}

}  // namespace quotecached::model
