// Names that nobody else draws. Not for secrets.
#pragma once

#include <cstdint>
#include <string>

namespace quotecached {

// 128 random bits as 32 lower-case hexadecimal digits. Any thread.
[[nodiscard]] std::string random128_hex();
// 64 random bits. Any thread.
[[nodiscard]] std::uint64_t random64();

}  // namespace quotecached
