#include "proxy/gather.hpp"

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "proxy/freshness.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::proxy;

namespace {

const TimePoint kNow{1'700'000'000s};
const catalog::Freshness kFreshness{
    .fresh = 60s, .stale_while_revalidate = 30s, .stale_if_error = 600s};

cache::EntryPtr entry_aged(milliseconds age, bool is_negative = false) {
  auto entry = std::make_shared<cache::Entry>();
  entry->fetched_at = kNow - age;
  entry->fresh_until = entry->fetched_at + kFreshness.fresh;
  entry->stale_until =
      is_negative ? entry->fresh_until : entry->fresh_until + kFreshness.stale_if_error;
  entry->is_negative = is_negative;
  return entry;
}

catalog::Request parse(std::string_view target) {
  catalog::Request request;
  REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
  return request;
}

void take_entry(Gather& gather, std::size_t at, cache::EntryPtr entry) {
  refill::Pending pending;
  pending.entry = std::move(entry);
  pending.resolved.set();
  gather.take(at, pending, kNow);
}

}  // namespace

TEST_SUITE("proxy::standing") {
  TEST_CASE("the boundaries of an entry's life") {
    struct Row {
      const char* name;
      milliseconds age;
      Standing expected;
    };
    for (const auto& row :
         {Row{"new", 0ms, Standing::Fresh},
          Row{"last fresh moment", 59999ms, Standing::Fresh},
          Row{"just stale", 60000ms, Standing::Revalidate},
          Row{"last moment to revalidate", 89999ms, Standing::Revalidate},
          Row{"only if upstream fails", 90000ms, Standing::StaleIfError},
          Row{"last usable moment", 659999ms, Standing::StaleIfError},
          Row{"expired", 660000ms, Standing::Missing},
          Row{"from a clock slightly ahead", -2000ms, Standing::Fresh},
          Row{"from the future: its age is not known", -2001ms, Standing::StaleIfError}}) {
      CAPTURE(row.name);
      CHECK(standing(entry_aged(row.age).get(), kFreshness, kNow) == row.expected);
    }
    CHECK(standing(nullptr, kFreshness, kNow) == Standing::Missing);
  }

  TEST_CASE("that an asset is unknown is believed while fresh only") {
    CHECK(standing(entry_aged(59s, true).get(), kFreshness, kNow) == Standing::Fresh);
    CHECK(standing(entry_aged(60s, true).get(), kFreshness, kNow) == Standing::Missing);
  }

  TEST_CASE("no more freshness is left than an entry was given, and none once it is stale") {
    struct Row {
      const char* name;
      milliseconds age;
      milliseconds left;
    };
    for (const auto& row : {Row{"new", 0ms, 60s},
                            Row{"last fresh moment", 59'999ms, 1ms},
                            Row{"just stale", 60s, 0ms},
                            Row{"stale", 75s, -15s},
                            Row{"from a clock slightly ahead", -2000ms, 60s},
                            Row{"the clock was set back", -2001ms, 0ms},
                            Row{"by an hour", -1h, 0ms}}) {
      CAPTURE(row.name);
      CHECK(freshness_left(*entry_aged(row.age), kNow) == row.left);
    }
  }

  TEST_CASE("an age is never negative") {
    CHECK(age_of(entry_aged(-5s)->fetched_at, kNow) == 0s);
    CHECK(age_of(entry_aged(1999ms)->fetched_at, kNow) == 1s);
  }
}

TEST_SUITE("proxy::Gather") {
  TEST_CASE("patience follows the worst slot") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=1,2");
    struct Row {
      const char* name;
      milliseconds first;
      milliseconds second;  // negative: not found
      Patience expected;
      bool complete;
    };
    // The built-in catalogue's quotes: fresh 60 s, then 60 s to revalidate.
    for (const auto& row : {Row{"all fresh", 1s, 2s, Patience::None, true},
                            Row{"one to revalidate", 1s, 61s, Patience::None, true},
                            Row{"one only if upstream fails", 1s, 400s, Patience::Short, true},
                            Row{"one not found", 1s, -1s, Patience::Full, false}}) {
      CAPTURE(row.name);
      Gather gather(request);
      gather.offer(0, entry_aged(row.first), kNow);
      if (row.second >= 0s) gather.offer(1, entry_aged(row.second), kNow);
      CHECK(gather.patience() == row.expected);
      CHECK(gather.is_complete() == row.complete);
    }
  }

  TEST_CASE("the younger copy is kept, wherever it comes from") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=1");
    Gather gather(request);
    const auto young = entry_aged(5s);
    gather.offer(0, entry_aged(70s), kNow);
    gather.offer(0, young, kNow);
    gather.offer(0, entry_aged(40s), kNow);
    CHECK(gather.slots()[0].entry == young);
    gather.offer(0, entry_aged(0s, true), kNow);
    CHECK(gather.slots()[0].entry->is_negative);
  }

  TEST_CASE("after the clock was set back, what upstream brings replaces a copy from the future") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=1");
    Gather gather(request);
    gather.offer(0, entry_aged(-300s), kNow);
    REQUIRE(gather.slots()[0].standing == Standing::StaleIfError);
    const auto brought = entry_aged(0s);
    take_entry(gather, 0, brought);
    CHECK(gather.slots()[0].entry == brought);
    CHECK(gather.outcome() == Outcome::Miss);
    gather.offer(0, entry_aged(-300s), kNow);
    CHECK(gather.slots()[0].entry == brought);
  }

  TEST_CASE("what is missing is named by asset and convert") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=1,2&convert=USD,EUR");
    Gather gather(request);
    gather.offer(0, entry_aged(1s), kNow);
    gather.offer(1, entry_aged(61s), kNow);
    gather.offer(3, entry_aged(1s), kNow);
    const auto lanes = gather.lanes();
    REQUIRE(lanes.size() == 2);
    const auto first = gather.want(lanes[0], "bot");
    CHECK(first.lane == lanes[0].lane);
    CHECK(first.client == "bot");
    CHECK(first.assets == std::vector<std::string>{"1"});
    REQUIRE(first.keys.size() == 1);
    CHECK(first.keys[0].key == "qc1:v2.quotes:id:1:EUR:-");
    CHECK(first.keys[0].copy);
    const auto second = gather.want(lanes[1], "bot");
    CHECK(second.assets == std::vector<std::string>{"2"});
    REQUIRE(second.keys.size() == 1);
    CHECK(second.keys[0].key == "qc1:v2.quotes:id:2:USD:-");
    CHECK_FALSE(second.keys[0].copy);
  }

  TEST_CASE("the outcome tells what upstream was asked for") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=1,2");
    SUBCASE("nothing") {
      Gather gather(request);
      gather.offer(0, entry_aged(1s), kNow);
      gather.offer(1, entry_aged(1s), kNow);
      CHECK(gather.outcome() == Outcome::Hit);
    }
    SUBCASE("some of it") {
      Gather gather(request);
      gather.offer(0, entry_aged(1s), kNow);
      take_entry(gather, 1, entry_aged(0s));
      CHECK(gather.outcome() == Outcome::Partial);
    }
    SUBCASE("all of it") {
      Gather gather(request);
      take_entry(gather, 0, entry_aged(0s));
      take_entry(gather, 1, entry_aged(0s));
      CHECK(gather.outcome() == Outcome::Miss);
    }
    SUBCASE("in vain") {
      Gather gather(request);
      gather.offer(0, entry_aged(100s), kNow);
      take_entry(gather, 1, entry_aged(0s));
      CHECK(gather.outcome() == Outcome::Stale);
      CHECK(gather.has_fetched());
    }
    SUBCASE("nothing, the copy being good enough") {
      Gather gather(request);
      gather.offer(0, entry_aged(1s), kNow);
      gather.offer(1, entry_aged(100s), kNow);
      CHECK(gather.outcome() == Outcome::Stale);
      CHECK_FALSE(gather.has_fetched());
    }
  }

  TEST_CASE("tells who brought it, and what upstream was asked in vain") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=1,2");
    Gather gather(request);
    gather.offer(0, entry_aged(100s), kNow);
    gather.offer(1, entry_aged(100s), kNow);
    CHECK_FALSE(gather.has_asked());
    gather.ask(0);
    gather.ask(1);
    CHECK(gather.has_asked());
    CHECK_FALSE(gather.has_fetched());
    refill::Pending shared;
    shared.entry = entry_aged(1s);
    shared.is_from_neighbour = true;
    gather.take(0, shared, kNow);
    CHECK(gather.is_shared());
    CHECK(gather.outcome() == Outcome::Stale);
    gather.take(1, shared, kNow);
    CHECK(gather.outcome() == Outcome::Hit);
    CHECK_FALSE(gather.has_asked());
    take_entry(gather, 1, entry_aged(0s));
    CHECK_FALSE(gather.is_shared());
  }

  TEST_CASE("tells what came beside the one answer that it took, and nothing of several") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=1,2");
    Gather gather(request);
    refill::Pending one;
    one.entry = entry_aged(0s);
    one.headers = std::make_shared<const std::string>("X-Request-Id: 1\r\n");
    CHECK(gather.headers() == nullptr);
    gather.take(0, one, kNow);
    REQUIRE(gather.headers() != nullptr);
    CHECK(*gather.headers() == "X-Request-Id: 1\r\n");
    gather.take(1, one, kNow);
    CHECK(gather.headers() != nullptr);
    one.headers = std::make_shared<const std::string>("X-Request-Id: 2\r\n");
    gather.take(1, one, kNow);
    CHECK(gather.headers() == nullptr);
    gather.take(0, one, kNow);
    CHECK(gather.headers() == nullptr);
    gather.forget();
    gather.take(0, one, kNow);
    CHECK(*gather.headers() == "X-Request-Id: 2\r\n");
  }

  TEST_CASE("names the assets that are stale where others are fresh") {
    const auto request =
        parse("/v2/cryptocurrency/quotes/latest?symbol=ETH,BTC,ADA&convert=USD,EUR");
    Gather gather(request);
    for (std::size_t at = 0; at < 6; ++at) gather.offer(at, entry_aged(100s), kNow);
    CHECK(gather.stale_assets().empty());
    gather.offer(2, entry_aged(1s), kNow);  // BTC in USD, but not in EUR
    CHECK(gather.stale_assets().empty());
    gather.offer(3, entry_aged(1s), kNow);
    CHECK(gather.stale_assets() == std::vector<std::size_t>{0, 2});
    for (const std::size_t at : {0UL, 1UL, 4UL, 5UL}) gather.offer(at, entry_aged(1s), kNow);
    CHECK(gather.stale_assets().empty());
  }

  TEST_CASE("what was forgotten is not told as why the next fetch failed") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=1,2");
    Gather gather(request);
    refill::Pending odd;
    odd.failure = std::make_shared<const calling::Failure>(
        calling::Failure{502, 502, "odd", std::chrono::seconds(0), true});
    gather.ask(0);
    gather.take(0, odd, kNow);
    gather.offer(1, entry_aged(1s), kNow);
    CHECK(gather.failure()->message == "odd");
    gather.forget();
    CHECK_FALSE(gather.has_asked());
    CHECK(gather.failure()->http_status == 504);
    gather.offer(1, entry_aged(1s), kNow);
    CHECK(gather.odd_assets().empty());
  }

  TEST_CASE("an asset that is left out is not stale") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=1,2,3");
    Gather gather(request);
    gather.offer(0, entry_aged(1s), kNow);
    gather.offer(2, entry_aged(100s), kNow);
    CHECK(gather.stale_assets() == std::vector<std::size_t>{2});
  }

  TEST_CASE("a whole answer has no assets to be named") {
    const auto request = parse("/v1/cryptocurrency/listings/latest?limit=2");
    Gather gather(request);
    gather.offer(0, entry_aged(100s), kNow);
    CHECK(gather.stale_assets().empty());
  }

  TEST_CASE("what was just fetched is shown, however short its life") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=1");
    Gather gather(request);
    take_entry(gather, 0, entry_aged(100000s));
    CHECK(gather.is_complete());
  }

  TEST_CASE("a failure is told only when there is no copy") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=1,2");
    Gather gather(request);
    gather.offer(0, entry_aged(100s), kNow);
    refill::Pending failed;
    failed.failure =
        std::make_shared<const calling::Failure>(calling::Failure{429, 1009, "spent", 5s});
    failed.resolved.set();
    gather.take(0, failed, kNow);
    gather.take(1, failed, kNow);
    CHECK_FALSE(gather.is_complete());
    CHECK(gather.failure()->error_code == 1009);
    gather.offer(1, entry_aged(100s), kNow);
    CHECK(gather.is_complete());
  }

  TEST_CASE("a list is answered without the assets that alone are wrong") {
    const auto failure = [](bool is_of_asset) {
      return std::make_shared<const calling::Failure>(
          calling::Failure{502, 502, "odd", 0s, is_of_asset});
    };
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=1,2,3&convert=USD,EUR");
    Gather gather(request);
    refill::Pending odd;
    odd.failure = failure(true);
    odd.resolved.set();
    for (const std::size_t there : {0U, 1U, 2U}) take_entry(gather, there, entry_aged(0s));
    gather.take(3, odd, kNow);
    for (const std::size_t there : {4U, 5U}) gather.offer(there, entry_aged(1s), kNow);
    CHECK_FALSE(gather.is_complete());
    CHECK(gather.odd_assets() == std::vector<std::size_t>{1});
    CHECK(gather.outcome() == Outcome::Partial);
    // That it has a stale copy in another currency says nothing about the answer.
    gather.slots()[2].standing = Standing::StaleIfError;
    CHECK(gather.outcome() == Outcome::Partial);
    Answer answer;
    gather.hand_over(answer);
    CHECK(answer.owners.size() == 4);
    SUBCASE("not while something else is missing") {
      refill::Pending failed;
      failed.failure = failure(false);
      failed.resolved.set();
      gather.forget();
      for (const std::size_t at : {0U, 1U}) take_entry(gather, at, entry_aged(0s));
      for (const std::size_t at : {2U, 3U}) gather.take(at, odd, kNow);
      for (const std::size_t at : {4U, 5U}) gather.take(at, failed, kNow);
      CHECK(gather.odd_assets().empty());
    }
    SUBCASE("nor when nothing would be left") {
      gather.forget();
      for (const std::size_t at : {0U, 1U, 2U, 3U, 4U, 5U}) gather.take(at, odd, kNow);
      CHECK(gather.odd_assets().empty());
    }
  }

  TEST_CASE("a whole answer has one slot") {
    const auto request = parse("/v1/cryptocurrency/listings/latest?limit=10");
    Gather gather(request);
    REQUIRE(gather.slots().size() == 1);
    CHECK(gather.slots()[0].key.starts_with("qc1:v1.listings:query:"));
    const auto lanes = gather.lanes();
    REQUIRE(lanes.size() == 1);
    const auto want = gather.want(lanes[0], {});
    CHECK(want.lane->is_whole());
    CHECK(want.assets == std::vector<std::string>{""});
    REQUIRE(want.keys.size() == 1);
    CHECK(want.keys[0].key == gather.slots()[0].key);
  }
}
