#include "redis/events.hpp"

#include <boost/system/error_code.hpp>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>

namespace quotecached::redis {
namespace {

// What one element of a reply takes besides its text.
constexpr std::size_t kElementCost = sizeof(redisReply) + sizeof(void*);

bool grow(ReplySize& size, std::size_t by) {
  size.used += by;
  return size.used <= size.max;
}

// hiredis takes a null for "out of memory" and ends the connection.
void* create_string(const redisReadTask* task, char* text, std::size_t length) {
  auto& size = *static_cast<ReplySize*>(task->privdata);
  return grow(size, length) ? size.builders->createString(task, text, length) : nullptr;
}

void* create_array(const redisReadTask* task, int elements) {
  auto& size = *static_cast<ReplySize*>(task->privdata);
  const std::size_t count = elements > 0 ? static_cast<std::size_t>(elements) : 0;
  return grow(size, count * kElementCost) ? size.builders->createArray(task, elements) : nullptr;
}

void limit_replies(redisReader& reader, ReplySize& size) {
  static redisReplyObjectFunctions counting = [&reader] {
    redisReplyObjectFunctions functions = *reader.fn;
    functions.createString = create_string;
    functions.createArray = create_array;
    return functions;
  }();
  size.builders = reader.fn;
  reader.fn = &counting;
  reader.privdata = &size;
}

}  // namespace

Events::Events(redisAsyncContext* context, const asio::any_io_executor& loop, Bytes max_reply)
    : context_(context), descriptor_(loop, context->c.fd) {
  reply_.max = max_reply.count;
  limit_replies(*context->c.reader, reply_);
}

void Events::attach(redisAsyncContext* context,
                    const asio::any_io_executor& loop,
                    Bytes max_reply) {
  auto events = std::make_shared<Events>(context, loop, max_reply);
  events->self_ = events;
  context->ev.data = events.get();
  context->ev.addRead = [](void* data) {
    of(data).reading_.is_wanted = true;
    of(data).wait_readable();
  };
  context->ev.delRead = [](void* data) { of(data).reading_.is_wanted = false; };
  context->ev.addWrite = [](void* data) {
    of(data).writing_.is_wanted = true;
    of(data).wait_writable();
  };
  context->ev.delWrite = [](void* data) { of(data).writing_.is_wanted = false; };
  context->ev.cleanup = [](void* data) { of(data).cleanup(); };
}

Events& Events::of(void* hook_data) { return *static_cast<Events*>(hook_data); }

void Events::reply_delivered(redisAsyncContext* context) { of(context->ev.data).reply_.used = 0; }

void Events::wait_readable() {
  if (reading_.is_waiting) return;
  reading_.is_waiting = true;
  descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                         [self = shared_from_this()](boost::system::error_code error) {
                           self->reading_.is_waiting = false;
                           if (!error && self->context_ && self->reading_.is_wanted) {
                             self->on_readable();
                           }
                         });
}

void Events::wait_writable() {
  if (writing_.is_waiting) return;
  writing_.is_waiting = true;
  descriptor_.async_wait(asio::posix::stream_descriptor::wait_write,
                         [self = shared_from_this()](boost::system::error_code error) {
                           self->writing_.is_waiting = false;
                           if (!error && self->context_ && self->writing_.is_wanted) {
                             redisAsyncHandleWrite(self->context_);
                           }
                         });
}

// hiredis may free the context on the way, and says so through cleanup().
void Events::on_readable() {
  redisAsyncHandleRead(context_);
  if (!context_) return;
  const redisReader& reader = *context_->c.reader;
  if (reader.len - reader.pos > reply_.max) {
    redisAsyncFree(context_);
    return;
  }
  if (reading_.is_wanted) wait_readable();
}

void Events::cleanup() {
  context_ = nullptr;
  // The socket is closed by hiredis right after this; pending waits end with an error.
  if (descriptor_.is_open()) descriptor_.release();
  const auto last = std::move(self_);
}

}  // namespace quotecached::redis
