// Whatever a memcached sends, in whatever pieces: it is taken for the replies that the commands may
// have, or for a failure; the pieces make no difference.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cache/memcached_replies.hpp"

namespace {

using namespace quotecached;

constexpr Bytes kMaxValue{512};

// One reply more of that kind in words, "?" while it is not complete, "!" when it fails.
std::string take(cache::MemcachedReplies& replies, int kind) {
  if (kind == 0) {
    const auto stored = replies.take_stored();
    if (!stored) return "!";
    return *stored ? std::to_string(static_cast<int>(**stored)) : "?";
  }
  if (kind == 1) {
    const auto deleted = replies.take_deleted();
    if (!deleted) return "!";
    return *deleted ? (**deleted ? "yes" : "no") : "?";
  }
  const auto value = replies.take_value();
  if (!value) return "!";
  if (!*value) return "?";
  const auto& held = (*value)->held;
  if (held.bytes.size() > kMaxValue.count) std::abort();
  if (!(*value)->is_end && held.key.empty()) std::abort();
  return (*value)->is_end ? "end" : held.key + "=" + held.bytes + "#" + std::to_string(held.cas);
}

std::string read(std::string_view bytes, std::size_t piece, int kinds) {
  cache::MemcachedReplies replies(kMaxValue);
  std::string read;
  int turn = 0;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    replies.feed(bytes.substr(at, piece));
    while (true) {
      const std::string one = take(replies, (kinds >> (turn % 4 * 2) & 3) % 3);
      if (one == "?") break;
      read += one + ";";
      if (one == "!") return read;
      ++turn;
    }
  }
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 2), size - 2);
  const std::string whole = read(bytes, std::max<std::size_t>(bytes.size(), 1), data[0]);
  if (read(bytes, data[1] % 16 + 1, data[0]) != whole) std::abort();
  return 0;
}
