#include "refill/split.hpp"

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
  parts.kind = catalog::KeyKind::Id;
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
      CHECK(part.entry->fresh_until == kAsked + lane.endpoint().freshness.fresh);
      CHECK(part.entry->stale_until ==
            kAsked + lane.endpoint().freshness.fresh + lane.endpoint().freshness.stale_if_error);
      CHECK_FALSE(part.entry->is_negative);
    }
    CHECK(split->entries[0].entry->fragment.text ==
          R"("1":{"id":1,"symbol":"BTC","quote":{"USD":{"price":7e-8}}})");
  }

  TEST_CASE("jitter only ever shortens the fresh time, by its share at most") {
    const auto lane = lane_of("v2.quotes", {"USD", "EUR"});
    const auto split = split_answer(lane, {"1"}, kAnswer, {kAsked, {.ttl_jitter = 0.1}, 1.0});
    REQUIRE(split);
    const auto fresh = std::chrono::duration_cast<milliseconds>(lane.endpoint().freshness.fresh);
    CHECK(split->entries[0].entry->fresh_until == kAsked + fresh * 9 / 10);
  }

  TEST_CASE("a stretch lengthens the fresh time, and staleness is counted from its end") {
    const auto lane = lane_of("v2.quotes", {"USD", "EUR"});
    EntryTimes times;
    times.ttl_jitter = 0;
    times.stretch = 2.5;
    const auto split = split_answer(lane, {"1"}, kAnswer, {kAsked, times, 1.0});
    REQUIRE(split);
    const auto& freshness = lane.endpoint().freshness;
    const auto fresh = std::chrono::duration_cast<milliseconds>(freshness.fresh) * 5 / 2;
    CHECK(split->entries[0].entry->fresh_until == kAsked + fresh);
    CHECK(split->entries[0].entry->stale_until == kAsked + fresh + freshness.stale_if_error);
    CHECK(negative_entry(kAsked, times)->fresh_until == kAsked + times.negative);
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

TEST_SUITE("refill::whole_entry") {
  TEST_CASE("keeps every byte and marks the credits") {
    const auto lane = lane_of("v1.listings", {});
    const auto entry = whole_entry(lane, kAnswer, {.asked_at = kAsked});
    REQUIRE(entry);
    CHECK((*entry)->fragment.text == kAnswer);
    REQUIRE((*entry)->fragment.slots.size() == 1);
    const auto slot = (*entry)->fragment.slots[0];
    CHECK(kAnswer.substr(slot.begin, slot.end - slot.begin) == "1");
  }

  TEST_CASE("the hash is of the data, not of the status") {
    const auto lane = lane_of("v1.listings", {});
    const auto hash = [&](std::string_view body) {
      return (*whole_entry(lane, body, {.asked_at = kAsked}))->content_hash;
    };
    CHECK(hash(R"({"status":{"credit_count":1},"data":[1]})") ==
          hash(R"({"status":{"credit_count":2},"data":[1]})"));
    CHECK(hash(R"({"status":{"credit_count":1},"data":[1]})") !=
          hash(R"({"status":{"credit_count":1},"data":[2]})"));
  }

  TEST_CASE("a truncated or malformed answer is refused") {
    const auto lane = lane_of("v1.listings", {});
    for (std::size_t cut = 1; cut < kAnswer.size(); cut += 7) {
      CAPTURE(cut);
      CHECK_FALSE(whole_entry(lane, kAnswer.substr(0, kAnswer.size() - cut), {.asked_at = kAsked}));
    }
    CHECK_FALSE(whole_entry(lane, R"({"status":{},"data":[1,]})", {.asked_at = kAsked}));
    CHECK_FALSE(whole_entry(lane, R"({"data":[1]})", {.asked_at = kAsked}));
    CHECK_FALSE(whole_entry(lane, R"({"status":{}})", {.asked_at = kAsked}));
  }
}
