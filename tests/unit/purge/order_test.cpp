#include "purge/order.hpp"

#include <string>

#include <doctest/doctest.h>

#include "purge/rule_book.hpp"
#include "purge/rule_text.hpp"

using namespace quotecached;
using namespace quotecached::purge;

namespace {

const Tags kTags{{"defi", {"UNI", "1975"}}, {"none", {}}};

Result<cache::PurgePattern> pattern(const Order& order) {
  return pattern_of(order, catalog::Catalogue::built_in(), kTags);
}

std::string refusal(const Order& order) {
  const auto made = pattern(order);
  return made ? "" : made.error().message;
}

using Words = std::vector<std::string>;
constexpr TimePoint kNow{std::chrono::seconds(1'800'000'000)};

cache::PurgeRule rule(const std::string& glob, milliseconds before, milliseconds until) {
  cache::PurgeRule made;
  made.pattern.globs = {glob};
  made.before = kNow + before;
  made.until = kNow + until;
  return made;
}

}  // namespace

TEST_SUITE("purge::Order") {
  TEST_CASE("assets by any name, and those of tags") {
    Order order;
    order.assets = {"1", "btc", "id:1027", "symbol:eth", "slug:Tether"};
    order.tags = {"defi"};
    const auto made = pattern(order);
    REQUIRE(made);
    CHECK(made->ids == Words{"1", "1027", "1975"});
    CHECK(made->symbols == Words{"BTC", "ETH", "UNI"});
    CHECK(made->slugs == Words{"btc", "tether", "uni"});
  }

  TEST_CASE("endpoints by name and by family, currencies in upper case") {
    Order order;
    order.endpoints = {"quotes", "v2.quotes"};
    order.converts = {"usd"};
    const auto made = pattern(order);
    REQUIRE(made);
    CHECK(made->endpoints == Words{"v1.quotes", "v2.quotes", "v3.quotes"});
    CHECK(made->converts == Words{"USD"});
  }

  TEST_CASE("what is wrong is named") {
    CHECK(refusal({}).find("at least one of asset") == 0);
    Order order;
    order.assets = {"a b"};
    CHECK(refusal(order).find("asset: 'a b'") == 0);
    order.assets = {"id:x"};
    CHECK(refusal(order).find("asset:") == 0);
    order.assets = {"coin:1"};
    CHECK(refusal(order).find("asset:") == 0);
    order = {};
    order.endpoints = {"v9.quotes"};
    CHECK(refusal(order).find("endpoint: 'v9.quotes'") == 0);
    order = {};
    order.tags = {"nope"};
    CHECK(refusal(order).find("tag: 'nope'") == 0);
    order.tags = {"none"};
    CHECK(refusal(order).find("tag: 'none'") == 0);
    order = {};
    order.converts = {"U$D"};
    CHECK(refusal(order).find("convert:") == 0);
    order = {};
    order.globs = {std::string(kLongestWord + 1, '*')};
    CHECK(refusal(order).find("glob:") == 0);
    order.globs.assign(kMostGlobs + 1, "*");
    CHECK(refusal(order).find("glob:") == 0);
  }
}

TEST_SUITE("purge::RuleBook") {
  TEST_CASE("of one pattern the later moments hold") {
    RuleBook book(2);
    CHECK(book.add(rule("a", milliseconds(5), milliseconds(10))) == RuleBook::Added::Yes);
    CHECK(book.add(rule("a", milliseconds(5), milliseconds(9))) == RuleBook::Added::Known);
    CHECK(book.add(rule("a", milliseconds(7), milliseconds(9))) == RuleBook::Added::Yes);
    REQUIRE(book.size() == 1);
    CHECK(book.rules().front() == rule("a", milliseconds(7), milliseconds(10)));
  }

  TEST_CASE("a later rule takes the place of all that it covers, and holds as long") {
    RuleBook book(1000);
    for (int i = 0; i < 1000; ++i)
      (void)book.add(rule("qc1:" + std::to_string(i), milliseconds(i), milliseconds(5'000)));
    CHECK(book.add(rule("other", milliseconds(0), milliseconds(10))) == RuleBook::Added::Full);
    CHECK(book.add(rule("*", milliseconds(500), milliseconds(4'000))) == RuleBook::Added::Yes);
    CHECK(book.size() == 500);  // 499 of which are later than that
    CHECK(book.take_replaced().size() == 501);
    CHECK(book.add(rule("*", milliseconds(1'000), milliseconds(4'000))) == RuleBook::Added::Yes);
    REQUIRE(book.size() == 1);
    CHECK(book.rules().front() == rule("*", milliseconds(1'000), milliseconds(5'000)));
    CHECK(book.add(rule("qc1:7", milliseconds(900), milliseconds(5'000))) ==
          RuleBook::Added::Known);
    CHECK(book.add(rule("qc1:7", milliseconds(1'001), milliseconds(5'000))) ==
          RuleBook::Added::Yes);
  }

  TEST_CASE("no rule reaches into the future, should a clock be set back") {
    RuleBook book(3);
    (void)book.add(rule("a", milliseconds(5), milliseconds(10)));
    (void)book.add(rule("b", milliseconds(7), milliseconds(10)));
    CHECK_FALSE(book.bound(kNow + milliseconds(7)));
    CHECK(book.bound(kNow + milliseconds(6)));
    CHECK(book.rules().back() == rule("b", milliseconds(6), milliseconds(10)));
    CHECK(book.rules().front() == rule("a", milliseconds(5), milliseconds(10)));
    CHECK_FALSE(book.bound(kNow + milliseconds(6)));
  }

  TEST_CASE("it is bounded, and what has ended makes room") {
    RuleBook book(2);
    CHECK(book.add(rule("a", milliseconds(0), milliseconds(10))) == RuleBook::Added::Yes);
    CHECK(book.add(rule("b", milliseconds(0), milliseconds(20))) == RuleBook::Added::Yes);
    CHECK(book.add(rule("c", milliseconds(0), milliseconds(30))) == RuleBook::Added::Full);
    CHECK(book.add(rule("b", milliseconds(1), milliseconds(30))) == RuleBook::Added::Yes);
    CHECK(book.first_end() == kNow + milliseconds(10));
    CHECK_FALSE(book.expire(kNow + milliseconds(9)));
    CHECK(book.expire(kNow + milliseconds(10)));
    CHECK(book.add(rule("c", milliseconds(0), milliseconds(30))) == RuleBook::Added::Yes);
  }

  TEST_CASE("patterns come back from their text") {
    cache::PurgePattern given;
    given.endpoints = {"v2.quotes"};
    given.converts = {"EUR", "USD"};
    given.ids = {"1"};
    given.symbols = {"A&B=C,D", "$X%"};
    given.slugs = {"bitcoin"};
    given.globs = {"qc1:*?limit=2&x=%20"};
    given.normalise();
    const auto read = parse_pattern(to_text(given));
    REQUIRE(read);
    CHECK(*read == given);
    for (const auto* text : {"", "id", "color=red", "id=%G1", "id=1&later=2"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_pattern(text).has_value());
    }
  }
}
