// Pages that are cut out of lists: which rows an answer holds, and their bytes.
#include "quote/rows.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <span>
#include <string>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "quote/whole.hpp"
#include "scanner.hpp"

using namespace quotecached;
using namespace quotecached::quote;
using catalog::Page;

namespace {

const catalog::Endpoint& listings() {
  return *catalog::Catalogue::built_in().by_name("v1.listings");
}

RowIndex index_of(const std::string& body, const catalog::Endpoint& endpoint = listings()) {
  auto index = index_rows(endpoint, body);
  REQUIRE(index);
  return std::move(*index);
}

// An index of `rows` rows, whatever they say.
RowIndex rows_only(std::size_t rows, std::optional<std::uint64_t> total = std::nullopt) {
  RowIndex index;
  index.rows.resize(rows);
  index.total = total;
  return index;
}

struct Recording {
  const char* file;
  const char* endpoint;
};

const Recording kLists[] = {
    {"v1_cryptocurrency_listings_latest__start_1_limit_1000_convert_USD.json", "v1.listings"},
    {"v1_cryptocurrency_listings_latest__start_1001_limit_1000_convert_USD.json", "v1.listings"},
    {"v1_cryptocurrency_listings_latest__limit_3_total_count_2024.json", "v1.listings"},
    {"v1_cryptocurrency_map__start_1_limit_5000_listing_status_active+untracked_sort_id_aux_"
     "status.json",
     "v1.map"},
    {"v1_exchange_map__695_exchanges.json", "v1.exchange_map"},
    {"v1_fiat_map__start_1_limit_5000.json", "v1.fiat_map"},
    {"v1_cryptocurrency_categories__3.json", "v1.categories"},
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The texts of a list's rows, found by a scanner of the tests' own.
std::vector<std::string> rows_in(std::string_view list) {
  std::vector<std::string> rows;
  for (const auto& item : test::items(list)) rows.emplace_back(item.value);
  return rows;
}

}  // namespace

TEST_SUITE("quote::rows") {
  TEST_CASE("a page is cut with its status, and white space as it was") {
    struct Row {
      const char* name;
      std::string body;
      RowRange range;
      std::string expected;
    };
    const std::string minified =
        R"({"status":{"credit_count":1,"total_count":9},"data":[{"id":1},{"id":2},{"id":3}]})";
    const std::string pretty =
        "{ \"data\": [\n  {\"id\": 1},\n  {\"id\":  2},\n  {\"id\": 3}\n ],\n"
        " \"status\": {\"credit_count\": 12 } }\n";
    for (const Row& row : {
             Row{"first",
                 minified,
                 {0, 1},
                 R"({"status":{"credit_count":1,"total_count":9},"data":[{"id":1}]})"},
             Row{"middle",
                 minified,
                 {1, 1},
                 R"({"status":{"credit_count":1,"total_count":9},"data":[{"id":2}]})"},
             Row{"last two",
                 minified,
                 {1, 2},
                 R"({"status":{"credit_count":1,"total_count":9},"data":[{"id":2},{"id":3}]})"},
             Row{"none",
                 minified,
                 {3, 0},
                 R"({"status":{"credit_count":1,"total_count":9},"data":[]})"},
             Row{"all", minified, {0, 3}, minified},
             Row{"all, pretty", pretty, {0, 3}, pretty},
             Row{"two, pretty, status behind",
                 pretty,
                 {1, 2},
                 "{ \"data\": [\n  {\"id\":  2},\n  {\"id\": 3}\n ],\n"
                 " \"status\": {\"credit_count\": 12 } }\n"},
             Row{"none, pretty",
                 pretty,
                 {0, 0},
                 "{ \"data\": [],\n \"status\": {\"credit_count\": 12 } }\n"},
         }) {
      CAPTURE(row.name);
      const auto read = whole(listings(), row.body);
      REQUIRE(read);
      const auto page = cut_page(read->fragment, index_of(row.body), row.range);
      CHECK(page.fragment.text == row.expected);
      // As if the provider had sent it: data and the place of the cost are found where they are.
      const auto again = whole(listings(), row.expected);
      REQUIRE(again);
      CHECK(page.fragment == again->fragment);
      CHECK(page.fragment.text.substr(page.data_begin, page.data_end - page.data_begin) ==
            again->data);
    }
  }

  TEST_CASE("what is no list has no rows") {
    for (const char* body : {"",
                             "{}",
                             R"({"status":{},"data":{}})",
                             R"({"status":{},"data":[1)",
                             R"({"status":{}})",
                             R"({"status":{},"data":7})"}) {
      CAPTURE(body);
      CHECK_FALSE(index_rows(listings(), body));
    }
    const auto index = index_of(R"({"status":{"total_count":"7"},"data":[]})");
    CHECK(index.rows.empty());
    CHECK(index.total == 7);
  }

  TEST_CASE("which rows of a page an answer holds") {
    struct Row {
      const char* name;
      Page asked, held;
      std::size_t rows;
      std::optional<std::uint64_t> total;
      bool is_narrowed;
      std::optional<RowRange> expected;
    };
    constexpr auto kNone = std::nullopt;
    for (const Row& row : {
             Row{"inside", {11, 10}, {1, 200}, 200, 9000, false, RowRange{10, 10}},
             Row{"to the last row", {191, 10}, {1, 200}, 200, 9000, false, RowRange{190, 10}},
             Row{"beyond it", {191, 11}, {1, 200}, 200, 9000, false, kNone},
             Row{"before it", {200, 10}, {201, 200}, 200, 9000, false, kNone},
             Row{"behind it", {401, 10}, {1, 200}, 200, 9000, false, kNone},
             Row{"the end, by the total", {191, 50}, {1, 200}, 200, 200, false, RowRange{190, 10}},
             Row{"behind the end, by the total",
                 {301, 50},
                 {201, 200},
                 7,
                 207,
                 false,
                 RowRange{7, 0}},
             Row{"the end, by what is short",
                 {191, 50},
                 {1, 200},
                 193,
                 kNone,
                 false,
                 RowRange{190, 3}},
             Row{"behind the end, by what is short",
                 {301, 50},
                 {1, 200},
                 193,
                 kNone,
                 false,
                 RowRange{193, 0}},
             Row{"short, yet its total tells of more",
                 {191, 50},
                 {1, 200},
                 193,
                 9000,
                 false,
                 kNone},
             Row{"rows that are there, though it is short",
                 {101, 50},
                 {1, 200},
                 193,
                 9000,
                 false,
                 RowRange{100, 50}},
             Row{"a total of all coins says nothing of filtered ones",
                 {191, 50},
                 {1, 200},
                 193,
                 9000,
                 true,
                 RowRange{190, 3}},
             Row{"more than all coins there cannot be of filtered ones",
                 {91, 50},
                 {1, 200},
                 100,
                 100,
                 true,
                 RowRange{90, 10}},
             Row{"a round number may be a bound", {91, 50}, {1, 200}, 100, kNone, false, kNone},
             Row{"a round number that the total confirms",
                 {91, 50},
                 {1, 200},
                 100,
                 100,
                 false,
                 RowRange{90, 10}},
             Row{"nothing at all", {11, 50}, {1, 200}, 0, kNone, false, RowRange{0, 0}},
             Row{"nothing at all, by the total", {1, 50}, {1, 200}, 0, 0, false, RowRange{0, 0}},
             Row{"all there is, unasked", {11, 10}, {1, 0}, 93, kNone, false, RowRange{10, 10}},
             Row{"its end is the provider's choice", {91, 10}, {1, 0}, 93, kNone, false, kNone},
             Row{"all there is, out of a page", {1, 0}, {1, 5000}, 93, kNone, false, kNone},
             Row{"more rows than were asked for", {11, 10}, {1, 50}, 93, kNone, false, kNone},
         }) {
      CAPTURE(row.name);
      const auto range =
          rows_of(row.asked, row.held, rows_only(row.rows, row.total), row.is_narrowed);
      CHECK(range.has_value() == row.expected.has_value());
      if (!range || !row.expected) continue;
      CHECK(range->first == row.expected->first);
      CHECK(range->count == row.expected->count);
    }
  }

  TEST_CASE("pages of recorded lists hold the recorded rows, byte for byte") {
    const std::filesystem::path folder = QUOTECACHED_RECORDINGS;
    if (!std::filesystem::exists(folder)) {
      MESSAGE("SKIPPED: no recordings in " << folder);
      return;
    }
    std::mt19937 random(20260129);
    std::size_t cut = 0;
    for (const auto& list : kLists) {
      CAPTURE(list.file);
      const auto& endpoint = *catalog::Catalogue::built_in().by_name(list.endpoint);
      const auto body = read_file(folder / list.file);
      const auto read = whole(endpoint, body);
      REQUIRE(read);
      const auto expected = rows_in(read->data);
      const auto index = index_of(body, endpoint);
      REQUIRE(index.rows.size() == expected.size());
      REQUIRE(!expected.empty());
      const Page held{1, expected.size()};
      for (int i = 0; i < 60; ++i) {
        const auto first = random() % expected.size();
        const auto count = 1 + random() % std::min<std::size_t>(200, expected.size() - first);
        const auto range = rows_of({first + 1, count}, held, index, false);
        REQUIRE(range);
        const auto page = cut_page(read->fragment, index, *range);
        // What the provider would have said is as well formed, and its rows are the recorded ones.
        const auto again = whole(endpoint, page.fragment.text);
        REQUIRE(again);
        CHECK(again->fragment.slots == page.fragment.slots);
        const auto rows = rows_in(again->data);
        const bool is_same = std::ranges::equal(rows, std::span(expected).subspan(first, count));
        CHECK(is_same);
        CHECK(again->facts.total == read->facts.total);
        cut += rows.size();
      }
    }
    MESSAGE(cut, " rows cut");
  }
}
