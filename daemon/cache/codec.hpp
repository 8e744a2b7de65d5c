// The stored form of an entry: a short versioned, checksummed binary header and the payload,
// compressed (zstd) above a size. Pure. What does not decode is a miss, never an answer.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/types.hpp"
#include "cache/entry.hpp"

namespace quotecached::cache {

struct CodecLimits {
  Bytes compress_above{1024};
  Bytes max_payload = mebibytes(64);  // uncompressed; a header that claims more is refused
};

// `key` is covered by the checksum: a value filed under another key does not decode.
std::string encode(const Entry& entry, std::string_view key, const CodecLimits& limits = {});

// Fails with Invalid: wrong version, checksum, length, slots out of the text, or another key's
// value.
Result<EntryPtr> decode(std::string_view stored,
                        std::string_view key,
                        const CodecLimits& limits = {});

// When what is stored says it was fetched, from its first kStoredHead bytes; nothing when that is
// no stored form of ours. The checksum is not looked at: good for comparing copies, not for
// answers.
inline constexpr std::size_t kStoredHead = 19;
[[nodiscard]] std::optional<TimePoint> stored_at(std::string_view stored);

}  // namespace quotecached::cache
