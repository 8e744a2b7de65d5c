// When an entry by id may answer for a symbol or slug.
#include <doctest/doctest.h>

#include "answers.hpp"
#include "quote/alias.hpp"

TEST_SUITE("quote::alias") {
  using namespace quotecached;
  using namespace quotecached::quote;
  using namespace quotecached::quote::test;

  using Parts = std::vector<const Fragment*>;

  TEST_CASE("an entry answers for a name only while it carries it") {
    struct Row {
      const char* name;
      std::string alias;
      KeyKind kind;
      std::string asked;
      std::string asset;
      bool is_good;
    };
    const auto asset = [](const std::string& members) { return "\"1\":{\"id\":1" + members + "}"; };
    for (const auto& row :
         {Row{"symbol", "\"BTC\":1", KeyKind::Symbol, "BTC", asset(R"(,"symbol":"BTC")"), true},
          Row{"symbol in small letters",
              "\"XAUt\":1",
              KeyKind::Symbol,
              "XAUT",
              asset(R"(,"symbol":"XAUt")"),
              true},
          Row{"another symbol",
              "\"BTC\":1",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"symbol":"BTCB")"),
              false},
          Row{"the symbol as a slug",
              "\"BTC\":1",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"slug":"BTC")"),
              false},
          Row{"no symbol", "\"BTC\":1", KeyKind::Symbol, "BTC", asset(""), false},
          Row{"a symbol that is null",
              "\"BTC\":1",
              KeyKind::Symbol,
              "NULL",
              asset(R"(,"symbol":null)"),
              false},
          Row{"slug", "\"1\":1", KeyKind::Slug, "bitcoin", asset(R"(,"slug":"bitcoin")"), true},
          Row{"slug in other letters",
              "\"1\":1",
              KeyKind::Slug,
              "bitcoin",
              asset(R"(,"slug":"Bitcoin")"),
              false},
          Row{"another slug",
              "\"1\":1",
              KeyKind::Slug,
              "bitcoin",
              asset(R"(,"slug":"bitcoin-old")"),
              false},
          Row{"a nested symbol is not its own",
              "\"BTC\":1",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"platform":{"symbol":"BTC"})"),
              false},
          Row{"another id",
              "\"BTC\":2",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"symbol":"BTC")"),
              false},
          Row{"more ids",
              "\"BTC\":[1,2]",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"symbol":"BTC")"),
              false},
          Row{"still active",
              "\"BTC\":1",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"symbol":"BTC","is_active":1)"),
              true},
          Row{"inactive since",
              "\"BTC\":1",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"symbol":"BTC","is_active":0)"),
              false},
          Row{"still inactive",
              "\"BTC\":-1",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"symbol":"BTC","is_active":0)"),
              true},
          Row{"active again",
              "\"BTC\":-1",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"symbol":"BTC","is_active":true)"),
              false},
          Row{"inactive, not asked whether",
              "\"BTC\":-1",
              KeyKind::Symbol,
              "BTC",
              asset(R"(,"symbol":"BTC")"),
              true},
          Row{"a slug of what is inactive",
              "\"1\":1",
              KeyKind::Slug,
              "bitcoin",
              asset(R"(,"slug":"bitcoin","is_active":0)"),
              true},
          Row{"an id is no name",
              "\"1\":1",
              KeyKind::Id,
              "1",
              asset(R"(,"symbol":"1","slug":"1")"),
              false},
          Row{"several assets",
              "\"BTC\":1",
              KeyKind::Symbol,
              "BTC",
              R"("BTC":[{"id":1,"symbol":"BTC"},{"id":2,"symbol":"BTC"}])",
              false},
          Row{"nothing readable", "\"BTC\":1", KeyKind::Symbol, "BTC", "\"1\":{\"id\":1", false}}) {
      CAPTURE(row.name);
      const Fragment fragment{row.asset, {}};
      const auto spelled = spell_by_name(row.alias, row.kind, row.asked, Parts{&fragment});
      CHECK(spelled.has_value() == row.is_good);
    }
  }
}
