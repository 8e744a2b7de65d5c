#include "cli/table.hpp"

#include <sstream>

#include <doctest/doctest.h>

#include "cli/csv.hpp"
#include "cli/text.hpp"

namespace quotecache::cli::test {
namespace {

using Align = Column::Align;

Table sample() {
  Table table({{"NAME", Align::Left, 0, 8},
               {"NEEDED", Align::Right, 0},
               {"SPARE", Align::Right, 2},
               {"USEFUL", Align::Right, 1}});
  table.add_row({{"market_pairs_latest"}, {"1,234"}, {"5"}, {"7"}});
  table.add_row({{"名前"}, {"9"}, {}, {"10"}});
  table.set_total({{"total"}, {"1,243"}, {"5"}, {}});
  return table;
}

}  // namespace

TEST_SUITE("client::Table") {
  TEST_CASE("with room enough everything is shown") {
    CHECK(sample().render(Look{80, true, false}) ==
          "NAME                 NEEDED  SPARE  USEFUL\n"
          "market_pairs_latest   1,234      5       7\n"
          "名前                      9             10\n"
          "──────────────────────────────────────────\n"
          "total                 1,243      5\n");
  }

  TEST_CASE("names are cut before columns are left out, the least needed first") {
    CHECK(sample().render(Look{34, false, false}) ==
          "NAME         NEEDED  SPARE  USEFUL\n"
          "market_pai~   1,234      5       7\n"
          "名前              9             10\n"
          "----------------------------------\n"
          "total         1,243      5\n");
    CHECK(sample().render(Look{30, true, false}).starts_with("NAME            NEEDED  USEFUL\n"));
    CHECK(sample().render(Look{20, true, false}).starts_with("NAME          NEEDED\n"));
  }

  TEST_CASE("no line is wider than it may be, down to what cannot be left out") {
    for (std::size_t width = 14; width < 60; ++width) {
      CAPTURE(width);
      std::istringstream lines(sample().render(Look{width, true, false}));
      for (std::string line; std::getline(lines, line);) CHECK(columns_of(line) <= width);
    }
  }

  TEST_CASE("sentences go on below, in their column") {
    Table table({{"AT", Align::Left, 0}, {"MESSAGE", Align::Left, 0, 10, true}});
    table.add_row({{"10:00"}, {"half of it is spent", Tone::Bad}});
    CHECK(table.render(Look{18, true, false}) ==
          "AT     MESSAGE\n"
          "10:00  half of it\n"
          "       is spent\n");
  }

  TEST_CASE("colour changes no widths") {
    Table table({{"A", Align::Right, 0}, {"B", Align::Right, 0}});
    table.add_row({{"1", Tone::Bad}, {"22"}});
    CHECK(table.render(Look{80, true, true}) ==
          "\x1b[1mA\x1b[0m   \x1b[1mB\x1b[0m\n"
          "\x1b[31m1\x1b[0m  22\n");
  }
}

TEST_SUITE("client::Csv") {
  TEST_CASE("fields are quoted where they must be, numbers are plain") {
    Csv csv({"text", "number"});
    csv.field(std::string_view("plain")).field(std::int64_t{-1234567}).end_line();
    csv.field(std::string_view("a \"b\", c\r\nd")).field(0.00001).end_line();
    csv.field(std::string_view{}).field(1234567.5).end_line();
    csv.field(std::optional<double>{}).field(-0.0000001).end_line();
    csv.field(TimePoint{}).field(100.0).end_line();
    CHECK(std::move(csv).text() ==
          "text,number\r\n"
          "plain,-1234567\r\n"
          "\"a \"\"b\"\", c\r\nd\",0.00001\r\n"
          ",1234567.5\r\n"
          ",0\r\n"
          "1970-01-01T00:00:00Z,100\r\n");
  }
}

}  // namespace quotecache::cli::test
