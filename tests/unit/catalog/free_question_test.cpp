// Whether the provider knows a parameter is asked by requests that it must refuse.
#include "catalog/free_question.hpp"

#include <string>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"

using namespace quotecached;
using namespace quotecached::catalog;

namespace {

const Catalogue& catalogue() { return Catalogue::built_in(); }

std::string question(std::string_view path, std::string_view parameter = "colour") {
  const auto* endpoint = catalogue().find(path);
  REQUIRE(endpoint != nullptr);
  const auto free = free_question(*endpoint, parameter);
  return free ? free->target + " " + std::to_string(free->if_answered.count) : "";
}

}  // namespace

TEST_SUITE("catalog::free_question") {
  TEST_CASE("asks for no asset, or for converts in both ways") {
    CHECK(question("/v2/cryptocurrency/quotes/latest") ==
          "/v2/cryptocurrency/quotes/latest?colour=1 1");
    CHECK(question("/v1/cryptocurrency/listings/latest") ==
          "/v1/cryptocurrency/listings/latest?convert=USD&convert_id=2781&colour=1 2");
    CHECK(question("/v2/tools/price-conversion").starts_with("/v2/tools/price-conversion?amount="));
  }

  TEST_CASE("there is none where nothing excludes anything") {
    CHECK(question("/v1/cryptocurrency/map").empty());
    CHECK(question("/v1/fiat/map").empty());
  }

  TEST_CASE("there is none where a text is needed that nobody knows") {
    CHECK(question("/v1/cryptocurrency/listings/historical").empty());
  }

  TEST_CASE("only plain words are asked about, and none that may carry a secret") {
    const auto asked = [](std::string_view name) {
      return !question("/v2/cryptocurrency/quotes/latest", name).empty();
    };
    for (const char* name : {"a", "A9", "include_all-of", "valueOff", "x"}) {
      CAPTURE(name);
      CHECK(asked(name));
    }
    for (const char* name : {"",
                             "_",
                             "9a",
                             "a&id=1",
                             "id[]",
                             "id[0]",
                             "a.b",
                             "a b",
                             "a\xC3\xA4",
                             "toString",
                             "constructor",
                             "api_key",
                             "X-CMC_PRO_API_KEY",
                             "accessToken",
                             "Authorization"}) {
      CAPTURE(name);
      CHECK_FALSE(asked(name));
    }
  }

  TEST_CASE("what is asked is refused for how its parameters go together, at every endpoint") {
    std::size_t asked = 0;
    for (const auto& endpoint : catalogue().endpoints()) {
      CAPTURE(endpoint.path);
      const auto free = free_question(endpoint, "colour");
      if (!free) continue;
      ++asked;
      Request request;
      const auto whole = parse_target(catalogue(), free->target, request);
      REQUIRE(whole);
      CHECK(whole->message == "\"colour\" is not allowed");
      auto rest = free->target;
      rest.resize(rest.size() - std::string_view("colour=1").size() - 1);
      const auto refusal = parse_target(catalogue(), rest, request);
      REQUIRE(refusal);
      CHECK(refusal->message.starts_with("\"value\" "));
    }
    CHECK(asked >= 40);
  }
}
