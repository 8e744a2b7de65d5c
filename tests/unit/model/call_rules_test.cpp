#include <doctest/doctest.h>

#include "unit/model/builders.hpp"

namespace quotecached::model {
namespace {

using std::chrono::seconds;

const Question kOne{.kind = Kind::V2Quotes, .by = By::Id, .names = {"3"}, .currencies = {1}};

Question ask_for(std::vector<std::string> names) {
  Question question = kOne;
  question.names = std::move(names);
  return question;
}

Findings calls_of(const std::vector<Call>& calls,
                  const CallRules& rules = {},
                  const Timeline& timeline = {}) {
  return check_calls(calls, timeline, rules);
}

TEST_SUITE("model::check_calls") {
  TEST_CASE("two calls for one thing at once are found, also when each asks for more") {
    const auto first = good_call(0, ask_for({"3", "4"}), seconds(1));
    const auto second = good_call(1, ask_for({"4", "5"}), seconds(1) + milliseconds(9));
    CHECK(rules_in(calls_of({first, second})) == std::vector{Rule::DoubledCall});
    const auto other = good_call(1, ask_for({"5"}), seconds(1) + milliseconds(9));
    CHECK(calls_of({first, other}).empty());
  }

  TEST_CASE("two daemons are held to it too, whatever else they ask for") {
    const auto first = good_call(0, kOne, seconds(1));
    auto second = good_call(1, kOne, seconds(1));
    second.key = "account-1";
    CHECK(rules_in(calls_of({first, second})) == std::vector{Rule::DoubledCall});
    second.question.currencies = {2, 1};
    CHECK(rules_in(calls_of({first, second})) == std::vector{Rule::DoubledCall});
  }

  TEST_CASE("one symbol, id, kind, currency or page is not another") {
    Question symbol = kOne;
    symbol.by = By::Symbol;
    Question v3 = kOne;
    v3.kind = Kind::V3Quotes;
    Question other = kOne;
    other.currencies = {2};
    for (const Question& question : {symbol, v3, other}) {
      CHECK(calls_of({good_call(0, kOne, seconds(1)), good_call(1, question, seconds(1))}).empty());
    }
  }

  TEST_CASE("buying again what is there is found") {
    const auto first = good_call(0, kOne, seconds(1));
    CHECK(rules_in(calls_of({first, good_call(1, kOne, seconds(50))})) ==
          std::vector{Rule::BoughtAgain});
    CHECK(calls_of({first, good_call(1, kOne, seconds(57))}).empty());
    CHECK(calls_of({first, good_call(1, kOne, seconds(50))}, {.forgets = true}).empty());
    CHECK(calls_of({first, good_call(1, kOne, seconds(50))}, {.losses = {seconds(20)}}).empty());
    CHECK(!calls_of({first, good_call(1, kOne, seconds(50))}, {.losses = {seconds(60)}}).empty());
  }

  TEST_CASE("what failed may be bought again, and what expired by the daemon's clock") {
    auto failed = good_call(0, kOne, seconds(1));
    failed.fate = Fate::HalfBody;
    CHECK(calls_of({failed, good_call(1, kOne, seconds(2))}).empty());
    Timeline on;
    on.jump(seconds(5), seconds(60));
    const std::vector calls{good_call(0, kOne, seconds(1)), good_call(1, kOne, seconds(9))};
    CHECK(calls_of(calls, {}, on).empty());
    Timeline back;
    back.jump(seconds(5), -seconds(60));
    CHECK(calls_of(calls, {}, back).empty());
  }
}

}  // namespace
}  // namespace quotecached::model
