// The version of this library.
#pragma once

#include <string_view>

namespace quotecache {

// "1.2.3", as in CHANGELOG.md. Thread-safe.
[[nodiscard]] std::string_view version() noexcept;

}  // namespace quotecache
