// What a parameter means when it is left out never splits the cache when it is spelled out.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"

using namespace quotecached;
using namespace quotecached::catalog;

namespace {

constexpr std::string_view kV1 = "/v1/cryptocurrency/listings/latest";

Request parse(std::string_view target) {
  Request request;
  CAPTURE(target);
  REQUIRE_FALSE(parse_target(Catalogue::built_in(), target, request));
  return request;
}

// A target of the endpoint that asks for no more than it must.
std::string plainest(const Endpoint& endpoint) {
  std::string query;
  const auto add = [&](const Parameter& parameter) {
    query += (query.empty() ? "?" : "&") + parameter.name + "=1";
  };
  for (const auto& parameter : endpoint.parameters) {
    if (parameter.required) add(parameter);
  }
  if (!endpoint.one_of.empty()) {
    const auto& first = endpoint.one_of.front();
    add(*std::ranges::find(endpoint.parameters, first, &Parameter::name));
  }
  return endpoint.path + query;
}

// All that says which entries answer it.
std::vector<std::string> keys_of(const Request& request) {
  std::vector<std::string> keys;
  if (request.kind == KeyKind::None) append_whole_key(keys.emplace_back(), request);
  for (std::size_t asset = 0; asset < request.assets.size(); ++asset) {
    for (std::size_t convert = 0; convert < request.converts.size(); ++convert)
      append_key(keys.emplace_back(), request, asset, convert);
  }
  return keys;
}

}  // namespace

TEST_SUITE("catalog::defaults") {
  TEST_CASE("a default that is spelled out never splits the cache, in any row") {
    std::size_t spelled = 0;
    for (const auto& endpoint : Catalogue::built_in().endpoints()) {
      if (endpoint.mode == CacheMode::Never) continue;
      const auto plain = plainest(endpoint);
      const auto expected = keys_of(parse(plain));
      const bool has_query = plain.find('?') != std::string::npos;
      std::string all;
      for (const auto& parameter : endpoint.parameters) {
        if (parameter.default_value.empty()) continue;
        const auto one = parameter.name + "=" + parameter.default_value;
        all += "&" + one;
        CAPTURE(one);
        CHECK(keys_of(parse(plain + (has_query ? "&" : "?") + one)) == expected);
        ++spelled;
      }
      CHECK(keys_of(parse(plain + (has_query ? "" : "?") + all)) == expected);
    }
    CHECK(spelled > 200);
  }

  TEST_CASE("listings come best first by default, in every generation") {
    for (const auto& path : std::vector<std::string>{"/v1/cryptocurrency/listings/latest",
                                                     "/v3/cryptocurrency/listings/latest",
                                                     "/v1/cryptocurrency/listings/new",
                                                     "/v1/exchange/listings/latest"}) {
      CAPTURE(path);
      CHECK(parse(path + "?sort_dir=desc").query.empty());
      CHECK(parse(path + "?sort_dir=asc").query == "sort_dir=asc");
      CHECK(parse(path + "?convert=USD&sort_dir=desc&limit=100&start=1").query.empty());
    }
    CHECK(parse(std::string(kV1) + "?sort=market_cap&sort_dir=desc&convert=USD").query.empty());
    CHECK(parse("/v3/cryptocurrency/listings/latest?sort=market_cap&sort_dir=desc").query.empty());
  }

  TEST_CASE("what another sort's direction is by default is not known, and not dropped") {
    for (const auto& path :
         std::vector<std::string>{std::string(kV1), "/v1/exchange/listings/latest"}) {
      CHECK(parse(path + "?sort=name&sort_dir=desc").query == "sort=name&sort_dir=desc");
      CHECK(parse(path + "?sort_dir=desc&sort=name").query == "sort=name&sort_dir=desc");
      CHECK(parse(path + "?sort=name").query == "sort=name");
    }
    // Rank 1 is the lowest number and comes first: which direction is that?
    CHECK(parse("/v1/cryptocurrency/listings/historical?date=2024-01-01&sort_dir=asc").query ==
          "date=2024-01-01&sort_dir=asc");
  }
}
