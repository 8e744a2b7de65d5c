#include "refill/grouping.hpp"

#include <string>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"

using namespace quotecached;
using namespace quotecached::refill;

namespace {

const std::string kQuotes = "/v2/cryptocurrency/quotes/latest";

catalog::Request parse(const std::string& target) {
  catalog::Request request;
  REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
  return request;
}

using Positions = std::vector<std::size_t>;

Credits price_of(const catalog::Request& request, const Positions& lacking) {
  return worst_case(lanes_of(request, lacking));
}

}  // namespace

TEST_SUITE("refill::grouping") {
  TEST_CASE("assets that lack the same converts share a lane, in the order of the request") {
    const auto request = parse(kQuotes + "?id=1,2,3,4&convert=USD,EUR");
    const auto groups = lanes_of(request, Positions{1, 2, 3, 5, 6});
    REQUIRE(groups.size() == 3);
    CHECK(groups[0].keys == Positions{1, 5});
    CHECK(groups[0].lane->parts().converts == std::vector<std::string>{"EUR"});
    CHECK(groups[0].assets() == 2);
    CHECK(groups[1].keys == Positions{2, 3});
    CHECK(groups[1].lane->parts().converts == std::vector<std::string>{"USD", "EUR"});
    CHECK(groups[1].assets() == 1);
    CHECK(groups[2].keys == Positions{6});
    CHECK(groups[2].lane->parts().converts == std::vector<std::string>{"USD"});
    CHECK(groups[1].lane->name() == lane_of(request)->name());
    CHECK(groups[0].lane->name() != groups[2].lane->name());
  }

  TEST_CASE("what is missing is priced as it will be called for") {
    const auto one = parse(kQuotes + "?id=1&convert=USD");
    const auto two = parse(kQuotes + "?id=1,2,3&convert=USD,EUR");
    CHECK(price_of(one, {}) == Credits{0});
    CHECK(price_of(one, {0}) == Credits{1});
    // One call in two currencies.
    CHECK(price_of(two, {0, 1}) == Credits{2});
    // Two calls in one currency each.
    CHECK(price_of(two, {0, 3}) == Credits{2});
    // All three kinds of lack.
    CHECK(price_of(two, {0, 3, 4, 5}) == Credits{4});
  }

  TEST_CASE("a whole answer has its own price") {
    const auto listing = parse("/v1/cryptocurrency/listings/latest?limit=1000");
    CHECK(price_of(listing, {0}) == Credits{5});
    CHECK(lanes_of(listing, Positions{0}).front().lane->name() == lane_of(listing)->name());
  }

  TEST_CASE("what is left of a lane is made once for each choice of converts") {
    const auto lane = lane_of(parse(kQuotes + "?id=1&convert=USD,EUR,GBP"));
    LanesLeft left(lane);
    CHECK(left.of({0, 1, 2}) == lane);
    const auto two = left.of({0, 2});
    CHECK(two->parts().converts == std::vector<std::string>{"USD", "GBP"});
    CHECK(two->name() == lane_of(parse(kQuotes + "?id=7&convert=USD,GBP"))->name());
    CHECK(left.of({0, 2}) == two);
    CHECK(left.of({1}) != two);
  }
}
