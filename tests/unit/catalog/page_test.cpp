// Pages of lists: which there are, how they are spelled, and what the wider ones around them cost.
#include "catalog/page.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "catalog/parameter_of.hpp"
#include "catalog/price.hpp"
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

const Endpoint& row(std::string_view name) { return *Catalogue::built_in().by_name(name); }

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

// What is wrong with a catalogue of one row.
std::string mistakes_in(const std::string& row) {
  const auto catalogue = Catalogue::parse(R"([families.f]
fresh = "60s"
stale_while_revalidate = "60s"
stale_if_error = "60s"
[[endpoint]]
name = "v1.x"
path = "/v1/x"
family = "f"
mode = "whole"
price = { base = 1 }
)" + row,
                                          "test");
  return catalogue ? "" : catalogue.error().message;
}

}  // namespace

TEST_SUITE("catalog::page") {
  TEST_CASE("the page that a request asks for") {
    struct Row {
      std::string target;
      std::optional<Page> page;
      std::string series;
    };
    const std::string v1(kV1);
    for (const auto& row : {
             Row{v1, Page{1, 100}, ""},
             Row{v1 + "?start=11&limit=10", Page{11, 10}, ""},
             Row{v1 + "?limit=10&sort=name&convert=EUR&start=1",
                 Page{1, 10},
                 "convert=EUR&sort=name"},
             Row{v1 + "?aux=cmc_rank&price_min=1.50&start=3",
                 Page{3, 100},
                 "aux=cmc_rank&price_min=1.5"},
             Row{"/v3/cryptocurrency/listings/latest?limit=10000", Page{1, 10000}, ""},
             Row{"/v1/cryptocurrency/map", Page{1, 0}, ""},
             Row{"/v1/cryptocurrency/map?limit=5000", Page{1, 5000}, ""},
             Row{"/v1/fiat/map?start=5&include_metals=true", Page{5, 0}, "include_metals=true"},
             Row{"/v1/exchange/map?limit=7", Page{1, 7}, ""},
             Row{"/v1/cryptocurrency/categories?start=2&limit=7", Page{2, 7}, ""},
             // The provider looks at nothing else then.
             Row{"/v1/cryptocurrency/map?symbol=BTC&limit=1", std::nullopt, ""},
             Row{"/v1/exchange/map?slug=binance", std::nullopt, ""},
             Row{"/v1/cryptocurrency/categories?id=1", std::nullopt, ""},
             // Nobody says that their rows are those of one list.
             Row{"/v1/cryptocurrency/trending/latest?limit=10", std::nullopt, ""},
             Row{"/v1/cryptocurrency/airdrops?limit=10", std::nullopt, ""},
             Row{"/v1/cryptocurrency/category?id=1&limit=10", std::nullopt, ""},
             Row{"/v2/cryptocurrency/market-pairs/latest?id=1&limit=10", std::nullopt, ""},
             Row{"/v2/cryptocurrency/quotes/latest?id=1", std::nullopt, ""},
             Row{v1 + "?start=1000000001", std::nullopt, ""},
         }) {
      CAPTURE(row.target);
      const auto request = parse(row.target);
      const auto page = page_of(request);
      CHECK(page == row.page);
      if (page) CHECK(series_of(request) == row.series);
    }
    Request request;
    REQUIRE_FALSE(parse_target(Catalogue::built_in(), v1 + "?colour=red", request, Unlisted::Keep));
    CHECK_FALSE(page_of(request));
  }

  TEST_CASE("a page is spelled as the request for it would be") {
    std::size_t compared = 0;
    for (const auto& target : std::vector<std::string>{
             std::string(kV1),
             std::string(kV1) +
                 "?aux=cmc_rank&convert=EUR,USD&sort=name&sort_dir=asc&volume_24h_min=5",
             std::string(kV1) + "?cryptocurrency_type=tokens&tag=a%20b&market_cap_max=7",
             "/v3/cryptocurrency/listings/latest?convert=EUR,BTC",
             "/v1/cryptocurrency/map?listing_status=inactive&sort=cmc_rank&aux=status",
             "/v1/fiat/map?include_metals=true",
             "/v1/exchange/map?sort=volume_24h"}) {
      const auto request = parse(target);
      const auto series = series_of(request);
      for (const Page page :
           {Page{1, 100}, Page{1, 1}, Page{201, 200}, Page{2, 5000}, Page{9, 100}}) {
        const auto query = query_for(*request.endpoint, series, page);
        const auto again = parse(request.endpoint->path + '?' + query);
        CHECK(again.query == query);
        CHECK(page_of(again) == page);
        CHECK(series_of(again) == series);
        std::string key;
        append_query_key(key, *request.endpoint, query);
        CHECK(keys_of(again) == std::vector{key});
        ++compared;
      }
    }
    CHECK(compared == 35);
  }

  TEST_CASE("the widest page around one, at the boundaries of a credit step") {
    struct Row {
      const char* endpoint;
      Page asked;
      std::optional<Page> widest;  // none: it is as large as its credits allow
    };
    for (const auto& one : {
             Row{"v1.listings", {1, 10}, Page{1, 200}},
             Row{"v1.listings", {191, 10}, Page{1, 200}},
             Row{"v1.listings", {191, 11}, Page{191, 200}},
             Row{"v1.listings", {192, 10}, Page{192, 200}},
             Row{"v1.listings", {201, 10}, Page{201, 200}},
             Row{"v1.listings", {1, 199}, Page{1, 200}},
             Row{"v1.listings", {1, 200}, std::nullopt},
             Row{"v1.listings", {2, 199}, Page{1, 200}},
             Row{"v1.listings", {2, 200}, std::nullopt},
             Row{"v1.listings", {1, 201}, Page{1, 400}},
             Row{"v1.listings", {1, 5000}, std::nullopt},
             Row{"v1.listings", {1, 4999}, Page{1, 5000}},
             Row{"v1.listings", {3, 4999}, Page{3, 5000}},
             Row{"v3.listings", {1, 9999}, Page{1, 10000}},
             Row{"v1.listings_historical", {1, 20}, Page{1, 100}},
             Row{"v1.exchange_listings", {101, 20}, Page{101, 100}},
             Row{"v1.map", {1, 100}, Page{1, 5000}},
             Row{"v1.map", {4999, 2}, Page{1, 5000}},
             Row{"v1.map", {4999, 3}, Page{4999, 5000}},
             Row{"v1.map", {5001, 1}, Page{5001, 5000}},
             Row{"v1.map", {1, 0}, std::nullopt},
             Row{"v1.fiat_map", {11, 10}, Page{1, 5000}},
             Row{"v1.categories", {1, 5000}, std::nullopt},
             Row{"v1.trending", {1, 10}, std::nullopt},
         }) {
      CAPTURE(one.endpoint);
      CAPTURE(one.asked.start);
      CAPTURE(one.asked.limit);
      const auto pages = wider_pages(row(one.endpoint), one.asked);
      CHECK(pages.empty() == !one.widest.has_value());
      if (one.widest && !pages.empty()) CHECK(pages.front() == *one.widest);
    }
    CHECK(wider_pages(row("v1.listings"), {21, 5}) ==
          std::vector<Page>{{1, 200}, {1, 100}, {1, 50}, {1, 25}});
  }

  TEST_CASE(
      "a wider page costs no credit more, holds the page and is one that the provider takes") {
    std::size_t checked = 0;
    for (const auto& endpoint : Catalogue::built_in().endpoints()) {
      if (!endpoint.pages) continue;
      CAPTURE(endpoint.name);
      const auto most = static_cast<std::uint64_t>(parameter_of(endpoint, Role::Limit)->maximum);
      std::set<std::uint64_t> numbers;
      for (const std::uint64_t line : {1U, 25U, 50U, 100U, 200U, 400U, 625U, 1000U, 2500U, 5000U}) {
        for (const auto number : {line - 1, line, line + 1}) numbers.insert(number);
      }
      for (const auto start : numbers) {
        for (const auto limit : numbers) {
          if (start == 0 || limit == 0 || limit > most) continue;
          const Page asked{start, limit};
          for (const auto& page : wider_pages(endpoint, asked)) {
            const bool is_good =
                page.start >= 1 && page.limit > limit && page.limit <= most && spans(page, asked);
            for (const std::size_t converts : {1U, 3U}) {
              const auto price = list_price(endpoint.price, page.limit, converts);
              const bool is_same = price == list_price(endpoint.price, limit, converts);
              if (!is_good || !is_same) {
                CAPTURE(start);
                CAPTURE(limit);
                CHECK(is_good);
                CHECK(is_same);
              }
            }
            ++checked;
          }
        }
      }
    }
    CHECK(checked > 5000);
  }

  TEST_CASE("pages that hold another if the list ends with them") {
    CHECK(pages_to_the_end(row("v1.map"), {11, 5000}) == std::vector<Page>{{1, 5000}, {1, 0}});
    CHECK(pages_to_the_end(row("v1.map"), {5001, 10}) == std::vector<Page>{{5001, 5000}, {1, 0}});
    CHECK(pages_to_the_end(row("v1.fiat_map"), {1, 5000}) == std::vector<Page>{{1, 0}});
    CHECK(pages_to_the_end(row("v1.fiat_map"), {1, 0}) == std::vector<Page>{{1, 5000}});
    CHECK(pages_to_the_end(row("v1.listings"), {11, 10}).empty());
    CHECK(pages_to_the_end(row("v1.trending"), {11, 10}).empty());
  }

  TEST_CASE("twenty pages of ten lie in one wider page, whatever their order") {
    for (const auto* name : {"v1.listings", "v3.listings", "v1.map"}) {
      for (std::uint64_t start = 1; start <= 191; start += 10)
        CHECK(wider_pages(row(name), {start, 10}).front() ==
              wider_pages(row(name), {1, 10}).front());
    }
  }

  TEST_CASE("only lists are told to have pages") {
    const std::string start =
        R"({ name = "start", type = "integer", role = "start", default = "1", minimum = 1 })";
    const std::string limit =
        R"({ name = "limit", type = "integer", role = "limit", minimum = 1, maximum = 9 })";
    const std::string array = "pages = true\ndata_shape = \"array\"\n";
    const std::string both = "parameters = [" + start + "," + limit + "]\n";
    CHECK(mistakes_in(array + both) == "");
    CHECK(mistakes_in("pages = true\n" + both) != "");
    CHECK(mistakes_in(array + "parameters = [" + limit + "]\n") != "");
    CHECK(mistakes_in(array + "parameters = [" + start + "]\n") != "");
    CHECK(mistakes_in(array + "open_parameters = true\n" + both) != "");
  }

  TEST_CASE("a default that holds beside another's must be able to") {
    const auto mistakes = [](const std::string& parameters) {
      return mistakes_in("parameters = [" + parameters + "]\n");
    };
    const std::string by = R"({ name = "by", type = "text", default = "x" },)";
    const std::string dir =
        R"({ name = "dir", type = "text", default = "desc", default_beside = "by" })";
    CHECK(mistakes(by + dir) == "");
    CHECK(mistakes(dir) != "");
    CHECK(mistakes(R"({ name = "by", type = "text" },)" + dir) != "");
    CHECK(mistakes(R"({ name = "dir", type = "text", default = "desc", default_beside = "sort" },)"
                   R"({ name = "sort", type = "text", default = "x" })") != "");
  }
}
