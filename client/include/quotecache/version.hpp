// The version of this library.
#pragma once

#include <string_view>

#include "quotecache/export.hpp"

namespace quotecache {

// "1.2.3", as in CHANGELOG.md. Thread-safe.
[[nodiscard]] QUOTECACHE_API std::string_view version() noexcept;

}  // namespace quotecache
