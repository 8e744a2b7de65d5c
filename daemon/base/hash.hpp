// Content and key hashes (XXH3). Not for secrets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace quotecached {

[[nodiscard]] std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0) noexcept;

// 128 bits as 32 lower-case hexadecimal digits.
[[nodiscard]] std::string hash128_hex(std::string_view bytes);

}  // namespace quotecached
