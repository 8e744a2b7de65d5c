// Text quoted and escaped as JSON does it. TOML's basic strings and our log lines take the same
// form.
#pragma once

#include <string>
#include <string_view>

namespace quotecached {

// Appends `text` as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);

}  // namespace quotecached
