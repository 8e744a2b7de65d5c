#include "redis/pipeline.hpp"

#include <cassert>
#include <memory>
#include <new>
#include <optional>
#include <utility>

#include <hiredis/hiredis.h>

namespace quotecached::redis {

void append_command(std::string& out, const Command& command) {
  assert(!command.empty());
  std::vector<const char*> words;
  std::vector<std::size_t> sizes;
  words.reserve(command.size());
  sizes.reserve(command.size());
  for (const std::string& word : command) {
    words.push_back(word.data());
    sizes.push_back(word.size());
  }
  char* text = nullptr;
  const auto size =
      redisFormatCommandArgv(&text, static_cast<int>(words.size()), words.data(), sizes.data());
  if (size < 0) throw std::bad_alloc();
  const std::unique_ptr<char, void (*)(char*)> kept(text, redisFreeCommand);
  out.append(text, static_cast<std::size_t>(size));
}

void Pipeline::sent(std::size_t commands) {
  assert(commands > 0);
  Batch& batch = batches_.emplace_back(Batch{commands, {}});
  batch.replies.reserve(commands);
  pending_ += commands;
}

Result<std::vector<Replies>> Pipeline::take(std::string_view bytes) {
  if (is_off_script_) return fail(ErrorCode::Unavailable, "redis has left the script");
  auto complete = read(bytes);
  is_off_script_ = !complete;
  return complete;
}

Result<std::vector<Replies>> Pipeline::read(std::string_view bytes) {
  auto fed = reader_.feed(bytes);
  if (!fed) return std::move(fed).failure();
  std::vector<Replies> complete;
  while (true) {
    auto reply = reader_.take();
    if (!reply) return std::move(reply).failure();
    if (!*reply) return complete;
    if (batches_.empty()) return fail(ErrorCode::Unavailable, "redis sent what nobody asked for");
    Batch& batch = batches_.front();
    batch.replies.push_back(std::move(**reply));
    --pending_;
    if (--batch.missing > 0) continue;
    complete.push_back(std::move(batch.replies));
    batches_.pop_front();
  }
}

}  // namespace quotecached::redis
