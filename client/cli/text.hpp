// Text measured in columns of a terminal, not in bytes. Pure; needs no locale.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/look.hpp"

namespace quotecache::cli {

// Columns a UTF-8 text takes. A byte that is no UTF-8 counts as one.
[[nodiscard]] std::size_t columns_of(std::string_view text) noexcept;

// Fit to be shown: control characters, marks that turn the direction of writing and broken bytes
// become '?', and without UTF-8 everything that is not ASCII does. Text of the daemon's passes
// here, so that a name can never move the cursor.
[[nodiscard]] std::string clean(std::string_view text, const Look& look);

// Likewise line by line, whose ends, CR LF too, stay.
[[nodiscard]] std::string clean_lines(std::string_view text, const Look& look);

// Likewise as JSON spells such characters, "\u009b", so that a document keeps its meaning; a broken
// byte is U+FFFD. Line ends and tabs stay.
[[nodiscard]] std::string escaped_lines(std::string_view text, const Look& look);

// At most so many columns, the last of them an ellipsis when something was cut off.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t columns, const Look& look);

// Blanks around it up to so many columns.
[[nodiscard]] std::string pad_left(std::string_view text, std::size_t columns);
[[nodiscard]] std::string pad_right(std::string_view text, std::size_t columns);

// Lines of at most so many columns, broken at blanks. A word that is longer has a line to itself.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

// The same as one text: every line ends with a line feed, those after the first are indented.
[[nodiscard]] std::string paragraph(std::string_view text, std::size_t indent, const Look& look);

}  // namespace quotecache::cli
