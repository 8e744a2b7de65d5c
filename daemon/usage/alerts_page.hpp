// A page of alerts as the JSON of GET /admin/credits/alerts, newest first. Blocks.
#pragma once

#include <string>

#include "store/reader.hpp"
#include "usage/question.hpp"

namespace quotecached::usage {

// Throws SQLite::Exception.
[[nodiscard]] std::string read_alerts_page(store::Reader& reader, const PageQuery& query);

}  // namespace quotecached::usage
