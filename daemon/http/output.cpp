#include "http/output.hpp"

#include <array>
#include <cassert>
#include <cerrno>

#include <sys/socket.h>
#include <sys/uio.h>

namespace quotecached::http {
namespace {

constexpr std::size_t kCopiedBody = 8 * 1024;  // bodies up to this are copied whole
constexpr std::size_t kCopiedPiece = 256;      // and of larger ones the pieces up to this
constexpr std::size_t kKeptText = 64 * 1024;   // capacity kept between responses
constexpr std::size_t kMostVectors = 256;

}  // namespace

void Output::text_done() {
  const auto added = text_.size() - text_covered_;
  if (added == 0) return;
  text_covered_ = text_.size();
  size_ += added;
  if (!pieces_.empty() && pieces_.back().data == nullptr) {
    pieces_.back().size += added;
  } else {
    pieces_.push_back({nullptr, added});
  }
}

void Output::add_body(proxy::Answer& answer) {
  if (answer.body_size() <= kCopiedBody) {
    for (const auto piece : answer.pieces) text_.append(piece);
    return text_done();
  }
  for (const auto piece : answer.pieces) {
    if (piece.size() <= kCopiedPiece) {  // also keeps pieces out of strings that move their bytes
      text_.append(piece);
      continue;
    }
    text_done();
    pieces_.push_back({piece.data(), piece.size()});
    size_ += piece.size();
  }
  text_done();
  held_.push_back(std::move(answer));
  answer = proxy::Answer();
}

std::vector<OutputBook::Held> Output::held() const {
  std::vector<OutputBook::Held> held{{&text_, text_.capacity()}};
  for (const auto& answer : held_) {
    const auto own = answer.body.capacity() + answer.head.capacity() +
                     answer.pieces.capacity() * sizeof(std::string_view) +
                     answer.owners.capacity() * sizeof(std::shared_ptr<const void>) +
                     answer.asked.capacity() * sizeof(answer.asked[0]);
    held.push_back({answer.pieces.data(), own});
    if (answer.encoded) held.push_back({answer.encoded.get(), answer.encoded->capacity()});
    for (const auto& entry : answer.owners) {
      if (!entry) continue;
      const auto& fragment = entry->fragment;
      const auto slots = fragment.slots.capacity() * sizeof(fragment.slots[0]);
      held.push_back({entry.get(), sizeof(*entry) + fragment.text.capacity() + slots});
    }
  }
  return held;
}

Output::Written Output::write_some(int socket) {
  assert(text_covered_ == text_.size());
  while (first_ < pieces_.size()) {
    std::array<iovec, kMostVectors> vectors;
    std::size_t count = 0;
    std::size_t text_at = text_written_;
    for (auto i = first_; i < pieces_.size() && count < vectors.size(); ++i, ++count) {
      const auto& piece = pieces_[i];
      const char* const data = piece.data != nullptr ? piece.data : text_.data() + text_at;
      if (piece.data == nullptr) text_at += piece.size;
      vectors[count] = {const_cast<char*>(data), piece.size};
    }
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    const auto sent = count == 1
                          ? ::send(socket, vectors[0].iov_base, vectors[0].iov_len, MSG_NOSIGNAL)
                          : ::sendmsg(socket, &message, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN ? Written::Blocked : Written::Broken;
    }
    written(static_cast<std::size_t>(sent));
  }
  clear();
  return Written::All;
}

void Output::written(std::size_t count) noexcept {
  size_ -= count;
  while (count > 0) {
    auto& piece = pieces_[first_];
    const auto part = count < piece.size ? count : piece.size;
    if (piece.data != nullptr) {
      piece.data += part;
    } else {
      text_written_ += part;
    }
    piece.size -= part;
    count -= part;
    if (piece.size == 0) ++first_;
  }
}

void Output::clear() {
  assert(size_ == 0);
  pieces_.clear();
  held_.clear();
  text_.clear();
  if (text_.capacity() > kKeptText) text_.shrink_to_fit();
  first_ = text_covered_ = text_written_ = 0;
}

}  // namespace quotecached::http
