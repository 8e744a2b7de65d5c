// Texts of a JSON document as the on-demand reader stands on them. Pure.
//
// They are taken from between their quotes: the reader's own way writes them to a buffer, whose
// allocation it does not check.
#pragma once

#include <string>
#include <string_view>

#include <simdjson.h>

namespace quotecache {

// The text without its escapes, until the document and `buffer` go: `buffer` is for texts that have
// some. False: they are wrong.
[[nodiscard]] bool text_of(simdjson::ondemand::raw_json_string raw,
                           std::string_view& text,
                           std::string& buffer);

// A text, or null, which is empty. False: it is neither.
[[nodiscard]] bool text_of(simdjson::ondemand::value value,
                           std::string_view& text,
                           std::string& buffer);
[[nodiscard]] bool read_text(simdjson::ondemand::value value, std::string& text);

}  // namespace quotecache
