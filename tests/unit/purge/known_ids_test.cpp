#include "purge/known_ids.hpp"

#include <string>

#include <doctest/doctest.h>

#include "purge/rule_book.hpp"
#include "purge/rule_text.hpp"

using namespace quotecached;
using purge::KnownIds;
using purge::RuleBook;

namespace {

using Names = std::vector<std::string>;

const TimePoint kNow{milliseconds(1'700'000'000'000)};

cache::PurgeRule rule(const std::string& text, int before = 0, int until = 100) {
  auto pattern = purge::parse_pattern(text);
  REQUIRE(pattern);
  return {*std::move(pattern), kNow + milliseconds(before), kNow + milliseconds(until)};
}

template <class From>
Names ids_of(const From& from, const std::string& names) {
  auto pattern = purge::parse_pattern(names);
  REQUIRE(pattern);
  if constexpr (std::is_same_v<From, KnownIds>) {
    from.add_to(*pattern);
  } else {
    from.add_ids(*pattern);
  }
  pattern->normalise();
  return pattern->ids;
}

}  // namespace

TEST_SUITE("purge::KnownIds") {
  TEST_CASE("each name leads to the ids of the rule that had it, until that ends") {
    KnownIds known(100);
    known.note(rule("id=1&id=2&slug=bitcoin&symbol=BTC"));
    known.note(rule("id=3&slug=bitcoin&symbol=BTC", 0, 200));
    known.note(rule("id=1027&slug=ethereum", 0, 50));
    known.note(rule("id=7"));
    known.note(rule("slug=unheard-of"));
    CHECK(ids_of(known, "slug=bitcoin") == Names{"1", "2", "3"});
    CHECK(ids_of(known, "symbol=BTC&id=9") == Names{"1", "2", "3", "9"});
    CHECK(ids_of(known, "slug=ethereum") == Names{"1027"});
    CHECK(ids_of(known, "symbol=bitcoin&slug=unheard-of").empty());
    CHECK(known.words() == 7);
    known.expire(kNow + milliseconds(50));
    CHECK(ids_of(known, "slug=ethereum").empty());
    known.expire(kNow + milliseconds(199));
    CHECK(ids_of(known, "slug=bitcoin").size() == 3);
    known.expire(kNow + milliseconds(200));
    CHECK(known.words() == 0);
  }

  TEST_CASE("what ends first makes room") {
    KnownIds known(6);
    known.note(rule("id=1&slug=a", 0, 30));
    known.note(rule("id=2&slug=b", 0, 10));
    known.note(rule("id=3&slug=c", 0, 20));
    known.note(rule("id=4&slug=d", 0, 40));
    CHECK(ids_of(known, "slug=a&slug=b&slug=c&slug=d") == Names{"1", "3", "4"});
    known.note(rule("id=1&id=2&id=3&id=4&id=5&id=6&slug=e"));
    CHECK(known.words() <= 6);
  }
}

TEST_SUITE("purge::RuleBook") {
  TEST_CASE(
      "what a purge by name led to is known however it gave way, for as long as it would hold") {
    RuleBook book(100);
    const std::string bitcoin = "id=1&quoted=1&slug=bitcoin";
    SUBCASE("while it holds") { (void)book.add(rule(bitcoin)); }
    SUBCASE("to a wider one") {
      (void)book.add(rule(bitcoin));
      CHECK(book.add(rule("glob=*", 1)) == RuleBook::Added::Yes);
      CHECK(book.size() == 1);
    }
    SUBCASE("to one of the same name") {
      (void)book.add(rule(bitcoin));
      CHECK(book.add(rule(bitcoin + "&id=2", 1)) == RuleBook::Added::Yes);
      CHECK(book.add(rule("glob=*", 2, 50)) == RuleBook::Added::Yes);
      CHECK(book.size() == 1);
    }
    SUBCASE("to a wider one that was there before") {
      (void)book.add(rule("glob=*", 1));
      CHECK(book.add(rule(bitcoin)) == RuleBook::Added::Known);
    }
    CHECK(ids_of(book, "slug=bitcoin").front() == "1");
    book.expire(kNow + milliseconds(99));
    CHECK(ids_of(book, "slug=bitcoin").front() == "1");
    book.expire(kNow + milliseconds(100));
    CHECK(ids_of(book, "slug=bitcoin").empty());
  }
}
