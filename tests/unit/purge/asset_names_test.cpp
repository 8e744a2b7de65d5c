#include "purge/asset_names.hpp"

#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "purge/rule_text.hpp"

using namespace quotecached;

namespace {

using Names = std::vector<std::string>;

void hold(cache::MemoryTier& memory, const std::string& key, const std::string& text) {
  auto entry = std::make_shared<cache::Entry>();
  entry->fragment.text = text;
  entry->fetched_at = TimePoint(milliseconds(1'700'000'000'000));
  REQUIRE(memory.store(key, std::move(entry)));
}

std::string asset(int id, const std::string& symbol, const std::string& slug) {
  return "\"" + std::to_string(id) + "\":{\"id\":" + std::to_string(id) + ",\"symbol\":\"" +
         symbol + "\",\"slug\":\"" + slug + "\"}";
}

cache::PurgePattern told(const cache::MemoryTier& memory, const std::string& text) {
  auto pattern = purge::parse_pattern(text);
  REQUIRE(pattern);
  purge::add_told(memory, *pattern);
  return *std::move(pattern);
}

}  // namespace

TEST_SUITE("purge::add_told") {
  TEST_CASE("copies in memory tell ids, and the symbols that quotes are asked for in") {
    cache::MemoryTier memory({});
    hold(memory, "qc1:v2.quotes:id:1:USD:-", asset(1, "BTC", "bitcoin"));
    hold(memory, "qc1:v2.quotes:id:1:EUR:-", asset(1, "BTC", "bitcoin"));
    hold(memory, "qc1:v2.quotes:id:5176:USD:-", asset(5176, "XAUt", "tether-gold"));
    const auto by_id = told(memory, "id=1");
    CHECK(by_id.ids == Names{"1"});
    CHECK(by_id.quoted == Names{"1", "BTC"});
    const auto by_slug = told(memory, "slug=bitcoin");
    CHECK(by_slug.ids == Names{"1"});
    CHECK(by_slug.quoted == Names{"1", "BTC"});
    const auto by_symbol = told(memory, "symbol=XAUT");
    CHECK(by_symbol.ids == Names{"5176"});
    CHECK(by_symbol.quoted == Names{"5176", "XAUT"});
    const auto by_none = told(memory, "slug=no-such-coin");
    CHECK(by_none.ids.empty());
    CHECK(by_none.quoted.empty());
  }

  TEST_CASE("quotes in a fiat currency are none in a coin with the same symbol") {
    cache::MemoryTier memory({});
    hold(memory, "qc1:v2.quotes:id:6897:USD:-", asset(6897, "GBP", "good-boy-points"));
    hold(memory, "qc1:v1.fiat_map:query:", R"({"id":2791,"symbol":"GBP","name":"Pound"})");
    CHECK(told(memory, "id=6897").quoted == Names{"6897"});
    CHECK(told(memory, "slug=good-boy-points").quoted == Names{"6897"});
    // ... but in that currency itself, and in what was ordered by that word.
    CHECK(told(memory, "id=2791").quoted == Names{"2791", "GBP"});
    CHECK(told(memory, "symbol=GBP").quoted == Names{"2791", "6897", "GBP"});
  }
}
