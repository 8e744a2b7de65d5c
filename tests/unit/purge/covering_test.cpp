#include "purge/covering.hpp"

#include <array>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "purge/rule_book.hpp"
#include "purge/rule_text.hpp"

using namespace quotecached;
using cache::PurgePattern;
using cache::PurgeRule;
using cache::PurgeRules;

namespace {

constexpr TimePoint kNow{std::chrono::hours(500'000)};

// From its text; "" is no pattern of an order, and covers all there is.
PurgePattern pattern(const std::string& text) {
  return text.empty() ? PurgePattern{} : purge::parse_pattern(text).value();
}

using Random = std::mt19937;

std::size_t draw(Random& random, std::size_t below) {
  return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
}

// A few of the words, none more often than not.
std::vector<std::string> some_of(Random& random, const std::vector<std::string>& words) {
  std::vector<std::string> some;
  if (draw(random, 2) == 0) return some;
  for (const auto& word : words) {
    if (draw(random, 2) == 0) some.push_back(word);
  }
  return some;
}

PurgeRule any_rule(Random& random) {
  PurgeRule rule;
  auto& made = rule.pattern;
  made.endpoints = some_of(random, {"v1.quotes", "v2.quotes", "v1.listings"});
  made.converts = some_of(random, {"BTC", "USD"});
  made.ids = some_of(random, {"1", "1027"});
  made.symbols = some_of(random, {"BTC", "ETH"});
  made.slugs = some_of(random, {"bitcoin", "ethereum"});
  made.globs = some_of(random, {"*", "qc1:*", "qc1:v2.*", "qc1:v?.*", "*:USD:-", "*1*", "?*"});
  if (made.names_assets()) made.quoted = some_of(random, {"1", "BTC", "ETH"});
  made.normalise();
  rule.before = kNow + milliseconds(draw(random, 5));
  rule.until = kNow + milliseconds(10 + draw(random, 5));
  return rule;
}

struct Held {
  std::string key;
  cache::Entry entry;
};

Held any_entry(Random& random) {
  const std::array<std::string, 10> keys{"qc1:v2.quotes:id:1:USD:-",
                                         "qc1:v2.quotes:id:1027:BTC:-",
                                         "qc1:v2.quotes:id:1027:#1:-",
                                         "qc1:v1.quotes:symbol:BTC:USD:-",
                                         "qc1:v1.quotes:slug:ethereum:USD:-",
                                         "qc1:v1.quotes:id:7:EUR:-",
                                         "qc1:v1.listings:query:convert=BTC&limit=5",
                                         "qc1:v1.listings:query:limit=5",
                                         "qc1:alias:v2.quotes:symbol:BTC",
                                         "other"};
  const std::array<std::string, 3> texts{
      "{}",
      R"("1":{"id":1,"symbol":"BTC","slug":"bitcoin","quote":{"USD":{"price":1}}})",
      R"("1027":{"id":1027,"symbol":"ETH","slug":"ethereum","quote":{"BTC":{"price":1}}})"};
  Held held{keys[draw(random, keys.size())], {}};
  held.entry.fragment.text = texts[draw(random, texts.size())];
  held.entry.fetched_at = kNow + milliseconds(draw(random, 6));
  return held;
}

}  // namespace

TEST_SUITE("purge::covers") {
  TEST_CASE("a wider list covers a narrower one, no list all, and no kind another") {
    struct Row {
      const char* wide;
      const char* narrow;
      bool is_covered;
    };
    for (const auto& row : {Row{"id=1", "id=1", true},
                            Row{"id=1&id=2", "id=1", true},
                            Row{"id=1", "id=1&id=2", false},
                            Row{"", "id=1", true},
                            Row{"id=1", "", false},
                            Row{"glob=*", "id=1", true},
                            Row{"glob=**", "endpoint=v2.quotes", true},
                            Row{"glob=qc1:*", "id=1", false},
                            Row{"glob=*", "glob=a", true},
                            Row{"glob=a", "glob=*", false},
                            Row{"glob=qc1:v2.*", "glob=qc1:v2.quotes:*", true},
                            Row{"glob=qc1:v?.*", "glob=qc1:v2.quotes:*", true},
                            Row{"glob=qc1:v?.*", "glob=qc1:v*.quotes", false},
                            Row{"glob=a*c", "glob=a?c", true},
                            Row{"glob=a?c", "glob=a*c", false},
                            Row{"glob=a*b*c", "glob=a*xbx*c", true},
                            Row{"glob=a*b*c", "glob=a*c", false},
                            Row{"glob=?*", "glob=*", false},
                            Row{"glob=a*&glob=b*", "glob=a1&glob=b1", true},
                            Row{"glob=a*", "glob=a1&glob=b1", false},
                            Row{"symbol=BTC", "id=1", false},
                            Row{"id=1&symbol=BTC", "symbol=BTC", true},
                            Row{"symbol=BTC", "id=1&symbol=BTC", false},
                            Row{"endpoint=v2.quotes", "endpoint=v2.quotes&id=1", true},
                            Row{"endpoint=v2.quotes&id=1", "endpoint=v2.quotes", false},
                            Row{"endpoint=v2.quotes&id=1", "id=1", false},
                            Row{"convert=USD", "convert=USD&id=1", true},
                            Row{"convert=EUR&convert=USD", "convert=USD&id=1", true},
                            Row{"convert=USD", "id=1", false},
                            Row{"id=1", "id=1&quoted=BTC", false},
                            Row{"id=1&quoted=1&quoted=BTC", "id=1&quoted=1", true}}) {
      CAPTURE(row.wide);
      CAPTURE(row.narrow);
      CHECK(purge::covers(pattern(row.wide), pattern(row.narrow)) == row.is_covered);
    }
  }

  TEST_CASE("an earlier rule covers no later one") {
    const PurgeRule early{pattern("glob=*"), kNow, kNow + std::chrono::hours(1)};
    PurgeRule late{pattern("id=1"), kNow + milliseconds(1), kNow + std::chrono::hours(1)};
    CHECK_FALSE(purge::covers(early, late));
    late.before = kNow;
    CHECK(purge::covers(early, late));
  }

  TEST_CASE("model: rules that give way to others never bring back what they purged") {
    Random random(20'261'130);
    std::size_t replaced = 0;
    for (int round = 0; round < 300; ++round) {
      purge::RuleBook book(100);
      PurgeRules ordered;
      for (int i = 0; i < 12; ++i) {
        ordered.push_back(any_rule(random));
        REQUIRE(book.add(ordered.back()) != purge::RuleBook::Added::Full);
      }
      replaced += ordered.size() - book.size();
      for (int i = 0; i < 60; ++i) {
        const auto held = any_entry(random);
        const bool was_purged = cache::covers(ordered, held.key, held.entry);
        REQUIRE(cache::covers(book.rules(), held.key, held.entry) == was_purged);
      }
      // ... nor before the time of any that they replaced is over.
      const auto later = kNow + milliseconds(10 + draw(random, 6));
      std::erase_if(ordered, [&](const PurgeRule& rule) { return rule.until <= later; });
      book.expire(later);
      for (int i = 0; i < 60; ++i) {
        const auto held = any_entry(random);
        if (!cache::covers(ordered, held.key, held.entry)) continue;
        REQUIRE(cache::covers(book.rules(), held.key, held.entry));
      }
    }
    CHECK(replaced > 500);
  }
}
