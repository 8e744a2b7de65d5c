// Lets hiredis wait for its socket on an Asio loop. Internal to the Redis connection.
//
// hiredis owns the socket; this only watches it. Lives as long as hiredis or a pending wait knows
// it. Used on the loop only.
#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/types.hpp"

struct redisAsyncContext;
struct redisReplyObjectFunctions;

namespace quotecached::redis {

namespace asio = boost::asio;

// What hiredis has built of the reply that is coming in, and with which functions.
struct ReplySize {
  std::size_t used = 0;
  std::size_t max = 0;
  const redisReplyObjectFunctions* builders = nullptr;
};

class Events : public std::enable_shared_from_this<Events> {
 public:
  // Watches the socket of `context` until hiredis frees it. A reply that grows beyond `max_reply`
  // before it is complete ends the connection.
  // Requires: the context has a socket and nobody watches it yet.
  static void attach(redisAsyncContext* context,
                     const asio::any_io_executor& loop,
                     Bytes max_reply);

  // To be called when a reply was delivered: the next one may be as large again.
  static void reply_delivered(redisAsyncContext* context);

  Events(redisAsyncContext* context, const asio::any_io_executor& loop, Bytes max_reply);

 private:
  struct Direction {
    bool is_wanted = false;
    bool is_waiting = false;
  };

  static Events& of(void* hook_data);
  void wait_readable();
  void wait_writable();
  void on_readable();
  void cleanup();

  redisAsyncContext* context_;  // null once hiredis has freed it
  asio::posix::stream_descriptor descriptor_;
  Direction reading_;
  Direction writing_;
  ReplySize reply_;
  std::shared_ptr<Events> self_;  // the reference hiredis holds
};

}  // namespace quotecached::redis
