// Fields of CSV (RFC 4180), of what the provider wrote as JSON. Pure.
#pragma once

#include <string>
#include <string_view>

namespace quotecached::compact {

// Appends a JSON value as a field: numbers as they are, null as nothing, texts without their
// escapes. A text that a spreadsheet would take for a formula gets an apostrophe before it.
void append_csv_field(std::string& out, std::string_view json);

// The text of a JSON string, its escapes undone. An escape that is none stays as it is.
[[nodiscard]] std::string text_of(std::string_view json);

}  // namespace quotecached::compact
