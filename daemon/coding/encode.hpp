// Encodes bodies: gzip by zlib, br by Brotli's library, zstd by Zstandard's.
//
// Any thread; each keeps the state of zlib and Zstandard for its next body, which costs about 0.3
// MiB and, at the levels that are allowed, up to a few times the window (4 MiB).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "coding/coding.hpp"

namespace quotecached::coding {

// The pieces, one after another, as one body in `coding`. Fails with Unavailable when the library
// cannot, which only lack of memory causes. Requires: `coding` is not identity, `level` is one of
// its library's, from 1 on; to Brotli 1 is as 2.
[[nodiscard]] Result<std::string> encode(Coding coding,
                                         int level,
                                         std::span<const std::string_view> pieces);

}  // namespace quotecached::coding
