#include "proxy/left_out.hpp"

#include <numeric>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"

using namespace quotecached;
using namespace quotecached::proxy;

TEST_SUITE("proxy::left_out") {
  catalog::Request parse_ids(int last) {
    std::string target = "/v2/cryptocurrency/quotes/latest?convert=USD,EUR&id=1";
    for (int id = 2; id <= last; ++id) target += "," + std::to_string(id);
    catalog::Request request;
    REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
    return request;
  }

  TEST_CASE("the others are asked for as before") {
    const auto request = parse_ids(4);
    const std::vector<std::size_t> odd{0, 2};
    const auto rest = without(request, odd);
    CHECK(rest.assets == std::vector<std::string_view>{"2", "4"});
    CHECK(rest.converts == request.converts);
    CHECK(rest.endpoint == request.endpoint);
    CHECK(rest.kind == request.kind);
    CHECK(rest.skip_invalid == request.skip_invalid);
    CHECK(names_of(request, odd) == "1,3");
  }

  TEST_CASE("the names are as many as fit a header") {
    const auto request = parse_ids(100);
    std::vector<std::size_t> odd;
    for (std::size_t i = 0; i < 50; ++i) odd.push_back(i);
    CHECK(names_of(request, odd).ends_with(",50"));
    odd.push_back(50);
    CHECK(names_of(request, odd).ends_with(",50,..."));
  }

  TEST_CASE("long names are as many as fit a header") {
    std::string target = "/v2/cryptocurrency/quotes/latest?slug=";
    for (char c = 'a'; c <= 'z'; ++c) target += (c == 'a' ? "" : ",") + std::string(60, c);
    catalog::Request request;
    REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
    std::vector<std::size_t> odd(26);
    std::iota(odd.begin(), odd.end(), 0);
    const auto names = names_of(request, odd);
    CHECK(names.ends_with("h,..."));
    CHECK(names.size() < 520);
  }
}
