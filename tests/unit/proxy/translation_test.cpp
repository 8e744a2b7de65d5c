#include "proxy/translation.hpp"

#include <functional>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/hash.hpp"
#include "catalog/catalogue.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::proxy;

namespace {

const TimePoint kNow{1'700'000'000s};
constexpr milliseconds kNames = 1h;

catalog::Request parse(const std::string& question) {
  catalog::Request request;
  REQUIRE_FALSE(catalog::parse_target(
      catalog::Catalogue::built_in(), "/v2/cryptocurrency/quotes/latest?" + question, request));
  return request;
}

cache::EntryPtr entry_of(std::string text, milliseconds age, milliseconds fresh = 60s) {
  auto entry = std::make_shared<cache::Entry>();
  entry->fragment.text = std::move(text);
  entry->fetched_at = kNow - age;
  entry->fresh_until = entry->fetched_at + fresh;
  entry->stale_until = entry->fresh_until + 24h;
  return entry;
}

cache::EntryPtr alias_of(std::string text, milliseconds age = 0ms) {
  return entry_of(std::move(text), age, kNames);
}

cache::EntryPtr coin(int id, const std::string& symbol, milliseconds age, const char* more = "") {
  const auto name = std::to_string(id);
  return entry_of(
      "\"" + name + "\":{\"id\":" + name + ",\"symbol\":\"" + symbol + "\"" + more + "}", age);
}

cache::EntryPtr negative(milliseconds age) {
  auto entry = std::make_shared<cache::Entry>(*entry_of("", age));
  entry->is_negative = true;
  entry->stale_until = entry->fresh_until;
  return entry;
}

// A request by name with what is held for it.
struct Bed {
  explicit Bed(const std::string& question, milliseconds names = kNames)
      : request(parse(question)), gather(request), translation(request, names) {}

  void hold(std::size_t place, const cache::EntryPtr& entry) {
    auto* ids = translation.lead(gather, kNow);
    REQUIRE(ids != nullptr);
    ids->offer(place, entry, kNow);
  }
  // `busy`: keys by id that are fetched already.
  void divide(const std::set<std::string, std::less<>>& busy = {}) {
    translation.divide(gather, [&](std::string_view key) { return busy.contains(key); }, kNow);
  }
  std::vector<std::size_t> wanted_by_id() { return translation.by_id()->wanting(); }

  catalog::Request request;
  Gather gather;
  Translation translation;
};

using Positions = std::vector<std::size_t>;

}  // namespace

TEST_SUITE("proxy::Translation") {
  TEST_CASE("requests by id, and those without names, lead nowhere") {
    for (const auto& [question, names] :
         {std::pair("id=1,2", kNames), std::pair("symbol=BTC", milliseconds(0))}) {
      CAPTURE(question);
      Bed bed(question, names);
      CHECK(bed.translation.unlearned(bed.gather, kNow).empty());
      CHECK(bed.translation.lead(bed.gather, kNow) == nullptr);
      CHECK(bed.translation.spell(bed.gather, kNow).empty());
      CHECK(&bed.translation.fetched() == &bed.request);
      bed.divide();
      CHECK(bed.gather.wanting() == bed.gather.not_fresh());
    }
  }

  TEST_CASE("entries by id are spelled under the name, as old as the oldest, no fresher than any") {
    Bed bed("symbol=BTC,LTC");
    CHECK(bed.translation.unlearned(bed.gather, kNow) == Positions{0, 1});
    CHECK(bed.translation.alias_key(1) == "qc1:alias:v2.quotes:symbol:LTC");
    bed.translation.learn(0, alias_of(R"("BTC":[9,1])", 59min + 50s));
    CHECK(bed.translation.unlearned(bed.gather, kNow) == Positions{1});
    bed.hold(0, coin(1, "BTC", 5s));
    bed.hold(1, coin(9, "BTC", 20s));
    const auto taken = bed.translation.spell(bed.gather, kNow);
    REQUIRE(taken.size() == 1);
    CHECK(taken[0].key == "qc1:v2.quotes:symbol:BTC:USD:-");
    const auto& entry = *taken[0].entry;
    CHECK(entry.fragment.text == R"("BTC":[{"id":9,"symbol":"BTC"},{"id":1,"symbol":"BTC"}])");
    CHECK(entry.content_hash == hash64(entry.fragment.text));
    CHECK(entry.fetched_at == kNow - 20s);
    CHECK(entry.fresh_until == kNow + 10s);  // the alias's end
    CHECK(entry.origins ==
          std::vector{hash64("qc1:v2.quotes:id:9:USD:-"), hash64("qc1:v2.quotes:id:1:USD:-")});
    CHECK(bed.gather.slots()[0].standing == Standing::Fresh);
    CHECK(bed.gather.not_fresh() == Positions{1});
    CHECK(bed.translation.spell(bed.gather, kNow).empty());
  }

  TEST_CASE("what is brought by id, what by name, and what turns out to be refuted") {
    struct Row {
      const char* name;
      cache::EntryPtr alias;
      std::vector<cache::EntryPtr> held;  // of the ids, null: none
      Standing spelled;
      bool is_by_id;
    };
    const auto one = [](milliseconds age = 0ms) { return alias_of(R"("BTC":1)", age); };
    for (const auto& row :
         {Row{"fresh", one(), {coin(1, "BTC", 5s)}, Standing::Fresh, false},
          Row{"stale", one(), {coin(1, "BTC", 90s)}, Standing::Revalidate, true},
          Row{"not held", one(), {nullptr}, Standing::Missing, true},
          Row{"one of two",
              alias_of(R"("BTC":[1,9])"),
              {coin(1, "BTC", 5s), nullptr},
              Standing::Missing,
              true},
          Row{"no alias", nullptr, {}, Standing::Missing, false},
          Row{"an alias that leads nowhere", alias_of("x"), {}, Standing::Missing, false},
          Row{"before an alias is due",
              one(kNames / 2 - 1ms),
              {coin(1, "BTC", 90s)},
              Standing::Revalidate,
              true},
          Row{"once it is due",
              one(kNames / 2),
              {coin(1, "BTC", 90s)},
              Standing::Revalidate,
              false},
          Row{"due, and fresh", one(kNames / 2), {coin(1, "BTC", 5s)}, Standing::Fresh, false},
          Row{"the last moment of an alias",
              one(kNames - 1ms),
              {coin(1, "BTC", 90s)},
              Standing::Revalidate,
              false},
          Row{"an alias that has ended",
              one(kNames),
              {coin(1, "BTC", 5s)},
              Standing::Revalidate,
              false},
          Row{"a copy much younger than the alias",
              one(kNames + 10s),
              {coin(1, "BTC", 5s)},
              Standing::Missing,
              false},
          Row{"a copy of the alias's time",
              one(kNames + 10s),
              {coin(1, "BTC", 15s)},
              Standing::Revalidate,
              false},
          Row{"renamed", one(10s), {coin(1, "NEW", 5s)}, Standing::Missing, false},
          Row{"renamed before the alias, and stale",
              one(10s),
              {coin(1, "OLD", 90s)},
              Standing::Missing,
              true},
          Row{"renamed before the alias, and fresh",
              one(),
              {coin(1, "OLD", 30s)},
              Standing::Missing,
              false},
          Row{"delisted",
              one(10s),
              {coin(1, "BTC", 5s, R"(,"is_active":0)")},
              Standing::Missing,
              false},
          Row{"gone", one(10s), {negative(5s)}, Standing::Missing, false}}) {
      CAPTURE(row.name);
      Bed bed("symbol=BTC");
      if (row.alias) bed.translation.learn(0, row.alias);
      for (std::size_t i = 0; i < row.held.size(); ++i) {
        if (row.held[i]) bed.hold(i, row.held[i]);
      }
      bed.translation.lead(bed.gather, kNow);
      bed.translation.spell(bed.gather, kNow);
      CHECK(bed.gather.slots()[0].standing == row.spelled);
      bed.divide();
      const bool is_wanted = row.spelled != Standing::Fresh;
      CHECK(bed.gather.wanting().empty() == (row.is_by_id || !is_wanted));
      if (bed.translation.by_id() != nullptr) CHECK(bed.wanted_by_id().empty() != row.is_by_id);
    }
  }

  TEST_CASE("what is due is brought by id all the same where that is fetched already") {
    Bed bed("symbol=BTC");
    bed.translation.learn(0, alias_of(R"("BTC":[1,9])", kNames / 2));
    bed.hold(0, coin(1, "BTC", 90s));
    bed.hold(1, coin(9, "BTC", 90s));
    const std::string key = "qc1:v2.quotes:id:";
    bed.divide({key + "1:USD:-"});
    CHECK(bed.gather.wanting() == Positions{0});
    CHECK(bed.wanted_by_id().empty());
    bed.divide({key + "1:USD:-", key + "9:USD:-"});
    CHECK(bed.gather.wanting().empty());
    CHECK(bed.wanted_by_id() == Positions{0, 1});
  }

  TEST_CASE("where one name is asked for as such, one call brings all that is not fresh") {
    Bed bed("symbol=AAA,BBB,CCC,DDD");
    bed.translation.learn(0, alias_of(R"("AAA":1)"));
    bed.translation.learn(1, alias_of(R"("BBB":2)"));
    bed.translation.learn(3, alias_of(R"("DDD":4)"));
    bed.hold(0, coin(1, "AAA", 90s));
    bed.hold(2, coin(4, "DDD", 5s));
    (void)bed.translation.spell(bed.gather, kNow);
    bed.divide();
    CHECK(bed.gather.wanting() == Positions{0, 1, 2});
    CHECK(bed.wanted_by_id().empty());
    // Once the third is known.
    bed.translation.learn(2, alias_of(R"("CCC":3)"));
    bed.translation.lead(bed.gather, kNow);
    bed.divide();
    CHECK(bed.gather.wanting().empty());
    CHECK(bed.wanted_by_id() == Positions{0, 1, 2});
  }

  TEST_CASE("a slug is led by an old alias too, as long as the copy says that it still has it") {
    const auto slugged = [](const char* slug, milliseconds age) {
      return coin(1, "BTC", age, fmt::format(R"(,"slug":"{}")", slug).c_str());
    };
    const auto alias = alias_of(R"("1":1)", 5h);
    SUBCASE("it does") {
      Bed bed("slug=bitcoin");
      bed.translation.learn(0, alias);
      CHECK(bed.translation.unlearned(bed.gather, kNow).empty());
      bed.hold(0, slugged("bitcoin", 5s));
      const auto taken = bed.translation.spell(bed.gather, kNow);
      REQUIRE(taken.size() == 1);
      CHECK(taken[0].entry->fresh_until == kNow + 55s);
      CHECK(bed.gather.slots()[0].standing == Standing::Fresh);
    }
    SUBCASE("it does, and is stale") {
      Bed bed("slug=bitcoin");
      bed.translation.learn(0, alias);
      bed.hold(0, slugged("bitcoin", 90s));
      (void)bed.translation.spell(bed.gather, kNow);
      bed.divide();
      CHECK(bed.gather.wanting().empty());
      CHECK(bed.wanted_by_id() == Positions{0});
    }
    SUBCASE("it has another by now") {
      Bed bed("slug=bitcoin");
      bed.translation.learn(0, alias);
      bed.hold(0, slugged("bitcoin-gold", 5s));
      CHECK(bed.translation.spell(bed.gather, kNow).empty());
      bed.divide();
      CHECK(bed.gather.wanting() == Positions{0});
    }
    SUBCASE("not for ever") {
      Bed bed("slug=bitcoin");
      bed.translation.learn(0, alias_of(R"("1":1)", kNames + 24h));
      CHECK(bed.translation.unlearned(bed.gather, kNow) == Positions{0});
    }
    SUBCASE("nor one that says there is none") {
      Bed bed("slug=bitcoin");
      bed.translation.learn(0, negative(61s));
      CHECK(bed.translation.unlearned(bed.gather, kNow) == Positions{0});
    }
  }

  TEST_CASE("what is refuted by what came is asked for by name, and that alone") {
    Bed bed("symbol=AAA,BBB");
    bed.translation.learn(0, alias_of(R"("AAA":1)", 10s));
    bed.translation.learn(1, alias_of(R"("BBB":2)", 10s));
    auto* ids = bed.translation.lead(bed.gather, kNow);
    REQUIRE(ids != nullptr);
    bed.divide();
    CHECK(ids->wanting() == Positions{0, 1});
    CHECK(bed.gather.wanting().empty());
    refill::Pending pending;
    pending.entry = coin(1, "NEW", 0ms);
    pending.resolved.set();
    ids->ask(0);
    ids->take(0, pending, kNow);
    CHECK(bed.translation.spell(bed.gather, kNow).empty());
    CHECK(bed.translation.divide_again(bed.gather));
    CHECK(bed.gather.wanting() == Positions{0});
  }

  TEST_CASE("what became of the parts became of the name") {
    Bed bed("symbol=BTC");
    bed.translation.learn(0, alias_of(R"("BTC":1)"));
    auto* ids = bed.translation.lead(bed.gather, kNow);
    bed.divide();
    ids->ask(0);
    SUBCASE("fetched") {
      refill::Pending pending;
      pending.entry = coin(1, "BTC", 0ms);
      pending.resolved.set();
      ids->take(0, pending, kNow);
      CHECK(bed.translation.spell(bed.gather, kNow).size() == 1);
      CHECK(bed.gather.outcome() == Outcome::Miss);
      CHECK(bed.gather.has_fetched());
    }
    SUBCASE("failed") {
      refill::Pending pending;
      pending.failure =
          std::make_shared<const calling::Failure>(calling::Failure{503, 503, "no", 0s});
      pending.resolved.set();
      ids->take(0, pending, kNow);
      CHECK(bed.translation.spell(bed.gather, kNow).empty());
      CHECK(bed.gather.failure() == pending.failure);
      CHECK_FALSE(bed.translation.divide_again(bed.gather));
    }
    CHECK(bed.gather.has_asked());
  }

  TEST_CASE("why a name was not asked for stays said, whatever its ids are") {
    Bed bed("symbol=BTC");
    bed.translation.learn(0, alias_of(R"("BTC":1)", kNames));
    REQUIRE(bed.translation.lead(bed.gather, kNow) != nullptr);
    bed.divide();
    const auto why =
        std::make_shared<const calling::Failure>(calling::Failure{429, 1010, "spent", 0s});
    bed.gather.exclude(0, why);
    CHECK(bed.translation.spell(bed.gather, kNow).empty());
    CHECK(bed.gather.failure() == why);
  }

  TEST_CASE("an alias from the future is only better than nothing") {
    Bed bed("symbol=BTC");
    bed.translation.learn(0, alias_of(R"("BTC":[1])", -1h));
    CHECK(bed.translation.unlearned(bed.gather, kNow) == Positions{0});
    bed.hold(0, coin(1, "BTC", 5s));
    REQUIRE(bed.translation.spell(bed.gather, kNow).size() == 1);
    CHECK(bed.gather.slots()[0].standing != Standing::Fresh);
    bed.divide();
    CHECK(bed.gather.wanting() == Positions{0});  // what it means is asked for
    CHECK(bed.wanted_by_id().empty());
  }

  TEST_CASE("what was left to its parts and turns out to lead nowhere is asked for by name") {
    Bed bed("symbol=BTC");
    bed.translation.learn(0, alias_of(R"("BTC":[1])", 2min));
    bed.hold(0, coin(1, "BTC", 90s));
    bed.divide();
    CHECK(bed.gather.wanting().empty());
    bed.translation.learn(0, negative(10s));  // another daemon has asked
    bed.translation.lead(bed.gather, kNow);
    bed.divide();
    CHECK(bed.gather.wanting() == Positions{0});
  }

  TEST_CASE("a copy that is held under the name alone is one of its parts") {
    Bed bed("symbol=BTC");
    bed.gather.offer(
        0, entry_of(R"("BTC":[{"id":1,"symbol":"BTC"},{"id":9,"symbol":"BTC"}])", 90s), kNow);
    bed.translation.learn(0, alias_of(R"("BTC":[9,1])"));
    const auto* ids = bed.translation.lead(bed.gather, kNow);
    REQUIRE(ids != nullptr);
    CHECK(ids->patience() == Patience::None);
    CHECK(ids->slots()[1].entry->fragment.text == R"("9":{"id":9,"symbol":"BTC"})");
    CHECK(ids->slots()[1].entry->fetched_at == kNow - 90s);
  }
}
