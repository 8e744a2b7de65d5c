// Money: what the upstream counted against what the ledger says, tokens' budgets, and what clients
// were told. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/call.hpp"
#include "model/finding.hpp"
#include "model/seen.hpp"

namespace quotecached::model {

// A call as the ledger has it.
struct BookedCall {
  std::string day;     // "2026-11-29", by the daemon's clock
  std::string client;  // the token's name
  std::string cause;
  std::string state;
  std::int64_t credits = 0;
};

struct Ledger {
  std::vector<BookedCall> calls{};
  // Of the current day; unset when the clock stepped back, after which windows only look forward.
  std::optional<std::int64_t> spent_today{};
  std::string today{};
};

struct AccountRules {
  bool is_killed = false;                         // calls may be booked that never left
  std::optional<std::int64_t> credits_per_day{};  // the account's own cap
};

// `calls` are those of this account, `answers` all that were given by its daemon; with kills, whose
// answers nobody got, these may say less.
[[nodiscard]] Findings check_accounts(std::span<const Call> calls,
                                      const Ledger& ledger,
                                      const AccountRules& rules);

// What a token spent of its budget on one day: as the ledger says, and as its answers said.
struct Spent {
  std::string client;
  std::string day;
  std::int64_t cap = 0;
  std::int64_t in_ledger = 0;
  std::int64_t in_answers = 0;
};
[[nodiscard]] Findings check_budgets(std::span<const Spent> spent);

// What the answers said that they cost, against the calls that clients caused: no more than all
// calls, no less than those for what nobody had a copy of.
[[nodiscard]] Findings check_answers(std::int64_t credits_in_answers, const Ledger& ledger);

}  // namespace quotecached::model
