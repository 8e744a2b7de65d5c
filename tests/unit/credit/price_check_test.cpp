#include "credit/price_check.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::credit;

namespace {

CallRecord answered(Credits predicted, Credits worst_case, Credits charged, bool is_exact) {
  CallRecord record;
  record.intent.endpoint = "v2.quotes";
  record.intent.predicted = predicted;
  record.intent.worst_case = worst_case;
  record.intent.is_exact = is_exact;
  record.outcome.http_status = 200;
  record.outcome.charge.credits = charged;
  record.outcome.charge.is_told = true;
  return record;
}

CallRecord exact(Credits predicted, Credits charged) {
  return answered(predicted, predicted, charged, true);
}

CallRecord by_symbol(std::size_t symbols, Credits charged) {
  CallRecord record = answered({1}, {25}, charged, false);
  record.intent.kind = "symbol";
  for (std::size_t i = 0; i < symbols; ++i) record.intent.assets.push_back("S" + std::to_string(i));
  record.intent.step = 100;
  return record;
}

const PriceCheck::Endpoint& quotes(const PriceCheck& check) {
  const auto found = check.endpoints().find("v2.quotes");
  REQUIRE(found != check.endpoints().end());
  return found->second;
}

}  // namespace

TEST_SUITE("credit::PriceCheck") {
  TEST_CASE("a mismatch is a charge other than foretold, or above the worst case of an estimate") {
    struct Row {
      const char* name;
      std::int64_t predicted, worst_case, charged;
      bool is_exact, is_mismatch;
    };
    const Row rows[] = {
        {"exact and right", 2, 2, 2, true, false},
        {"exact and dearer", 2, 2, 3, true, true},
        {"exact and cheaper", 2, 2, 1, true, true},
        {"exact and free", 1, 1, 0, true, true},
        {"estimate below", 2, 5, 1, false, false},
        {"estimate above", 2, 5, 4, false, false},
        {"at the worst case", 2, 5, 5, false, false},
        {"above the worst case", 2, 5, 6, false, true},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      PriceCheck check;
      check.note(answered({row.predicted}, {row.worst_case}, {row.charged}, row.is_exact));
      CHECK(quotes(check).checked == 1);
      CHECK(quotes(check).mismatches == (row.is_mismatch ? 1 : 0));
      CHECK(quotes(check).predicted == row.predicted);
      CHECK(quotes(check).charged == row.charged);
      CHECK_FALSE(quotes(check).is_mispriced);
    }
  }

  TEST_CASE("answers that tell no charge are not compared") {
    PriceCheck check;
    CallRecord untold = exact({1}, {5});
    untold.outcome.charge.is_told = false;
    check.note(untold);
    CallRecord failed = exact({1}, {0});
    failed.outcome.http_status = 400;
    check.note(failed);
    CallRecord refused = exact({1}, {0});
    refused.outcome.error_code = 1009;
    check.note(refused);
    CHECK(check.endpoints().empty());
  }

  TEST_CASE("a price is persistently wrong after three mismatches in the last twenty calls") {
    PriceCheck check;
    check.note(exact({1}, {2}));
    check.note(exact({1}, {2}));
    CHECK_FALSE(quotes(check).is_mispriced);
    for (int i = 0; i < PriceCheck::kRemembered - 3; ++i) check.note(exact({1}, {1}));
    check.note(exact({1}, {2}));
    CHECK(quotes(check).is_mispriced);
    check.note(exact({1}, {1}));  // the first of the three is not remembered any more
    CHECK_FALSE(quotes(check).is_mispriced);
    CHECK(quotes(check).mismatches == 3);
  }

  TEST_CASE("holds are raised by the most that was charged beyond the worst case lately") {
    PriceCheck check;
    CHECK(check.worst_case("v2.quotes", {3}) == Credits{3});
    check.note(exact({2}, {4}));
    check.note(exact({2}, {3}));
    check.note(exact({5}, {1}));
    CHECK(quotes(check).surcharge == 2);
    CHECK(check.worst_case("v2.quotes", {3}) == Credits{5});
    CHECK(check.worst_case("v1.listings", {3}) == Credits{3});
    for (int i = 0; i < PriceCheck::kRemembered - 3; ++i) check.note(exact({2}, {2}));
    CHECK(check.worst_case("v2.quotes", {3}) == Credits{5});
    check.note(exact({2}, {2}));
    CHECK(check.worst_case("v2.quotes", {3}) == Credits{4});
    check.note(exact({2}, {2}));
    CHECK(check.worst_case("v2.quotes", {3}) == Credits{3});
  }

  TEST_CASE("what was charged beyond the worst case is forgotten when the provider counted less") {
    PriceCheck check;
    check.note(exact({2}, {50}));
    check.forget_excess();
    CHECK(check.worst_case("v2.quotes", {3}) == Credits{3});
    CHECK(quotes(check).mismatches == 1);
    check.note(exact({2}, {4}));
    CHECK(check.worst_case("v2.quotes", {3}) == Credits{5});
  }

  TEST_CASE("before anything is learned a symbol stands for one coin") {
    const PriceCheck check;
    CHECK(check.predicted_for("v2.quotes", 1, 100) == Credits{1});
    CHECK(check.predicted_for("v2.quotes", 100, 100) == Credits{1});
    CHECK(check.predicted_for("v2.quotes", 101, 100) == Credits{2});
  }

  TEST_CASE("lookups by symbol teach how many coins there are to a symbol") {
    PriceCheck check;
    for (int i = 0; i < 5; ++i) check.note(by_symbol(100, {3}));
    CHECK(check.predicted_for("v2.quotes", 100, 100) == Credits{3});
    CHECK(quotes(check).coins_per_symbol > 2.0);
    CHECK(quotes(check).coins_per_symbol <= 3.0);
    // 400 symbols at 2.6 coins cost 11: this narrows it down.
    for (int i = 0; i < 40; ++i) check.note(by_symbol(400, {11}));
    CHECK(check.predicted_for("v2.quotes", 400, 100) == Credits{11});
    CHECK(quotes(check).coins_per_symbol == doctest::Approx(2.6).epsilon(0.04));
    CHECK(check.predicted_for("v2.info", 100, 100) == Credits{1});
  }

  TEST_CASE("what was learned follows the provider back") {
    PriceCheck check;
    for (int i = 0; i < 20; ++i) check.note(by_symbol(100, {13}));
    CHECK(check.predicted_for("v2.quotes", 100, 100) == Credits{13});
    for (int i = 0; i < 100; ++i) check.note(by_symbol(100, {1}));
    CHECK(check.predicted_for("v2.quotes", 100, 100).count <= 2);
  }

  TEST_CASE("credits for further converts are not taken for coins") {
    PriceCheck check;
    CallRecord record = by_symbol(100, {4});
    record.intent.fixed = {3};
    check.note(record);
    CHECK(quotes(check).coins_per_symbol == doctest::Approx(1.0));
  }

  TEST_CASE("what is learned stays within what a symbol can stand for") {
    PriceCheck check;
    for (int i = 0; i < 50; ++i) check.note(by_symbol(1, {1}));
    CHECK(quotes(check).coins_per_symbol == 1.0);
    for (int i = 0; i < 50; ++i) check.note(by_symbol(100, {1000}));
    CHECK(quotes(check).coins_per_symbol == kMostCoinsPerSymbol);
  }

  TEST_CASE("only lookups by symbol without an exact price teach") {
    PriceCheck check;
    CallRecord by_id = by_symbol(100, {5});
    by_id.intent.kind = "id";
    check.note(by_id);
    CallRecord one_each = by_symbol(100, {5});
    one_each.intent.is_exact = true;
    check.note(one_each);
    CallRecord flat = by_symbol(100, {5});
    flat.intent.step = 0;
    check.note(flat);
    check.note(by_symbol(100, {0}));
    CHECK(quotes(check).checked == 4);
    CHECK(quotes(check).coins_per_symbol == 1.0);
  }
}
