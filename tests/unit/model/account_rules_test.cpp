#include <doctest/doctest.h>

#include "unit/model/builders.hpp"

namespace quotecached::model {
namespace {

const Question kOne{.kind = Kind::V2Quotes, .by = By::Id, .names = {"3"}, .currencies = {1}};
const Question kThree{
    .kind = Kind::V2Quotes, .by = By::Id, .names = {"3"}, .currencies = {1, 2, 3}};

const std::vector<Call> kCalls{good_call(0, kOne, milliseconds(1)),
                               good_call(1, kThree, milliseconds(2))};

BookedCall booked(std::int64_t credits, std::string client = "poor", std::string cause = "miss") {
  return {"2026-11-29", std::move(client), std::move(cause), "settled", credits};
}

Findings accounts(const std::vector<BookedCall>& rows,
                  std::optional<std::int64_t> today = {},
                  const AccountRules& rules = {}) {
  return check_accounts(
      kCalls, {.calls = rows, .spent_today = today, .today = "2026-11-29"}, rules);
}

TEST_SUITE("model::check_accounts") {
  TEST_CASE("a ledger that agrees is right") {
    CHECK(accounts({booked(1), booked(3)}).empty());
    CHECK(accounts({booked(1), booked(3)}, 4).empty());
  }

  TEST_CASE("a call or a credit too few or too many is found") {
    CHECK(rules_in(accounts({booked(4)})) == std::vector{Rule::CallsUnbooked});
    CHECK(rules_in(accounts({booked(1), booked(3), booked(0)})) ==
          std::vector{Rule::CallsUnbooked});
    CHECK(rules_in(accounts({booked(1), booked(2)})) == std::vector{Rule::CreditsUnbooked});
    CHECK(rules_in(accounts({booked(1), booked(4)})) == std::vector{Rule::CreditsOverbooked});
    CHECK(rules_in(accounts({booked(1), booked(3)}, 3)) == std::vector{Rule::CreditsUnbooked});
    CHECK(rules_in(accounts({booked(1), booked(3)}, 5)) == std::vector{Rule::CreditsOverbooked});
  }

  TEST_CASE("lost calls may count for the most that they may have cost, and no more") {
    Question symbols{.kind = Kind::V2Quotes, .by = By::Symbol, .currencies = {1}};
    for (int i = 0; i < 9; ++i) symbols.names.push_back("T" + std::to_string(i));
    Call lost = good_call(0, symbols, milliseconds(1));
    const std::vector calls{lost};
    const auto with = [&](Fate fate, std::int64_t credits) {
      lost.fate = fate;
      return check_accounts(std::vector{lost}, {.calls = {booked(credits)}}, {});
    };
    CHECK(with(Fate::HalfBody, 3).empty());  // nine symbols of 25 coins
    CHECK(rules_in(with(Fate::HalfBody, 4)) == std::vector{Rule::CreditsOverbooked});
    CHECK(rules_in(with(Fate::Good, 3)) == std::vector{Rule::CreditsOverbooked});
  }

  TEST_CASE("a kill may leave calls in the ledger that never left, and takes none out of it") {
    BookedCall open = booked(2);
    open.state = "lost";
    CHECK(accounts({booked(1), booked(3), open}, {}, {.is_killed = true}).empty());
    CHECK(rules_in(accounts({booked(1)}, {}, {.is_killed = true})) ==
          std::vector{Rule::CallsUnbooked, Rule::CreditsUnbooked});
  }

  TEST_CASE("a cap that is passed on one day is found") {
    const AccountRules rules{.credits_per_day = 3};
    CHECK(rules_in(accounts({booked(1), booked(3)}, {}, rules)) == std::vector{Rule::BudgetPassed});
    BookedCall next_day = booked(3);
    next_day.day = "2026-11-30";
    CHECK(accounts({booked(1), next_day}, {}, rules).empty());
  }

  TEST_CASE("a token's budget that is passed is found, in the ledger or in what answers said") {
    const auto budget = [](std::int64_t in_ledger, std::int64_t in_answers) {
      return check_budgets(std::vector<Spent>{{"poor", "2026-11-29", 3, in_ledger, in_answers}});
    };
    CHECK(budget(3, 3).empty());
    CHECK(rules_in(budget(4, 0)) == std::vector{Rule::BudgetPassed});
    CHECK(rules_in(budget(3, 4)) == std::vector{Rule::BudgetPassed});
  }

  TEST_CASE("answers tell of what clients caused, and of refreshes at most") {
    const Ledger ledger{.calls = {booked(3), booked(2, "", "refresh")}};
    CHECK(check_answers(3, ledger).empty());
    CHECK(check_answers(5, ledger).empty());
    CHECK(rules_in(check_answers(2, ledger)) == std::vector{Rule::AnswersOff});
    CHECK(rules_in(check_answers(6, ledger)) == std::vector{Rule::AnswersOff});
  }
}

}  // namespace
}  // namespace quotecached::model
