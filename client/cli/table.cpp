#include "cli/table.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

constexpr std::size_t kGap = 2;    // between columns
constexpr std::size_t kLeast = 6;  // of a column that shrinks because nothing else is left to do

}  // namespace

void Table::add_row(std::vector<Cell> cells) {
  assert(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

void Table::set_total(std::vector<Cell> cells) {
  assert(cells.size() == columns_.size());
  total_ = std::move(cells);
}

std::size_t Table::natural_width(std::size_t column) const {
  std::size_t width = columns_of(columns_[column].title);
  for (const auto& row : rows_) width = std::max(width, columns_of(row[column].text));
  if (!total_.empty()) width = std::max(width, columns_of(total_[column].text));
  return width;
}

std::size_t Table::excess(const std::vector<Shown>& shown, std::size_t width) const {
  std::size_t sum = kGap * (shown.size() - 1);
  for (const Shown& one : shown) {
    const std::size_t shrunk = columns_[one.column].shrinks_to;
    sum += shrunk == 0 ? one.width : std::min(one.width, shrunk);
  }
  return sum > width ? sum - width : 0;
}

// The rightmost first; to where they like to be, then further.
void Table::shrink(std::vector<Shown>& shown, std::size_t width) const {
  std::size_t sum = kGap * (shown.size() - 1);
  for (const Shown& one : shown) sum += one.width;
  std::size_t too_much = sum > width ? sum - width : 0;
  for (const bool is_last_resort : {false, true}) {
    for (auto one = shown.rbegin(); one != shown.rend(); ++one) {
      const std::size_t shrunk = columns_[one->column].shrinks_to;
      if (shrunk == 0) continue;
      const std::size_t least = std::min(one->width, is_last_resort ? kLeast : shrunk);
      const std::size_t cut = std::min(too_much, one->width - least);
      one->width -= cut;
      too_much -= cut;
    }
  }
}

std::vector<Table::Shown> Table::fit(std::size_t width) const {
  std::vector<Shown> shown;
  shown.reserve(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) shown.push_back({i, natural_width(i)});
  const auto by_rank = [this](const Shown& a, const Shown& b) {
    return columns_[a.column].rank < columns_[b.column].rank;
  };
  while (excess(shown, width) > 0) {
    const auto last = std::max_element(shown.begin(), shown.end(), by_rank);
    if (columns_[last->column].rank == 0) break;
    shown.erase(last);
  }
  shrink(shown, width);
  return shown;
}

std::vector<std::string> Table::parts(const std::vector<Cell>& cells,
                                      const Shown& shown,
                                      const Look& look) const {
  std::vector<std::string> parts{cells[shown.column].text};
  if (columns_[shown.column].is_prose) parts = wrapped(parts.front(), shown.width);
  if (parts.empty()) parts.emplace_back();
  for (std::string& part : parts) part = shortened(part, shown.width, look);
  return parts;
}

std::string Table::line(const std::vector<Cell>& cells,
                        const std::vector<Shown>& shown,
                        const Look& look) const {
  std::string text;
  std::string rest;      // lines below
  std::string blanks;    // not written before something follows
  std::size_t left = 0;  // columns to the left
  for (const Shown& one : shown) {
    const auto lines = parts(cells, one, look);
    const Tone tone = cells[one.column].tone;
    const std::string padding(one.width - columns_of(lines.front()), ' ');
    const bool is_right = columns_[one.column].align == Column::Align::Right;
    if (is_right) blanks += padding;
    if (!lines.front().empty()) {
      text += blanks + painted(lines.front(), tone, look);
      blanks.clear();
    }
    if (!is_right) blanks += padding;
    blanks.append(kGap, ' ');
    for (std::size_t i = 1; i < lines.size(); ++i)
      rest += std::string(left, ' ') + painted(lines[i], tone, look) + '\n';
    left += one.width + kGap;
  }
  return text + '\n' + rest;
}

std::string Table::render(const Look& look) const {
  const auto shown = fit(look.width);
  std::vector<Cell> titles;
  titles.reserve(columns_.size());
  for (const Column& column : columns_) titles.push_back({column.title, Tone::Strong});
  std::string text = line(titles, shown, look);
  for (const auto& row : rows_) text += line(row, shown, look);
  if (total_.empty()) return text;
  std::size_t width = kGap * (shown.size() - 1);
  for (const Shown& one : shown) width += one.width;
  for (std::size_t i = 0; i < width; ++i) text += look.is_utf8 ? "─" : "-";
  return text + '\n' + line(total_, shown, look);
}

}  // namespace quotecache::cli
