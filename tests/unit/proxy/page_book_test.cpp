#include "proxy/page_book.hpp"

#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "listed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::proxy;
using namespace quotecached::proxy::test;

namespace {

const PageBook::Time kSteady{1h};

}  // namespace

TEST_SUITE("proxy::PageBook") {
  const std::vector<Page> kWider{{1, 200}, {1, 100}, {1, 50}};

  TEST_CASE("the widest page that is not too large is asked for") {
    struct Row {
      std::uint64_t bytes;
      Page expected;
    };
    for (const auto& row : {Row{200'000, {1, 200}},
                            Row{199'999, {1, 100}},
                            Row{99'999, {1, 50}},
                            Row{49'999, {1, 10}},
                            Row{0, {1, 10}}}) {
      CAPTURE(row.bytes);
      const PageBook book({.list_bytes = {row.bytes}});
      CHECK(book.page_for("s", {1, 10}, kWider, 1000, kSteady) == row.expected);
      CHECK(book.page_for("s", {1, 10}, {}, 1000, kSteady) == Page{1, 10});
    }
  }

  TEST_CASE("what rows are like is learned by the series") {
    PageBook book({.list_bytes = {3000}});
    const auto& map = *catalog::Catalogue::built_in().by_name("v1.map");
    CHECK(book.page_for("s", {1, 10}, kWider, 1000, kSteady) == Page{1, 10});
    REQUIRE(book.index_of("s", map, entry_of(List{.rows = 30}.body({1, 30}))));
    CHECK(book.page_for("s", {1, 10}, kWider, 1000, kSteady) == Page{1, 100});
    CHECK(book.page_for("t", {1, 10}, kWider, 1000, kSteady) == Page{1, 10});
  }

  TEST_CASE("what was refused is not asked for again for an hour") {
    PageBook book({});
    book.note_refusal("s", kSteady);
    CHECK(book.page_for("s", {1, 10}, kWider, 1, kSteady) == Page{1, 10});
    CHECK(book.page_for("s", {1, 10}, kWider, 1, kSteady + 3599s) == Page{1, 10});
    CHECK(book.page_for("s", {1, 10}, kWider, 1, kSteady + 3600s) == Page{1, 200});
    CHECK(book.page_for("t", {1, 10}, kWider, 1, kSteady) == Page{1, 200});
  }

  TEST_CASE("pages are remembered by series, a few each, the series used last") {
    PageBook book({.most_series = 2, .most_pages = 2});
    book.note_page("a", {1, 1000});
    book.note_page("a", {101, 200});
    CHECK(book.pages_around("a", {101, 10}) == std::vector<Page>{{1, 1000}, {101, 200}});
    CHECK(book.pages_around("a", {1, 10}) == std::vector<Page>{{1, 1000}});
    CHECK(book.pages_around("b", {1, 10}).empty());
    book.note_page("a", {1, 1000});
    book.note_page("a", {1, 400});
    CHECK(book.pages_around("a", {101, 10}) == std::vector<Page>{{1, 1000}, {1, 400}});
    book.note_page("b", {1, 400});
    book.note_page("a", {1, 400});
    book.note_page("c", {1, 400});
    CHECK(book.pages_around("b", {1, 10}).empty());
    CHECK(book.pages_around("a", {1, 10}).size() == 2);
    CHECK(book.pages_around("c", {1, 10}).size() == 1);
  }

  TEST_CASE("an index is made once for an answer") {
    PageBook book({.most_indexes = 2});
    const auto& map = *catalog::Catalogue::built_in().by_name("v1.map");
    const auto one = entry_of(List{.rows = 3}.body({1, 3}));
    const auto index = book.index_of("s", map, one);
    REQUIRE(index);
    CHECK(index->rows.size() == 3);
    CHECK(book.index_of("s", map, one) == index);
    const auto two = entry_of(List{.rows = 4}.body({1, 4}));
    const auto three = entry_of(List{.rows = 5}.body({1, 5}));
    CHECK(book.index_of("s", map, two)->rows.size() == 4);
    CHECK(book.index_of("s", map, one) == index);
    CHECK(book.index_of("s", map, three)->rows.size() == 5);  // two makes room
    CHECK(book.index_of("s", map, one) == index);
    CHECK(book.index_of("s", map, two)->rows.size() == 4);
    const auto odd = std::make_shared<cache::Entry>();
    CHECK(book.index_of("s", map, odd) == nullptr);
  }
}
