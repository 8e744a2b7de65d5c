#include "cli/quote_rows.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/json_text.hpp"

namespace quotecache::cli {
namespace {

// What the provider wrote is JSON already; a line's end in it is a blank between two members.
std::string figure_json(const Figure& figure) {
  std::string json = figure.text.empty() ? "null" : figure.text;
  std::ranges::replace_if(json, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return json;
}

// A number may begin with a minus; a text that does is tamed.
std::string figure_field(const Figure* figure) {
  if (figure == nullptr) return {};
  const auto text = figure_text(*figure);
  return text == figure->text ? text : tame(text);
}

}  // namespace

std::string figure_text(const Figure& figure) {
  const std::string_view text = figure.text;
  const bool is_quoted = text.size() >= 2 && text.starts_with('"') && text.ends_with('"');
  return std::string(is_quoted ? text.substr(1, text.size() - 2) : text);
}

std::string quote_members(const Quote& quote) {
  std::string json =
      fmt::format(R"("id":{},"symbol":{},"name":{},"slug":{},"convert":{},"price":{})",
                  quote.id,
                  in_quotes(quote.symbol),
                  in_quotes(quote.name),
                  in_quotes(quote.slug),
                  in_quotes(quote.convert),
                  figure_json(quote.price));
  for (const auto& [name, figure] : quote.figures)
    json += fmt::format(",{}:{}", in_quotes(name), figure_json(figure));
  return json + fmt::format(R"(,"last_updated":{},"fetched_at":{})",
                            time_json(quote.last_updated),
                            time_json(quote.fetched_at));
}

std::vector<std::string_view> quote_columns(const std::vector<std::string>& fields) {
  std::vector<std::string_view> columns{"id", "symbol", "name", "slug", "convert", "price"};
  columns.insert(columns.end(), fields.begin(), fields.end());
  columns.insert(columns.end(), {"last_updated", "fetched_at"});
  return columns;
}

void put_quote(Csv& csv, const Quote& quote, const std::vector<std::string>& fields) {
  csv.field(quote.id).field(tame(quote.symbol)).field(tame(quote.name)).field(tame(quote.slug));
  csv.field(tame(quote.convert)).field(figure_field(&quote.price));
  for (const auto& name : fields) csv.field(figure_field(quote.figure(name)));
  csv.field(quote.last_updated ? stamp_text(*quote.last_updated) : std::string());
  csv.field(stamp_text(quote.fetched_at));
}

}  // namespace quotecache::cli
