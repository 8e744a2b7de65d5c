#include "cli/asset_names.hpp"

#include <doctest/doctest.h>

namespace quotecache::cli::test {

TEST_SUITE("client::asset_names") {
  TEST_CASE("what a word is written with tells what it is") {
    CHECK(parse_asset("1") == Asset::id(1));
    CHECK(parse_asset("BTC") == Asset::symbol("BTC"));
    CHECK(parse_asset("1INCH") == Asset::symbol("1INCH"));
    CHECK(parse_asset("$WEN") == Asset::symbol("$WEN"));
    CHECK(parse_asset("bitcoin") == Asset::slug("bitcoin"));
    // Never by the symbol BITCOIN, which is another coin's.
    CHECK(parse_asset("Bitcoin") == Asset::slug("bitcoin"));
    CHECK(parse_asset("usd-coin") == Asset::slug("usd-coin"));
  }

  TEST_CASE("a word before it says otherwise") {
    CHECK(parse_asset("id:7") == Asset::id(7));
    CHECK(parse_asset("symbol:btc") == Asset::symbol("BTC"));
    CHECK(parse_asset("symbol:42") == Asset::symbol("42"));
    CHECK(parse_asset("slug:42") == Asset::slug("42"));
    CHECK(parse_asset("A:B") == Asset::symbol("A:B"));
  }

  TEST_CASE("what can be no asset is refused, and named") {
    for (const auto* word :
         {"", "0", "007", "id:x", "id:0", "id:", "slug:", "symbol:", "a b", "99999999999999999999"})
      CHECK_MESSAGE(!parse_asset(word), word);
    CHECK_FALSE(parse_asset(std::string(201, 'a')));
    CommandLine line;
    CHECK(take_assets(line, "1,BTC").empty());
    CHECK(take_assets(line, "bitcoin").empty());
    CHECK(line.ask.assets.size() == 3);
    CHECK(take_assets(line, "1,,2").starts_with("'' is no asset"));
  }
}

}  // namespace quotecache::cli::test
