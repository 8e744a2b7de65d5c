#include "refill/split.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;

namespace {

const TimePoint kAsked{1'700'000'000s};

Lane lane_of(const char* endpoint, std::vector<std::string> converts) {
  Lane::Parts parts;
  parts.endpoint = catalog::Catalogue::built_in().by_name(endpoint);
  REQUIRE(parts.endpoint != nullptr);
  const bool is_whole = parts.endpoint->mode == catalog::CacheMode::Whole;
  parts.kind = is_whole ? catalog::KeyKind::None : catalog::KeyKind::Id;
  parts.converts = std::move(converts);
  return Lane(std::move(parts));
}

constexpr std::string_view kAnswer =
    R"({"status":{"error_code":0,"error_message":null,"credit_count":1},"data":{)"
    R"("1":{"id":1,"symbol":"BTC","quote":{"USD":{"price":7e-8},"EUR":{"price":2}}},)"
    R"("2":{"id":2,"symbol":"LTC","quote":{"USD":{"price":null},"EUR":{"price":0}}}}})";

}  // namespace

TEST_SUITE("refill::split_answer") {
  TEST_CASE("every asset and convert becomes an entry aged from when upstream was asked") {
    const auto lane = lane_of("v2.quotes", {"USD", "EUR"});
    const auto split = split_answer(lane, {"1", "2", "3"}, kAnswer, {.asked_at = kAsked});
    REQUIRE(split);
    REQUIRE(split->entries.size() == 4);
    CHECK(split->absent == std::vector<std::size_t>{2});
    CHECK(split->flawed_prices == 2);
    for (const auto& part : split->entries) {
      CHECK(part.entry->fetched_at == kAsked);
      CHECK(part.entry->fresh_until == kAsked + lane.endpoint().freshness.get().fresh);
      CHECK(part.entry->stale_until == kAsked + lane.endpoint().freshness.get().fresh +
                                           lane.endpoint().freshness.get().stale_if_error);
      CHECK_FALSE(part.entry->is_negative);
    }
    CHECK(split->entries[0].entry->fragment.text ==
          R"("1":{"id":1,"symbol":"BTC","quote":{"USD":{"price":7e-8}}})");
  }

  TEST_CASE("jitter only ever shortens the fresh time, by its share at most") {
    const auto lane = lane_of("v2.quotes", {"USD", "EUR"});
    const auto split = split_answer(lane, {"1"}, kAnswer, {kAsked, {.ttl_jitter = 0.1}, 1.0});
    REQUIRE(split);
    const auto fresh =
        std::chrono::duration_cast<milliseconds>(lane.endpoint().freshness.get().fresh);
    CHECK(split->entries[0].entry->fresh_until == kAsked + fresh * 9 / 10);
  }

  TEST_CASE("a stretch lengthens the fresh time, and staleness is counted from its end") {
    const auto lane = lane_of("v2.quotes", {"USD", "EUR"});
    EntryTimes times;
    times.ttl_jitter = 0;
    times.stretch = 2.5;
    const auto split = split_answer(lane, {"1"}, kAnswer, {kAsked, times, 1.0});
    REQUIRE(split);
    const auto& freshness = lane.endpoint().freshness.get();
    const auto fresh = std::chrono::duration_cast<milliseconds>(freshness.fresh) * 5 / 2;
    CHECK(split->entries[0].entry->fresh_until == kAsked + fresh);
    CHECK(split->entries[0].entry->stale_until == kAsked + fresh + freshness.stale_if_error);
    CHECK(negative_entry(kAsked, times)->fresh_until == kAsked + times.negative);
  }

  TEST_CASE("data from the future makes nothing fresh for longer, and is of an unknown time") {
    const auto lane = lane_of("v2.quotes", {"USD"});
    const auto coin = [](int id, const std::string& updated) {
      const auto name = std::to_string(id);
      return "\"" + name + "\":{\"id\":" + name + R"(,"symbol":"X","last_updated":")" + updated +
             R"(","quote":{"USD":{"price":1}}})";
    };
    // kAsked is 2023-11-14T22:13:20Z.
    const std::string body =
        R"({"status":{"error_code":0},"data":{)" + coin(1, "2023-11-14T22:12:00.000Z") + "," +
        coin(2, "2099-01-01T00:00:00.000Z") + "," + coin(3, "2023-11-14T22:23:00.000Z") + "}}";
    Timing timing{.asked_at = kAsked};
    timing.tick = pacing::TickClock::Tick{60s, 50s, 55s};
    const auto split = split_answer(lane, {"1", "2", "3"}, body, timing);
    REQUIRE(split);
    REQUIRE(split->entries.size() == 3);
    CHECK(split->data_at == kAsked - 80s);
    for (const auto& part : split->entries) {
      CAPTURE(part.asset);
      CHECK(part.entry->fresh_until == kAsked - 80s + 55s + 60s);
      CHECK(part.entry->data_at == (part.asset == 0 ? kAsked - 80s : TimePoint{}));
    }
  }

  TEST_CASE("what can wait is cut out later as it would have been at once") {
    const auto lane = lane_of("v2.quotes", {"USD", "EUR"});
    const std::vector<std::string> names = {"1", "2", "3", "4"};
    // Of one there is no price in euros, one has an older time than the rest, one is not there.
    const std::string_view body =
        R"({"status":{"error_code":0},"data":{"1":{"id":1,"symbol":"A","last_updated":)"
        R"("2023-11-14T22:12:00.000Z","quote":{"USD":{"price":1},"EUR":{"price":2}}},)"
        R"("2":{"id":2,"symbol":"B","last_updated":"2023-11-14T22:13:00.000Z",)"
        R"("quote":{"USD":{"price":null},"EUR":{"price":0}}},)"
        R"("4":{"id":4,"symbol":"D","quote":{"USD":{"price":3}}}}})";
    Timing timing{.asked_at = kAsked};
    timing.tick = pacing::TickClock::Tick{60s, 50s, 55s};
    const auto at_once = split_answer(lane, names, body, timing);
    REQUIRE(at_once);
    REQUIRE(at_once->entries.size() == 5);
    REQUIRE(at_once->reasons.size() == 1);
    for (std::size_t waited = 0; waited < names.size(); ++waited) {
      CAPTURE(waited);
      std::vector<bool> can_wait(names.size(), true);
      can_wait[waited] = false;
      auto split = split_answer(lane, names, body, timing, can_wait);
      REQUIRE(split);
      CHECK(split->data_at == at_once->data_at);
      CHECK(split->absent == at_once->absent);
      auto entries = split->entries;
      for (const auto& one : entries) CHECK(one.asset == waited);
      for (const auto asset : std::vector(split->later)) {
        auto later = cut_later(lane, names[asset], timing.times, asset, *split);
        for (auto& one : later) entries.push_back(std::move(one));
      }
      std::ranges::stable_sort(entries, {}, &SplitEntry::asset);
      REQUIRE(entries.size() == at_once->entries.size());
      for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& expected = at_once->entries[i];
        CHECK(entries[i].asset == expected.asset);
        CHECK(entries[i].convert == expected.convert);
        CHECK(entries[i].is_flawed == expected.is_flawed);
        CHECK(entries[i].entry->fragment.text == expected.entry->fragment.text);
        CHECK(entries[i].entry->fresh_until == expected.entry->fresh_until);
        CHECK(entries[i].entry->stale_until == expected.entry->stale_until);
        CHECK(entries[i].entry->data_at == expected.entry->data_at);
        CHECK(entries[i].entry->content_hash == expected.entry->content_hash);
      }
      CHECK(split->flawed_prices == at_once->flawed_prices);
      CHECK(split->refused == at_once->refused);
      CHECK(split->reasons == at_once->reasons);
    }
  }

  TEST_CASE("an answer that is no answer is refused") {
    const auto lane = lane_of("v2.quotes", {"USD"});
    for (const std::string_view body : {std::string_view(""),
                                        std::string_view("<html></html>"),
                                        kAnswer.substr(0, kAnswer.size() - 2)}) {
      CAPTURE(body);
      CHECK_FALSE(split_answer(lane, {"1"}, body, {.asked_at = kAsked}));
    }
  }
}

TEST_SUITE("refill::split_whole") {
  constexpr std::string_view kPage =
      R"({"status":{"error_code":0,"error_message":null,"credit_count":1},"data":[{"id":1,)"
      R"("symbol":"BTC","quote":{"USD":{"price":7e-8}}}]})";

  Result<WholeSplit> split_page(const Lane& lane, std::string_view body) {
    return split_whole(lane, body, {.asked_at = kAsked}, nullptr);
  }

  TEST_CASE("keeps every byte and marks the credits") {
    const auto lane = lane_of("v1.listings", {"USD"});
    const auto whole = split_page(lane, kPage);
    REQUIRE(whole);
    CHECK(whole->entry->fragment.text == kPage);
    REQUIRE(whole->entry->fragment.slots.size() == 1);
    const auto slot = whole->entry->fragment.slots[0];
    CHECK(kPage.substr(slot.begin, slot.end - slot.begin) == "1");
  }

  TEST_CASE("the hash is of the data, not of the status") {
    const auto lane = lane_of("v1.listings", {"USD"});
    const auto hash = [&](std::string_view body) {
      return split_page(lane, body)->entry->content_hash;
    };
    CHECK(hash(R"({"status":{"credit_count":1},"data":[1]})") ==
          hash(R"({"status":{"credit_count":2},"data":[1]})"));
    CHECK(hash(R"({"status":{"credit_count":1},"data":[1]})") !=
          hash(R"({"status":{"credit_count":1},"data":[2]})"));
  }

  TEST_CASE("an empty page is believed as shortly as that there is no such asset") {
    const auto lane = lane_of("v1.map", {"-"});
    const auto empty = split_page(lane, R"({"status":{},"data":[]})");
    REQUIRE(empty);
    CHECK(empty->contradiction.empty());
    CHECK(empty->entry->fresh_until == kAsked + EntryTimes{}.negative);
    CHECK(empty->entry->stale_until == empty->entry->fresh_until);
    const auto full = split_page(lane, R"({"status":{},"data":[{"id":1}]})");
    REQUIRE(full);
    CHECK(full->entry->stale_until > kAsked + 24h);
  }

  TEST_CASE("what contradicts the copy, or itself, is told") {
    const auto lane = lane_of("v1.map", {"-"});
    const auto page = [](std::string_view status, int rows) {
      std::string body = R"({"status":{)" + std::string(status) + R"(},"data":[)";
      for (int id = 1; id <= rows; ++id)
        body += (id > 1 ? "," : "") + (R"({"id":)" + std::to_string(id)) + "}";
      return body + "]}";
    };
    const auto copy = split_page(lane, page("", 40));
    REQUIRE(copy);
    const auto against_copy = [&](int rows) {
      return split_whole(lane, page("", rows), {.asked_at = kAsked}, copy->entry.get());
    };
    CHECK(against_copy(0)->contradiction == "nothing in place of a page");
    CHECK(against_copy(20)->contradiction == "far fewer rows than before");
    CHECK(against_copy(30)->contradiction.empty());
    CHECK(against_copy(41)->contradiction.empty());
    const auto listings = lane_of("v1.listings", {"USD"});
    CHECK(split_page(listings, page(R"("total_count":9000)", 50))->contradiction ==
          "fewer rows than its own total says");
    CHECK(split_page(listings, page(R"("total_count":50)", 50))->contradiction.empty());
    CHECK(split_page(listings, page("", 50))->contradiction.empty());
  }

  TEST_CASE("a truncated or malformed answer is refused, and one to another question") {
    const auto lane = lane_of("v1.listings", {"USD"});
    for (std::size_t cut = 1; cut < kPage.size(); cut += 7) {
      CAPTURE(cut);
      CHECK_FALSE(split_page(lane, kPage.substr(0, kPage.size() - cut)));
    }
    for (const std::string_view body :
         {R"({"status":{},"data":[1,]})",
          R"({"data":[1]})",
          R"({"status":{}})",
          R"({"status":{},"data":null})",
          R"({"status":{},"data":"x"})",
          R"({"status":{},"data":{}})",
          R"({"status":{},"data":[{"quote":{"EUR":{"price":1}}}]})"}) {
      CAPTURE(body);
      CHECK_FALSE(split_page(lane, body));
    }
  }
}
