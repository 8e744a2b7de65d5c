// The addresses that spreadsheets are told to ask give CSV from which their formulas take a price.
// The spreadsheets themselves are not run.
#include <algorithm>
#include <utility>

#include "examples/bed.hpp"

namespace quotecached::test {
namespace {

const std::string kPrinted = "http://127.0.0.1:8466";

// Targets of the daemon that the page names, each behind the printed address.
Words targets_of(const std::string& page) {
  Words targets;
  for (auto at = page.find(kPrinted); at != std::string::npos; at = page.find(kPrinted, at + 1)) {
    const auto begin = at + kPrinted.size();
    targets.push_back(page.substr(begin, page.find_first_of("\"\n ", begin) - begin));
  }
  return targets;
}

// RFC 4180: fields between commas, in quotes where they hold one of ",\r\n, rows ended by CRLF.
std::vector<Words> rows_of(const std::string& csv) {
  std::vector<Words> rows;
  Words row;
  std::string field;
  bool is_quoted = false;
  for (std::size_t at = 0; at < csv.size(); ++at) {
    const char c = csv[at];
    if (c == '"' && is_quoted && csv.compare(at, 2, "\"\"") == 0) {
      field += csv[at++];
    } else if (c == '"') {
      is_quoted = !is_quoted;
    } else if (is_quoted || (c != ',' && c != '\r' && c != '\n')) {
      field += c;
    } else if (c != '\r') {
      row.push_back(std::move(field));
      field.clear();
      if (c == '\n') rows.push_back(std::exchange(row, {}));
    }
  }
  CHECK(row.empty());
  return rows;
}

std::size_t column_of(const Words& header, const std::string& name) {
  const auto at = std::find(header.begin(), header.end(), name);
  REQUIRE_MESSAGE(at != header.end(), name);
  return static_cast<std::size_t>(at - header.begin());
}

// As the formulas do: what stands between the last ",USD," and the next comma.
std::string price_behind_currency(const std::string& csv) {
  const std::string currency = ",USD,";
  const auto begin = csv.rfind(currency) + currency.size();
  return csv.substr(begin, csv.find(',', begin) - begin);
}

}  // namespace

TEST_SUITE("examples: spreadsheet") {
  TEST_CASE("each address gives a table in which each coin has a price") {
    ExamplesBed bed(frozen());
    keep_day(bed.sim);
    const auto targets = targets_of(read_file(kExamples / "spreadsheet/README.md"));
    CHECK(targets.size() == 4);
    for (const auto& target : targets) {
      CAPTURE(target);
      const auto answer = bed.daemon->get(target);
      REQUIRE(answer.status == 200);
      CHECK(answer.header("content-type").starts_with("text/csv"));
      const auto rows = rows_of(answer.body);
      const auto slugs = target.substr(0, target.find('&'));
      const auto coins = 1 + static_cast<std::size_t>(std::count(slugs.begin(), slugs.end(), ','));
      REQUIRE(rows.size() == 1 + coins);
      const auto price = column_of(rows[0], "price");
      const bool has_cap = target.find("market_cap") != std::string::npos;
      for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
        REQUIRE(row->size() == rows[0].size());
        CHECK(std::stod((*row)[price]) > 0);
        if (has_cap) CHECK(std::stod((*row)[column_of(rows[0], "market_cap")]) > 0);
      }
      if (coins == 1) CHECK(price_behind_currency(answer.body) == rows[1][price]);
    }
  }
}

}  // namespace quotecached::test
