// Rows of quotes as text: JSON, newline-delimited JSON, CSV.
//
// Pure. Figures are the provider's own text in all of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compact/picture.hpp"
#include "compact/problem.hpp"

namespace quotecached::compact {

// Assets (positions in the ask) that are not answered for, and why.
using Unanswered = std::vector<std::pair<std::size_t, Code>>;

// What an answer says.
struct Sheet {
  const Ask& ask;
  const Picture& picture;
  Unanswered unavailable;
  std::string next;  // the cursor of the next page; empty: there is none
  TimePoint now;
};

// The fields that the rows have: those asked for, or all that any row has.
[[nodiscard]] std::vector<std::string> columns_of(const Sheet& sheet);

// A row as a JSON object in one line up to its times, and what ends it where no age is told. In
// between, nothing but the figures and names of the copy.
void append_row_begin(std::string& out,
                      const Choice& choice,
                      std::string_view convert,
                      std::span<const std::string> columns);
void append_row_end(std::string& out, TimePoint fetched_at, bool is_stale);

// One row as a JSON object in one line, without its end.
void append_row(std::string& out,
                const Ask& ask,
                const Quote& quote,
                std::span<const std::string> columns,
                TimePoint now);

void append_json(std::string& out, const Sheet& sheet);
void append_ndjson(std::string& out, const Sheet& sheet);
void append_csv(std::string& out, const Sheet& sheet);

// What does not exist, what several coins share and, if there is any, what could not be had, in one
// line: {"missing":[...],"ambiguous":[...],"unavailable":[...]}.
[[nodiscard]] std::string lists_of(const Ask& ask,
                                   const Picture& picture,
                                   const Unanswered& unavailable);

// The header lines that tell beside CSV and NDJSON what JSON tells in its lists.
[[nodiscard]] std::string list_headers(const Sheet& sheet);

}  // namespace quotecached::compact
