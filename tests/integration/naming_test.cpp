// One asset, all its names: what is bought under one serves the others, and no name ever answers
// with another asset.
#include <doctest/doctest.h>

#include "base/hash.hpp"
#include "e2e/json_text.hpp"
#include "naming_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using test::Meaning;
using test::NamingBed;

namespace {

std::string ask_path(int generation, const std::string& question) {
  return fmt::format("/v{}/cryptocurrency/quotes/latest?{}", generation, question);
}

// Asks, and returns the ids of the assets answered with, in their order.
Meaning ids(NamingBed& bed, const std::string& target) {
  std::string body;
  const auto answer = bed.ask(target, body);
  REQUIRE_MESSAGE(answer.http_status == 200, body);
  Meaning meaning;
  for (const auto& member : test::json_members(test::json_value(body, "data"))) {
    if (member.value.front() != '[') {
      meaning.push_back(std::stoi(test::json_text(member.value, "id")));
      continue;
    }
    for (const auto& namesake : test::json_members(member.value))
      meaning.push_back(std::stoi(test::json_text(namesake.value, "id")));
  }
  return meaning;
}

// Assets 9 and 10 share the ticker T9; all others have one of their own.
constexpr int kCoins = 20;

}  // namespace

TEST_SUITE("integration::naming") {
  TEST_CASE("once its names are known, an asset is bought once for all of them, in any order") {
    for (const int generation : {1, 2, 3}) {
      CAPTURE(generation);
      NamingBed bed(kCoins);
      std::vector<std::string> order{"id=3", "slug=coin-3", "symbol=T3", "symbol=t3"};
      for (const auto& question : order) (void)ids(bed, ask_path(generation, question));
      auto told_at = bed.clock.now();  // what the symbol means
      do {
        bed.clock.at = bed.clock.now() + 10min;
        const auto before = bed.calls();
        for (const auto& question : order) {
          CHECK(ids(bed, ask_path(generation, question)) == Meaning{3});
          bed.settle();
        }
        // One: by symbol when that was told half an hour ago and comes first, otherwise by id. And
        // the symbol as such when its meaning is an hour old.
        const auto told_ago = bed.clock.now() - told_at;
        const bool is_first = order.front().starts_with("symbol");
        CHECK(bed.calls() - before == (told_ago >= 1h && !is_first ? 2U : 1U));
        const bool has_asked = bed.call(bed.calls() - 1).kind == catalog::KeyKind::Symbol;
        CHECK(has_asked == (told_ago >= 1h || (told_ago >= 30min && is_first)));
        if (has_asked) told_at = bed.clock.now();
      } while (std::ranges::next_permutation(order).found);
    }
  }

  TEST_CASE("a slug is known from an answer by id, a symbol is not") {
    NamingBed bed(kCoins);
    (void)ids(bed, ask_path(2, "id=3"));
    CHECK(ids(bed, ask_path(2, "slug=coin-3")) == Meaning{3});
    CHECK(bed.calls() == 1);
    CHECK(ids(bed, ask_path(2, "symbol=T3")) == Meaning{3});
    CHECK(bed.calls() == 2);
    CHECK(bed.call(1).kind == catalog::KeyKind::Symbol);
  }

  TEST_CASE("what was bought by symbol serves who asks by id, and all that share the ticker are") {
    NamingBed bed(kCoins);
    CHECK(ids(bed, ask_path(2, "symbol=T9")) == Meaning{9, 10});
    CHECK(ids(bed, ask_path(2, "id=10,9")) == Meaning{9, 10});
    CHECK(ids(bed, ask_path(2, "slug=coin-10")) == Meaning{10});
    CHECK(bed.calls() == 1);
    bed.clock.at = bed.clock.now() + 5min;
    CHECK(ids(bed, ask_path(2, "id=10")) == Meaning{10});
    CHECK(ids(bed, ask_path(2, "symbol=T9")) == Meaning{9, 10});
    CHECK(bed.calls() == 3);
    CHECK(bed.call(2).kind == catalog::KeyKind::Id);
    CHECK(bed.call(2).names == std::vector<std::string>{"9"});
  }

  TEST_CASE("names, generations and currencies stay apart") {
    NamingBed bed(kCoins);
    (void)ids(bed, ask_path(2, "symbol=T3"));
    CHECK(ids(bed, ask_path(2, "id=3&convert=EUR")) == Meaning{3});
    CHECK(ids(bed, ask_path(1, "symbol=T3")) == Meaning{3});
    CHECK(bed.calls() == 3);
    // The alias is the same for all currencies.
    CHECK(ids(bed, ask_path(2, "symbol=T3&convert=EUR,USD")) == Meaning{3});
    CHECK(bed.calls() == 3);
  }

  TEST_CASE("after memory is lost, names lead to what a lower tier holds") {
    for (const int generation : {1, 2, 3}) {
      CAPTURE(generation);
      NamingBed bed(kCoins);
      (void)ids(bed, ask_path(generation, "symbol=T3,T9"));
      (void)ids(bed, ask_path(generation, "id=7"));
      bed.settle();
      const auto calls = bed.calls();
      for (const std::string question :
           {"slug=coin-3", "id=3", "symbol=T3", "slug=coin-7", "slug=coin-9"}) {
        CAPTURE(question);
        bed.memory.clear();
        CHECK(ids(bed, ask_path(generation, question)).size() == 1);
      }
      CHECK(bed.calls() == calls);
    }
  }

  TEST_CASE("with names off each name is bought by itself") {
    NamingBed bed(kCoins, 0ms);
    for (const std::string question : {"id=3", "slug=coin-3", "symbol=T3", "symbol=T3"})
      CHECK(ids(bed, ask_path(2, question)) == Meaning{3});
    CHECK(bed.calls() == 3);
    CHECK(std::ranges::none_of(
        *bed.below, [](const auto& row) { return row.first.find("alias") != std::string::npos; }));
  }

  TEST_CASE("a symbol is asked for again as one when its meaning was told too long ago") {
    NamingBed bed(kCoins);
    (void)ids(bed, ask_path(2, "symbol=T3"));
    bed.clock.at = bed.clock.now() + 59min + 30s;
    CHECK(ids(bed, ask_path(2, "id=3")) == Meaning{3});
    CHECK(ids(bed, ask_path(2, "symbol=T3")) == Meaning{3});
    REQUIRE(bed.calls() == 2);
    // Fresh no longer than the alias.
    bed.clock.at = bed.clock.now() + 40s;
    (void)ids(bed, ask_path(2, "symbol=T3"));
    bed.settle();
    REQUIRE(bed.calls() == 3);
    CHECK(bed.call(2).kind == catalog::KeyKind::Symbol);
  }

  TEST_CASE("from half that time on a call for it is by symbol, and tells its meaning anew") {
    NamingBed bed(kCoins);
    (void)ids(bed, ask_path(2, "symbol=T3,T9"));
    bed.clock.at = bed.clock.now() + 29min;
    CHECK(ids(bed, ask_path(2, "symbol=T3")) == Meaning{3});
    bed.clock.at = bed.clock.now() + 2min;
    CHECK(ids(bed, ask_path(2, "symbol=T9")) == Meaning{9, 10});
    bed.clock.at = bed.clock.now() + 20min;
    CHECK(ids(bed, ask_path(2, "symbol=T9")) == Meaning{9, 10});
    REQUIRE(bed.calls() == 4);
    CHECK(bed.call(1).kind == catalog::KeyKind::Id);
    CHECK(bed.call(2).kind == catalog::KeyKind::Symbol);
    CHECK(bed.call(3).kind == catalog::KeyKind::Id);
  }

  TEST_CASE("one call brings a name that is not known and what is stale of the others") {
    NamingBed bed(kCoins);
    (void)ids(bed, ask_path(2, "symbol=T3,T4"));
    bed.clock.at = bed.clock.now() + 5min;
    CHECK(ids(bed, ask_path(2, "symbol=T3,T4,T5")) == Meaning{3, 4, 5});
    REQUIRE(bed.calls() == 2);
    CHECK(bed.call(1).names == std::vector<std::string>{"T3", "T4", "T5"});
  }

  TEST_CASE("a slug leads to its asset as long as that has it") {
    NamingBed bed(kCoins);
    (void)ids(bed, ask_path(2, "slug=coin-3"));
    bed.clock.at = bed.clock.now() + 5h;
    CHECK(ids(bed, ask_path(2, "slug=coin-3")) == Meaning{3});
    REQUIRE(bed.calls() == 2);
    CHECK(bed.call(1).kind == catalog::KeyKind::Id);
  }

  TEST_CASE("what a spelled entry says of its age is that of its oldest part") {
    NamingBed bed(kCoins);
    (void)ids(bed, ask_path(2, "symbol=T9"));
    bed.clock.at = bed.clock.now() + 61s + 61s;
    (void)ids(bed, ask_path(2, "id=10"));
    bed.clock.at = bed.clock.now() + 30s;
    (void)ids(bed, ask_path(2, "id=9"));
    bed.clock.at = bed.clock.now() + 10s;
    std::string body;
    const auto answer = bed.ask(ask_path(2, "symbol=T9"), body);
    CHECK(bed.calls() == 3);
    CHECK(answer.age == 40s);
    CHECK(answer.max_age == 20s);
    REQUIRE(answer.owners.size() == 1);
    std::vector<std::uint64_t> origins;
    for (const std::string id : {"9", "10"})
      origins.push_back(hash64("qc1:v2.quotes:id:" + id + ":USD:-"));
    CHECK(answer.owners.front()->origins == origins);
  }

  TEST_CASE("who asks by name pays for the call by id, and who joins it does not") {
    NamingBed bed(kCoins);
    (void)ids(bed, ask_path(2, "symbol=T3"));
    bed.clock.at = bed.clock.now() + 30min;
    std::string body;
    CHECK(bed.ask(ask_path(2, "symbol=T3"), body).cost == Credits{1});
    CHECK(test::json_text(test::json_value(body, "status"), "credit_count") == "1");
    CHECK(bed.ask(ask_path(2, "slug=coin-3"), body).cost == Credits{0});
    CHECK(bed.ask(ask_path(2, "id=3"), body).cost == Credits{0});
    CHECK(bed.calls() == 2);
  }
}
