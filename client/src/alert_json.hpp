// An alert from JSON: part of two documents. Pure.
#pragma once

#include "quotecache/credits.hpp"
#include "src/json_fields.hpp"

namespace quotecache {

[[nodiscard]] Alert read_alert(const JsonFields& fields);

}  // namespace quotecache
