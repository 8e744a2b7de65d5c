#include "redis/reply_reader.hpp"

#include <new>
#include <string>
#include <utility>

#include <hiredis/read.h>

namespace quotecached::redis {
namespace {

// What a text is sent with: its kind, its length, and its ends.
constexpr std::size_t kFraming = 64;

// What follows is called by hiredis while it reads. A null ends the reading ("out of memory").

Reply* root_of(void* object) { return static_cast<Reply*>(object); }

// The place of a new part: its element of the array it stands in, or a reply of its own.
Reply* place_of(const redisReadTask* task, std::size_t cost) {
  auto& room = *static_cast<ReplyReader::Room*>(task->privdata);
  room.used += cost;
  if (room.used > room.max) return nullptr;
  if (task->parent == nullptr) return new (std::nothrow) Reply;
  auto& elements = root_of(task->parent->obj)->elements;
  return &elements[static_cast<std::size_t>(task->idx)];
}

void* create_text(const redisReadTask* task, char* text, std::size_t size) {
  Reply* reply = place_of(task, size);
  if (reply == nullptr) return nullptr;
  reply->kind = task->type == REDIS_REPLY_ERROR ? Reply::Kind::Failure : Reply::Kind::Text;
  reply->text.assign(text, size);
  return reply;
}

void* create_array(const redisReadTask* task, int elements) {
  const std::size_t count = elements > 0 ? static_cast<std::size_t>(elements) : 0;
  Reply* reply = place_of(task, count * sizeof(Reply));
  if (reply == nullptr) return nullptr;
  reply->kind = Reply::Kind::Array;
  reply->elements.resize(count);
  return reply;
}

void* create_integer(const redisReadTask* task, long long value) {
  Reply* reply = place_of(task, 0);
  if (reply == nullptr) return nullptr;
  reply->kind = Reply::Kind::Integer;
  reply->integer = value;
  return reply;
}

void* create_nil(const redisReadTask* task) { return place_of(task, 0); }

void free_reply(void* reply) { delete root_of(reply); }

redisReplyObjectFunctions& builders() {
  static redisReplyObjectFunctions functions = {
      create_text, create_array, create_integer, create_nil, free_reply};
  return functions;
}

tl::unexpected<Error> off_script(const redisReader& reader) {
  return fail(ErrorCode::Unavailable, std::string("redis answered off script: ") + reader.errstr);
}

}  // namespace

void ReplyReader::Free::operator()(redisReader* reader) const noexcept { redisReaderFree(reader); }

ReplyReader::ReplyReader(Bytes max_reply) : reader_(redisReaderCreateWithFunctions(&builders())) {
  if (!reader_) throw std::bad_alloc();
  room_.max = max_reply.count;
  reader_->privdata = &room_;
}

ReplyReader::~ReplyReader() = default;

Result<void> ReplyReader::feed(std::string_view bytes) {
  if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK)
    return off_script(*reader_);
  return {};
}

Result<std::optional<Reply>> ReplyReader::take() {
  void* built = nullptr;
  if (redisReaderGetReply(reader_.get(), &built) != REDIS_OK) return off_script(*reader_);
  if (built == nullptr) {
    if (reader_->len - reader_->pos > room_.max + kFraming)
      return fail(ErrorCode::Unavailable, "redis sends a reply larger than allowed");
    return std::optional<Reply>();
  }
  room_.used = 0;
  const std::unique_ptr<Reply> reply(root_of(built));
  return std::optional(std::move(*reply));
}

}  // namespace quotecached::redis
