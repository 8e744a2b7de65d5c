#include "cli/watch_lines.hpp"

#include <fmt/format.h>

#include "cli/get.hpp"
#include "cli/json_text.hpp"
#include "cli/quote_rows.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {

std::string WatchLines::quote(const Quote& quote) {
  switch (format_) {
    case Format::Csv: return csv_line(quote, false);
    case Format::Table: return plain_line(quote, false);
    case Format::Json: break;
  }
  const auto object = fmt::format("{{{},\"stale\":{}}}\n", quote_members(quote), quote.is_stale);
  return look_.is_terminal ? escaped_lines(object, look_) : object;
}

std::string WatchLines::gone(const Quote& last) {
  switch (format_) {
    case Format::Csv: return csv_line(last, true);
    case Format::Table: return plain_line(last, true);
    case Format::Json: break;
  }
  const auto object =
      fmt::format("{{\"id\":{},\"convert\":{},\"gone\":true}}\n", last.id, in_quotes(last.convert));
  return look_.is_terminal ? escaped_lines(object, look_) : object;
}

// Of a row that is gone its figures are empty.
std::string WatchLines::csv_line(const Quote& quote, bool is_gone) {
  const std::vector<Quote> rows{quote};
  if (!has_header_) fields_ = fields_of(rows, ask_);
  auto columns = quote_columns(fields_);
  columns.insert(columns.end(), {"stale", "gone"});
  Csv csv(columns);
  Quote told = quote;
  if (is_gone) told.price = {};
  if (is_gone) told.figures.clear();
  put_quote(csv, told, fields_);
  csv.field(std::string_view(quote.is_stale ? "true" : "false"));
  csv.field(std::string_view(is_gone ? "true" : "false")).end_line();
  std::string text = std::move(csv).text();
  if (has_header_) text.erase(0, text.find("\r\n") + 2);
  has_header_ = true;
  return look_.is_terminal ? clean_lines(text, look_) : text;
}

std::string WatchLines::plain_line(const Quote& quote, bool is_gone) const {
  std::string text =
      fmt::format("{} {} {}", to_iso8601(quote.fetched_at), quote.symbol, quote.convert);
  if (is_gone) return clean(text + " gone", look_) + '\n';
  text += ' ' + (quote.price.text.empty() ? std::string("-") : figure_text(quote.price));
  for (const auto& [name, figure] : quote.figures)
    text += fmt::format(" {}={}", name, figure.text.empty() ? "-" : figure_text(figure));
  if (quote.is_stale) text += " stale";
  return clean(text, look_) + '\n';
}

}  // namespace quotecache::cli
