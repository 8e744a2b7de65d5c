// Body compression.
#pragma once

#include <string>
#include <string_view>

namespace cmcsim {

// Throws std::runtime_error when zlib fails, which only lack of memory causes.
[[nodiscard]] std::string gzip(std::string_view body);

// Whether an Accept-Encoding value allows gzip.
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding);

}  // namespace cmcsim
