#include "refill/ride_choices.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;

namespace {

const RideChoices::Time kStart{100h};

LanePtr lane_in(const std::string& convert) {
  catalog::Request request;
  REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(),
                                      "/v2/cryptocurrency/quotes/latest?id=1&convert=" + convert,
                                      request));
  return lane_of(request);
}

bool never(std::string_view) { return false; }

std::vector<Rider> riders_of(const std::vector<std::string>& assets, std::size_t items = 1) {
  std::vector<Rider> riders;
  for (const auto& asset : assets)
    riders.push_back({asset, {asset + ":USD", asset + ":EUR"}, items});
  return riders;
}

using Names = std::vector<std::string>;

Names names_of(const std::optional<std::vector<Rider>>& riders) {
  REQUIRE(riders);
  Names names;
  for (const auto& one : *riders) names.push_back(one.asset);
  return names;
}

}  // namespace

TEST_SUITE("refill::RideChoices") {
  TEST_CASE("what was chosen is told once, and to its lane alone") {
    const auto usd = lane_in("USD");
    const auto eur = lane_in("EUR");
    RideChoices choices;
    CHECK_FALSE(choices.take(*usd, 9, never, kStart));
    choices.put(*usd, riders_of({"1", "2"}), kStart);
    CHECK_FALSE(choices.take(*eur, 9, never, kStart));
    CHECK(names_of(choices.take(*usd, 9, never, kStart)) == Names{"1", "2"});
    CHECK_FALSE(choices.take(*usd, 9, never, kStart));
  }

  TEST_CASE("the most worthy that fit, by what they are billed for") {
    const auto lane = lane_in("USD");
    RideChoices choices;
    choices.put(*lane, riders_of({"1", "2", "3"}), kStart);
    CHECK(names_of(choices.take(*lane, 2, never, kStart)) == Names{"1", "2"});
    auto mixed = riders_of({"1"}, 3);
    for (auto& one : riders_of({"2", "3"})) mixed.push_back(std::move(one));
    choices.put(*lane, mixed, kStart);
    CHECK(names_of(choices.take(*lane, 2, never, kStart)) == Names{"2", "3"});
    choices.put(*lane, mixed, kStart);
    CHECK(names_of(choices.take(*lane, 0, never, kStart)).empty());
  }

  TEST_CASE("what is busy by now leaves its place to the next") {
    const auto lane = lane_in("USD");
    RideChoices choices;
    choices.put(*lane, riders_of({"1", "2", "3"}), kStart);
    const auto is_busy = [](std::string_view key) { return key == "1:EUR"; };
    CHECK(names_of(choices.take(*lane, 2, is_busy, kStart)) == Names{"2", "3"});
  }

  TEST_CASE("none: that is a choice too") {
    const auto lane = lane_in("USD");
    RideChoices choices;
    choices.put(*lane, {}, kStart);
    CHECK(names_of(choices.take(*lane, 9, never, kStart)).empty());
  }

  TEST_CASE("a choice of long ago is none, and a later one takes its place") {
    const auto lane = lane_in("USD");
    RideChoices choices;
    choices.put(*lane, riders_of({"1"}), kStart);
    CHECK_FALSE(choices.take(*lane, 9, never, kStart + RideChoices::kLife + 1ms));
    choices.put(*lane, riders_of({"1"}), kStart);
    choices.put(*lane, riders_of({"2"}), kStart + 300ms);
    CHECK(names_of(choices.take(*lane, 9, never, kStart + RideChoices::kLife + 300ms)) ==
          Names{"2"});
  }
}
