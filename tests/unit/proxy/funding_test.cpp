#include "proxy/funding.hpp"

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::proxy;
using credit::SpendMode;

namespace {

const TimePoint kNow{1'700'000'000s};
const std::string kQuotes = "/v2/cryptocurrency/quotes/latest";

cache::EntryPtr stale_entry() {
  auto entry = std::make_shared<cache::Entry>();
  entry->fetched_at = kNow - 70s;
  entry->fresh_until = kNow - 10s;
  entry->stale_until = kNow + 1h;
  return entry;
}

catalog::Request parse(const std::string& target) {
  catalog::Request request;
  REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
  return request;
}

using Positions = std::vector<std::size_t>;

}  // namespace

TEST_SUITE("proxy::unpayable") {
  TEST_CASE("each mode pays for what its rules say") {
    const auto request = parse(kQuotes + "?id=1,2");
    Gather gather(request);
    gather.offer(0, stale_entry(), kNow);  // the other has no copy
    struct Row {
      SpendMode mode;
      bool is_asked_twice;
      Positions expected;
    };
    for (const auto& row : {Row{SpendMode::Normal, false, {}},
                            Row{SpendMode::Economise, false, {0}},
                            Row{SpendMode::Economise, true, {}},
                            Row{SpendMode::ForegroundOnly, true, {0}},
                            Row{SpendMode::CacheOnly, true, {0, 1}}}) {
      CAPTURE(to_string(row.mode));
      CAPTURE(row.is_asked_twice);
      const auto found = unpayable(
          gather, rules_of(row.mode), [&](const std::string&) { return row.is_asked_twice; });
      CHECK(found == row.expected);
    }
  }

  TEST_CASE("only stale keys are looked up, and only where that matters") {
    const auto request = parse(kQuotes + "?id=1,2");
    Gather gather(request);
    gather.offer(0, stale_entry(), kNow);
    std::vector<std::string> asked;
    const auto note = [&](const std::string& key) {
      asked.push_back(key);
      return true;
    };
    (void)unpayable(gather, rules_of(SpendMode::Normal), note);
    CHECK(asked.empty());
    (void)unpayable(gather, rules_of(SpendMode::Economise), note);
    CHECK(asked == std::vector<std::string>{gather.slots()[0].key});
  }
}

TEST_SUITE("proxy::price_of") {
  TEST_CASE("what is missing is priced as it will be called for") {
    const auto one = parse(kQuotes + "?id=1&convert=USD");
    const auto two = parse(kQuotes + "?id=1,2,3&convert=USD,EUR");
    const refill::Missing usd{.asset = 0, .convert = 0};
    CHECK(price_of(one, {}) == Credits{0});
    CHECK(price_of(one, std::vector{usd}) == Credits{1});
    // One call in two currencies.
    CHECK(price_of(two, std::vector<refill::Missing>{{0, 0, false}, {0, 1, false}}) == Credits{2});
    // Two calls in one currency each.
    CHECK(price_of(two, std::vector<refill::Missing>{{0, 0, false}, {1, 1, false}}) == Credits{2});
    // All three kinds of lack.
    CHECK(price_of(two,
                   std::vector<refill::Missing>{
                       {0, 0, false}, {1, 1, false}, {2, 0, false}, {2, 1, false}}) == Credits{4});
  }

  TEST_CASE("a whole answer has its own price") {
    const auto listing = parse("/v1/cryptocurrency/listings/latest?limit=1000");
    CHECK(price_of(listing, std::vector{refill::Missing{}}) == Credits{5});
  }
}
