// Takes the replies of Redis (RESP2) out of the bytes as they come in: hiredis' reader, which
// builds replies of ours within a bound.
//
// Pure: touches no socket.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "base/types.hpp"
#include "redis/reply.hpp"

struct redisReader;

namespace quotecached::redis {

class ReplyReader {
 public:
  // A reply that takes more than `max_reply` is refused, before it is complete.
  explicit ReplyReader(Bytes max_reply);
  ~ReplyReader();
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  // Fails with Unavailable, like take(), when these bytes are no replies, or too large ones. From
  // then on it always does.
  Result<void> feed(std::string_view bytes);

  // The next reply; nothing while it is not complete.
  Result<std::optional<Reply>> take();

  // How much one reply may still grow; what its parts take is counted while it is built.
  struct Room {
    std::size_t used = 0;
    std::size_t max = 0;
  };

 private:
  struct Free {
    void operator()(redisReader* reader) const noexcept;
  };

  Room room_;
  std::unique_ptr<redisReader, Free> reader_;
};

}  // namespace quotecached::redis
