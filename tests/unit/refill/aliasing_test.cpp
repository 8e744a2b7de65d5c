#include "refill/aliasing.hpp"

#include <doctest/doctest.h>

#include "base/hash.hpp"
#include "catalog/catalogue.hpp"
#include "refill/split.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using catalog::KeyKind;

namespace {

const TimePoint kAsked{1'700'000'000s};
constexpr milliseconds kNames = 1h;

Lane lane_by(KeyKind kind, std::string variant = "-") {
  Lane::Parts parts;
  parts.endpoint = catalog::Catalogue::built_in().by_name("v2.quotes");
  parts.kind = kind;
  parts.converts = {"USD", "EUR"};
  parts.variant = std::move(variant);
  return Lane(std::move(parts));
}

std::string answer(const std::string& data) {
  return R"({"status":{"error_code":0,"credit_count":1},"data":{)" + data + "}}";
}

std::string coin(int id, const std::string& symbol, const std::string& slug) {
  return "{\"id\":" + std::to_string(id) + ",\"symbol\":\"" + symbol + "\",\"slug\":\"" + slug +
         R"(","quote":{"USD":{"price":1},"EUR":{"price":2}}})";
}

Split split(KeyKind kind, const std::string& name, const std::string& data, milliseconds names) {
  auto made = split_answer(lane_by(kind),
                           {name},
                           answer(data),
                           {.asked_at = kAsked, .times = {.ttl_jitter = 0, .names = names}});
  REQUIRE(made);
  return std::move(*made);
}

cache::EntryPtr alias_entry(std::string text, TimePoint fetched_at) {
  auto alias = std::make_shared<cache::Entry>();
  alias->fragment.text = std::move(text);
  alias->fetched_at = fetched_at;
  alias->fresh_until = fetched_at + kNames;
  return alias;
}

}  // namespace

TEST_SUITE("refill::aliasing") {
  TEST_CASE("what a symbol brings is also its assets by id, the alias, and their slugs") {
    const auto made =
        split(KeyKind::Symbol,
              "BTC",
              "\"BTC\":[" + coin(1, "BTC", "bitcoin") + "," + coin(7, "BTC", "other") + "]",
              kNames);
    REQUIRE(made.entries.size() == 2);
    for (const auto& part : made.entries) {
      const std::string convert = part.convert == 0 ? "USD" : "EUR";
      REQUIRE(part.by_id.size() == 2);
      CHECK(part.by_id[0].id == "1");
      CHECK(part.by_id[1].item.key == "qc1:v2.quotes:id:7:" + convert + ":-");
      const auto& entry = *part.by_id[1].item.entry;
      CHECK(entry.fragment.text.starts_with(R"("7":{"id":7,)"));
      CHECK(entry.content_hash == hash64(entry.fragment.text));
      CHECK(entry.fetched_at == part.entry->fetched_at);
      CHECK(entry.fresh_until == part.entry->fresh_until);
      CHECK(entry.stale_until == part.entry->stale_until);
      CHECK(part.entry->origins ==
            std::vector{hash64(part.by_id[0].item.key), hash64(part.by_id[1].item.key)});
    }
    const auto& told = made.entries[0].aliases;
    REQUIRE(told.own);
    CHECK(told.own->key == "qc1:alias:v2.quotes:symbol:BTC");
    CHECK(told.own->entry->fragment.text == R"("BTC":[1,7])");
    CHECK(told.own->entry->fetched_at == kAsked);
    CHECK(told.own->entry->fresh_until == kAsked + kNames);
    // Of use for copies of its time as long as those are.
    const auto life = made.entries[0].entry->stale_until - kAsked;
    CHECK(told.own->entry->stale_until == kAsked + kNames + life);
    REQUIRE(told.slugs.size() == 2);
    CHECK(told.slugs[1].key == "qc1:alias:v2.quotes:slug:other");
    CHECK(told.slugs[1].entry->fragment.text == R"("7":7)");
    CHECK_FALSE(made.entries[1].aliases.own);  // once for all converts
  }

  TEST_CASE("an answer by id tells the slug, and never what a symbol means") {
    const auto made = split(KeyKind::Id, "1", "\"1\":" + coin(1, "BTC", "bitcoin"), kNames);
    CHECK(made.entries[0].by_id.empty());
    CHECK(made.entries[0].entry->origins.empty());
    CHECK_FALSE(made.entries[0].aliases.own);
    REQUIRE(made.entries[0].aliases.slugs.size() == 1);
    CHECK(made.entries[0].aliases.slugs[0].key == "qc1:alias:v2.quotes:slug:bitcoin");
  }

  TEST_CASE("with names off nothing is told") {
    const auto made = split(KeyKind::Slug, "bitcoin", "\"1\":" + coin(1, "BTC", "bitcoin"), 0ms);
    CHECK(made.entries[0].by_id.empty());
    CHECK_FALSE(made.entries[0].aliases.own);
  }

  TEST_CASE("the other parameters that keys have, those by id have too") {
    CHECK(key_by_id(lane_by(KeyKind::Slug, "abc"), 1, "5") == "qc1:v2.quotes:id:5:EUR:abc");
  }

  TEST_CASE("a slug is written again when half of its life is over, or when it is another's") {
    struct Row {
      const char* name;
      cache::EntryPtr known;
      const char* filed;  // null: nothing
    };
    const auto told = alias_entry(R"("1":1)", kAsked);
    auto negative = std::make_shared<cache::Entry>(*alias_entry("", kAsked - 1s));
    negative->is_negative = true;
    for (const auto& row :
         {Row{"none is known", nullptr, R"("1":1)"},
          Row{"just told", alias_entry(R"("1":1)", kAsked - 1s), nullptr},
          Row{"almost half", alias_entry(R"("1":1)", kAsked - kNames / 2 + 1ms), nullptr},
          Row{"half", alias_entry(R"("1":1)", kAsked - kNames / 2), R"("1":1)"},
          Row{"the spelling of its own answers stays",
              alias_entry(R"("bitcoin":1)", kAsked - kNames / 2),
              R"("bitcoin":1)"},
          Row{"of another asset", alias_entry(R"("2":2)", kAsked - 1s), R"("1":1)"},
          Row{"unknown before", negative, R"("1":1)"}}) {
      CAPTURE(row.name);
      const auto filed = slug_to_file(told, row.known);
      REQUIRE((filed != nullptr) == (row.filed != nullptr));
      if (!filed) continue;
      CHECK(filed->fragment.text == row.filed);
      CHECK(filed->fetched_at == kAsked);
    }
  }
}
