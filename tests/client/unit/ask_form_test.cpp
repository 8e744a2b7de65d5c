// Requests of asks.
#include "src/ask_form.hpp"

#include <doctest/doctest.h>

namespace quotecache::test {
namespace {

std::vector<Asset> ids(std::int64_t count) {
  std::vector<Asset> assets;
  for (std::int64_t id = count; id > 0; --id) assets.push_back(Asset::id(id));
  return assets;
}

std::size_t assets_in(const std::string& form) {
  std::size_t commas = 0;
  for (const char c : form.substr(0, form.find('&'))) commas += c == ',' ? 1 : 0;
  return commas + 1;
}

Quote row(std::int64_t id, const char* symbol, const char* convert) {
  Quote quote;
  quote.id = id;
  quote.symbol = symbol;
  quote.convert = convert;
  return quote;
}

}  // namespace

TEST_SUITE("client::ask_form") {
  TEST_CASE("asks that mean the same are the same request") {
    const Ask one{{Asset::symbol("xrp"), Asset::id(1027), Asset::id(1), Asset::slug("Bitcoin")},
                  {"usd", "EUR"},
                  {"market_cap"}};
    const Ask other{
        {Asset::slug("bitcoin"), Asset::id(1), Asset::id(1027), Asset::symbol("XRP"), Asset::id(1)},
        {"EUR", "USD", "USD"},
        {"price", "market_cap"}};
    const auto forms = forms_of(one);
    REQUIRE(forms);
    REQUIRE(forms->size() == 1);
    CHECK(forms->front() ==
          "ids=1,1027&symbols=XRP&slugs=bitcoin&convert=EUR,USD&fields=market_cap,price");
    CHECK(*forms_of(other) == *forms);
    CHECK(*stream_form_of(other) == forms->front());
    Ask first = one;
    first.takes_first = true;
    CHECK(forms_of(first)->front() == forms->front() + "&ambiguous=first");
    CHECK(forms_of({{Asset::symbol("$A&B=%")}})->front() ==
          "symbols=%24A%26B%3D%25&convert=USD&fields=price");
  }

  TEST_CASE("what is too much for one request is cut") {
    const auto one = forms_of({ids(10'000)});
    REQUIRE(one);
    CHECK(one->size() == 1);
    const auto more = forms_of({ids(10'001)});
    REQUIRE(more);
    REQUIRE(more->size() == 2);
    CHECK(assets_in(more->front()) == 10'000);
    CHECK(assets_in(more->back()) == 1);
    Ask wide{ids(10'000), {"USD", "EUR", "GBP"}};
    const auto three = forms_of(wide);
    REQUIRE(three);
    REQUIRE(three->size() == 2);
    CHECK(assets_in(three->front()) == 6'500);  // whole calls of 250
    wide.assets.resize(1, Asset::id(1));
    wide.converts.clear();
    for (int at = 0; at < 130; ++at) wide.converts.push_back("C" + std::to_string(at));
    CHECK(forms_of(wide)->size() == 2);
    CHECK_FALSE(stream_form_of({ids(2'001)}));
    CHECK(stream_form_of({ids(2'000)}));
    Ask names;
    for (int at = 0; at < 1'000; ++at)
      names.assets.push_back(Asset::slug("a-name-of-some-length-" + std::to_string(at)));
    CHECK(stream_form_of(names).error().code == ErrorCode::Invalid);
  }

  TEST_CASE("what cannot be asked is Invalid, and says which part") {
    struct Row {
      const char* field;
      Ask ask;
    };
    const std::vector<Row> rows{{"ids", {}},
                                {"ids", {{Asset::id(0)}}},
                                {"ids", {{Asset::id(-5)}}},
                                {"symbols", {{Asset::symbol("")}}},
                                {"symbols", {{Asset::symbol("A,B")}}},
                                {"slugs", {{Asset::slug("a\nb")}}},
                                {"slugs", {{Asset::slug(std::string(201, 'a'))}}},
                                {"convert", {{Asset::id(1)}, {}}},
                                {"convert", {{Asset::id(1)}, {"USD,EUR"}}},
                                {"fields", {{Asset::id(1)}, {"USD"}, {""}}}};
    for (const auto& one : rows) {
      CAPTURE(one.field);
      const auto forms = forms_of(one.ask);
      REQUIRE_FALSE(forms);
      CHECK(forms.error().code == ErrorCode::Invalid);
      CHECK(forms.error().field == one.field);
      CHECK_FALSE(stream_form_of(one.ask));
    }
  }

  TEST_CASE("rows stand as they were asked, currency by currency") {
    std::vector<Quote> rows{row(1, "BTC", "EUR"),
                            row(1, "BTC", "USD"),
                            row(52, "XRP", "EUR"),
                            row(52, "XRP", "USD"),
                            row(9, "NEW", "USD")};
    restore_order({{Asset::symbol("xrp"), Asset::id(1)}, {"usd", "EUR"}}, rows);
    std::string order;
    for (const auto& one : rows) order += std::to_string(one.id) + one.convert + ' ';
    CHECK(order == "52USD 52EUR 1USD 1EUR 9USD ");
  }
}

}  // namespace quotecache::test
