// Which reply belongs to which command: Redis answers in order, so replies belong to the oldest
// commands that have none yet.
//
// Pure: touches no socket. A server that sends what nobody asked for, or what is no reply, has left
// the script: after that failure nothing it says may be believed, and the connection has to go.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/types.hpp"
#include "redis/reply.hpp"
#include "redis/reply_reader.hpp"

namespace quotecached::redis {

using Command = std::vector<std::string>;

// The command as Redis reads it, appended to `out`. Requires: at least one word.
void append_command(std::string& out, const Command& command);

class Pipeline {
 public:
  explicit Pipeline(Bytes max_reply) : reader_(max_reply) {}

  // So many commands were sent together; their replies will come together. Requires: at least one.
  void sent(std::size_t commands);

  // The replies of what is complete now, in the order of sent(). Fails with Unavailable when the
  // server is off the script, and from then on; what was complete by then is lost with it.
  Result<std::vector<Replies>> take(std::string_view bytes);

  // Commands without a reply.
  [[nodiscard]] std::size_t pending() const noexcept { return pending_; }

 private:
  struct Batch {
    std::size_t missing;
    Replies replies;
  };

  Result<std::vector<Replies>> read(std::string_view bytes);

  ReplyReader reader_;
  bool is_off_script_ = false;
  std::deque<Batch> batches_;
  std::size_t pending_ = 0;
};

}  // namespace quotecached::redis
