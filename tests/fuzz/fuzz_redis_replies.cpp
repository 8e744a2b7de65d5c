// Whatever a Redis sends, in whatever pieces: it is replies to the commands sent, in their order
// and no more of them, or a failure; the pieces make no difference to what is complete.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "redis/pipeline.hpp"

namespace {

using namespace quotecached;

constexpr Bytes kMaxReply{2048};

std::size_t size_of(const redis::Reply& reply) {
  std::size_t size = reply.text.size();
  for (const auto& element : reply.elements) size += size_of(element);
  return size;
}

struct Read {
  std::vector<std::string> texts;  // of the replies, in order
  bool has_failed = false;
};

Read read(std::string_view bytes, std::size_t piece, std::size_t batches) {
  redis::Pipeline pipeline(kMaxReply);
  for (std::size_t i = 0; i < batches; ++i) pipeline.sent(i % 3 + 1);
  Read read;
  std::size_t done = 0;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const auto complete = pipeline.take(bytes.substr(at, piece));
    if (!complete) {
      read.has_failed = true;
      if (pipeline.take("+OK\r\n")) std::abort();
      return read;
    }
    for (const auto& replies : *complete) {
      if (replies.size() != done++ % 3 + 1) std::abort();
      for (const auto& reply : replies) {
        if (size_of(reply) > kMaxReply.count) std::abort();
        read.texts.push_back(reply.text);
      }
    }
  }
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 2), size - 2);
  const std::size_t batches = data[0] % 8;
  const Read whole = read(bytes, std::max<std::size_t>(bytes.size(), 1), batches);
  const Read pieces = read(bytes, data[1] % 16 + 1, batches);
  if (!whole.has_failed && pieces.texts != whole.texts) std::abort();
  if (!whole.has_failed && pieces.has_failed) std::abort();
  return 0;
}
