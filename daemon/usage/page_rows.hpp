// Walks a page of rows and writes what follows them: the cursor of the page after.
//
// The cursor is the id of a page's last row, so that rows that come in meanwhile move nothing.
#pragma once

#include <limits>
#include <string_view>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include "base/json_writer.hpp"
#include "store/reader.hpp"
#include "usage/report_queries.hpp"

namespace quotecached::usage {

// {"<name>":[...],"next":"C"|null}; `write_row(json, rows)` writes one row as a value, or leaves
// it out. Rows have an "id".
template <class WriteRow>
std::string read_page(store::Reader& reader,
                      const PageQuery& query,
                      std::string_view name,
                      WriteRow write_row) {
  auto& rows = reader.statement(page_query(query.of));
  rows.bind(1, query.before.value_or(std::numeric_limits<std::int64_t>::max()));
  rows.bind(2, query.limit + 1);  // one more tells whether there is a page after
  std::string out;
  JsonWriter json(out);
  json.begin_object().key(name).begin_array();
  std::int64_t last = 0;
  int count = 0;
  bool has_more = false;
  while (rows.executeStep()) {
    has_more = ++count > query.limit;
    if (has_more) break;
    last = rows.getColumn("id").getInt64();
    write_row(json, rows);
  }
  json.end_array().key("next");
  if (has_more) {
    json.text(std::to_string(last));
  } else {
    json.null();
  }
  json.end_object();
  return out;
}

[[nodiscard]] inline TimePoint time_in(const SQLite::Statement& rows, const char* column) {
  return TimePoint(milliseconds(rows.getColumn(column).getInt64()));
}

}  // namespace quotecached::usage
