// A quote as a row of JSON or CSV, and its figures for people. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/csv.hpp"
#include "quotecache/quote.hpp"

namespace quotecache::cli {

// The provider's digits; a text without its quotes; empty: it gives none.
[[nodiscard]] std::string figure_text(const Figure& figure);

// The members of an object: "id":1,...,"fetched_at":"...".
[[nodiscard]] std::string quote_members(const Quote& quote);

// The columns that every quote has before its other figures, and those behind them.
[[nodiscard]] std::vector<std::string_view> quote_columns(const std::vector<std::string>& fields);
// The fields of one line, its end not included. Requires: a figure for each of `fields`.
void put_quote(Csv& csv, const Quote& quote, const std::vector<std::string>& fields);

}  // namespace quotecache::cli
