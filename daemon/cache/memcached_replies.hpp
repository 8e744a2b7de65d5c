// Takes memcached's replies (text protocol) out of the bytes as they come in.
//
// Pure: touches no socket. A reply is held, word for word, against what the command at hand may be
// answered with. Anything else is a failure, and the connection is of no use afterwards: nobody
// knows what belongs to which command any more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/types.hpp"

namespace quotecached::cache {

// How `add` or `cas` ended.
enum class StoreReply : std::uint8_t {
  Stored,
  Raced,     // another value came in between
  TooLarge,  // for this server
};

// A value that memcached holds, and the number it knows it by.
struct MemcachedHeld {
  std::string key;
  std::string bytes;
  std::uint64_t cas = 0;
};

struct GetReply {
  bool is_end = false;  // no more values; `held` is empty
  MemcachedHeld held;
};

class MemcachedReplies {
 public:
  explicit MemcachedReplies(Bytes max_value) : max_value_(max_value) {}

  void feed(std::string_view bytes);

  // Nothing is left over. What comes without a command is no reply to the next one.
  [[nodiscard]] bool is_empty() const noexcept { return at_ == buffer_.size(); }

  // Each takes one reply out; nothing while it is not complete. Fails with Unavailable when the
  // server reports an error or answers with something else.
  Result<std::optional<StoreReply>> take_stored();
  Result<std::optional<bool>> take_deleted();  // was there something to delete?
  Result<std::optional<GetReply>> take_value();

 private:
  [[nodiscard]] Result<std::optional<std::string_view>> line() const;
  void drop_line(std::string_view line) { at_ += line.size() + 2; }

  Bytes max_value_;
  std::string buffer_;
  std::size_t at_ = 0;  // what is before it was taken
};

}  // namespace quotecached::cache
