// JSON text for the daemon's own small answers.
#pragma once

#include <string>
#include <string_view>

namespace quotecached::http {

// Appends `text` as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);

}  // namespace quotecached::http
