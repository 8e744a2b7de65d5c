// A table that fits its reader's terminal. Pure.
//
// Lines are not broken: columns are left out instead, those of the highest rank first, and last the
// text in a column that may shrink is cut short. Only sentences in the last column go on below.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/look.hpp"

namespace quotecache::cli {

struct Cell {
  std::string text;  // fit to be shown, see clean()
  Tone tone = Tone::Plain;
};

struct Column {
  enum class Align : std::uint8_t { Left, Right };

  std::string title;
  Align align = Align::Right;
  int rank = 0;  // 0: always there
  std::size_t shrinks_to =
      0;                  // its text may be cut to so much before columns are left out; 0: never
  bool is_prose = false;  // goes on in further lines; for the last column only
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Requires: as many cells as there are columns, here and below.
  void add_row(std::vector<Cell> cells);
  // A line below a rule.
  void set_total(std::vector<Cell> cells);

  // Lines that end with a line feed and hold no blanks before it.
  [[nodiscard]] std::string render(const Look& look) const;

 private:
  struct Shown {
    std::size_t column;
    std::size_t width;
  };

  [[nodiscard]] std::size_t natural_width(std::size_t column) const;
  [[nodiscard]] std::vector<Shown> fit(std::size_t width) const;
  // By how much the columns are too wide, those that shrink being as narrow as they like to be.
  [[nodiscard]] std::size_t excess(const std::vector<Shown>& shown, std::size_t width) const;
  void shrink(std::vector<Shown>& shown, std::size_t width) const;
  // The cell's text in lines of its column.
  [[nodiscard]] std::vector<std::string> parts(const std::vector<Cell>& cells,
                                               const Shown& shown,
                                               const Look& look) const;
  [[nodiscard]] std::string line(const std::vector<Cell>& cells,
                                 const std::vector<Shown>& shown,
                                 const Look& look) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
  std::vector<Cell> total_;  // empty: none
};

}  // namespace quotecache::cli
