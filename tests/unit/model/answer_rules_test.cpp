// The model finds what is planted: it would be worth nothing if it could not.
#include <doctest/doctest.h>

#include "unit/model/builders.hpp"

namespace quotecached::model {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const Question kTwo{.kind = Kind::V2Quotes, .by = By::Id, .names = {"3", "4"}, .currencies = {1}};

Findings identity(const Seen& seen) { return check_identity(small_world(), {}, {}, seen); }

Findings age(const Seen& seen, const Timeline& timeline = {}) {
  return check_age(timeline, {}, seen);
}

TEST_SUITE("model::check_identity") {
  TEST_CASE("a right answer of every kind is right") {
    const std::vector<Question> questions{
        kTwo,
        {.kind = Kind::V1Quotes, .by = By::Symbol, .names = {"T9", "T3"}, .currencies = {0, 2}},
        {.kind = Kind::V2Quotes, .by = By::Symbol, .names = {"T9", "T3"}, .currencies = {3}},
        {.kind = Kind::V3Quotes, .by = By::Slug, .names = {"coin-7"}, .currencies = {2, 1}},
        {.kind = Kind::SimplePrice, .by = By::Id, .names = {"7", "900001"}, .currencies = {2, 1}},
        {.kind = Kind::Listings, .by = By::Page, .currencies = {1}, .start = 11, .limit = 10}};
    for (const Question& question : questions) {
      const std::string target = target_of(question);
      CAPTURE(target);
      const Seen seen = answer_of(question, good_call(1, question, seconds(5)), seconds(0));
      CHECK(seen.prices.size() ==
            assets_asked(small_world(), question).size() * question.currencies.size());
      CHECK(rules_in(identity(seen)).empty());
      CHECK(rules_in(age(seen)).empty());
    }
  }

  TEST_CASE("another asset's price under an asset is found") {
    Seen seen = answer_of(kTwo, good_call(1, kTwo, seconds(5)), seconds(0));
    std::swap(seen.prices[0].text, seen.prices[1].text);
    CHECK(rules_in(identity(seen)) == std::vector{Rule::OtherAsset, Rule::OtherAsset});
  }

  TEST_CASE("an asset that was not asked for is found, and that the one asked for is missing") {
    Question other = kTwo;
    other.names = {"3", "5"};
    const Seen seen = answer_of(kTwo, good_call(1, other, seconds(5)), seconds(0));
    CHECK(rules_in(identity(seen)) == std::vector{Rule::OtherAsset, Rule::AssetMissing});
  }

  TEST_CASE("another currency's price is found, whatever it stands under") {
    Question euro = kTwo;
    euro.currencies = {2};
    Seen seen = answer_of(kTwo, good_call(1, euro, seconds(5)), seconds(0));
    CHECK(finds(identity(seen), Rule::OtherCurrency));
    CHECK(finds(identity(seen), Rule::CurrencyMissing));
    for (SeenPrice& price : seen.prices) price.currency = "EUR";
    CHECK(rules_in(identity(seen)) == std::vector{Rule::OtherCurrency, Rule::OtherCurrency});
  }

  TEST_CASE("a price that was bought for another version is found") {
    Question v1 = kTwo;
    v1.kind = Kind::V1Quotes;
    const Seen seen = answer_of(kTwo, good_call(1, v1, seconds(5)), seconds(0));
    CHECK(rules_in(identity(seen)) == std::vector{Rule::OtherKind, Rule::OtherKind});
  }

  TEST_CASE("each lie of the upstream is found when it is passed on") {
    const Call before = good_call(1, kTwo, seconds(5));
    Told told;
    told.add(before, seconds(5));
    for (int fate = static_cast<int>(Fate::FlawedPrice); fate < kFates; ++fate) {
      CAPTURE(fate);
      Call call = good_call(2, kTwo, seconds(70));
      call.fate = static_cast<Fate>(fate);
      const Seen seen = answer_of(kTwo, call, seconds(0));
      CHECK(!check_identity(small_world(), told, seconds(70), seen).empty());
    }
  }

  TEST_CASE("a page that is not the one asked for is found") {
    Question page{
        .kind = Kind::Listings, .by = By::Page, .currencies = {1}, .start = 1, .limit = 10};
    Question next = page;
    next.start = 2;
    CHECK(rules_in(identity(answer_of(page, good_call(1, next, seconds(5)), seconds(0)))) ==
          std::vector{Rule::WrongPage, Rule::WrongPage});
    next = page;
    next.limit = 9;
    CHECK(rules_in(identity(answer_of(page, good_call(1, next, seconds(5)), seconds(0)))) ==
          std::vector{Rule::WrongPage});
  }

  TEST_CASE(
      "an asset may be missing when the provider leaves it out, and insists if there is a copy") {
    Call lapse = good_call(1, kTwo, seconds(5));
    lapse.fate = Fate::HalfOfAssets;  // 3
    const Seen seen = answer_of(kTwo, lapse, seconds(0));
    REQUIRE(seen.prices.size() == 1);
    const auto missed = [&](const Told& told, milliseconds clock) {
      return rules_in(check_identity(small_world(), told, clock, seen)) ==
             std::vector{Rule::AssetMissing};
    };
    Told told;
    CHECK(missed(told, seconds(5)));  // nobody left it out
    told.add(lapse, seconds(5));
    CHECK(!missed(told, seconds(5)));
    told.add(good_call(2, kTwo, seconds(5)), seconds(5));
    told.add(lapse, minutes(1));
    told.add(lapse, minutes(2));
    CHECK(missed(told, minutes(2)));
    told.add_lapses(lapse, minutes(3));
    CHECK(!missed(told, minutes(3)));
  }

  TEST_CASE("an asset that may be missing in one currency may be missing in all, and only whole") {
    Question both = kTwo;
    both.currencies = {1, 2};
    Call lapse = good_call(1, kTwo, seconds(5));
    lapse.fate = Fate::HalfOfAssets;
    Told told;
    told.add(lapse, seconds(5));
    Question other = both;
    other.names = {"4"};
    const auto found = [&](const Question& told_of) {
      const Seen seen = answer_of(both, good_call(2, told_of, seconds(6)), seconds(0));
      return rules_in(check_identity(small_world(), told, seconds(6), seen));
    };
    CHECK(found(other).empty());
    CHECK(found(kTwo) == std::vector{Rule::CurrencyMissing, Rule::CurrencyMissing});
  }

  TEST_CASE("a flaw may be shown without a good copy, or when the provider insists") {
    Call flawed = good_call(1, kTwo, seconds(5));
    flawed.fate = Fate::FlawedPrice;
    const Seen seen = answer_of(kTwo, flawed, seconds(0));
    const auto shown = [&](const Told& told, milliseconds clock) {
      return finds(check_identity(small_world(), told, clock, seen), Rule::FlawShown);
    };
    Told told;
    CHECK(!shown(told, seconds(5)));
    told.add(good_call(2, kTwo, seconds(5)), seconds(5));
    CHECK(shown(told, seconds(5)));
    CHECK(!shown(told, std::chrono::hours(25)));  // the good copy is too old
    told.add(flawed, minutes(1));
    told.add(flawed, minutes(2));
    told.add(flawed, minutes(3));
    CHECK(shown(told, minutes(5)));
    CHECK(!shown(told, minutes(6)));
  }
}

TEST_SUITE("model::check_age") {
  struct Row {
    std::string name;
    milliseconds age;  // of the price, when it is asked for
    Seen (*change)(Seen);
    std::vector<Rule> rules;
  };

  Seen as_it_is(Seen seen) { return seen; }
  Seen younger(Seen seen) {
    --*seen.age;
    return seen;
  }
  Seen longer(Seen seen) {
    ++*seen.ttl;
    return seen;
  }
  Seen silent(Seen seen) {
    seen.age.reset();
    return seen;
  }
  Seen stale(Seen seen) {
    seen.says_stale = true;
    seen.max_age = 0;
    seen.ttl = -10;
    return seen;
  }
  Seen stale_with_life(Seen seen) {
    seen.says_stale = true;
    return seen;
  }
  Seen endless(Seen seen) {
    seen.max_age = 3600;
    return seen;
  }

  TEST_CASE("what an answer says of its age is held against the price's") {
    const std::vector<Row> rows{
        {"true", seconds(30), as_it_is, {}},
        {"a second too young", milliseconds(30'900), younger, {Rule::TooYoung, Rule::TooYoung}},
        {"not a second too young yet", milliseconds(30'004), younger, {}},
        {"a second too much life",
         milliseconds(30'900),
         longer,
         {Rule::LifeTooLong, Rule::LifeTooLong}},
        {"no age", seconds(30), silent, {Rule::NoAge}},
        {"fresh to the end", seconds(60), as_it_is, {}},
        {"stale in silence", seconds(61), as_it_is, {Rule::NotSaidStale, Rule::NotSaidStale}},
        {"stale and says so", seconds(61), stale, {}},
        {"stale with life", seconds(30), stale_with_life, {Rule::StaleWithLife}},
        {"a life beyond all freshness", seconds(0), endless, {Rule::LifeTooLong}},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      const Call call = good_call(1, kTwo, seconds(5));
      CHECK(rules_in(age(row.change(answer_of(kTwo, call, row.age)))) == row.rules);
    }
  }

  TEST_CASE("a clock that was set on makes prices older, one that was set back makes them stale") {
    const Call call = good_call(1, kTwo, seconds(5));
    const Seen seen = answer_of(kTwo, call, seconds(10));
    Timeline on;
    on.jump(seconds(8), seconds(20));
    CHECK(finds(age(seen, on), Rule::TooYoung));
    Timeline back;
    back.jump(seconds(8), -seconds(60));
    CHECK(finds(age(seen, back), Rule::NotSaidStale));
    CHECK(rules_in(age(stale(seen), back)).empty());
    Timeline at_once;  // the call was asked for before or after the jump: both are believed
    at_once.jump(milliseconds(4'900), seconds(20));
    CHECK(!finds(age(answer_of(kTwo, call, seconds(10)), at_once), Rule::TooYoung));
  }
}

}  // namespace
}  // namespace quotecached::model
