#include "http/stream_listener.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "http/stream_room.hpp"

namespace quotecached::http {
namespace {

using boost::system::error_code;
using Item = stream::Feed::Items::value_type;

// What the kernel keeps for a slow listener is late by the time it gets there.
constexpr int kSendBuffer = 32 * 1024;
constexpr unsigned kUnacknowledged = 60'000;  // ms; then the other side is gone
constexpr std::uint32_t kMostDrainedBytes = 64 * 1024;

}  // namespace

StreamListener::StreamListener(StreamRoom& room,
                               RoomFeed& feed,
                               StreamSocket socket,
                               stream::Subscription& subscription,
                               routing::Admission by)
    : room_(room),
      feed_(&feed),
      socket_(std::move(socket)),
      since_(subscription.since),
      client_(std::move(subscription.client)),
      is_framed_(subscription.is_framed),
      moved_at_(std::chrono::steady_clock::now()),
      place_(std::move(subscription.place)),
      admission_(std::move(by)) {
  const int socket_id = socket_.native_handle();  // a failure costs memory or time, nothing else
  ::setsockopt(socket_id, SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
  ::setsockopt(socket_id, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnacknowledged, sizeof kUnacknowledged);
}

void StreamListener::start() {
  pending_ = room_.make_greeting();
  await_readable();
  if (feed_->is_ready) begin();
  write();
}

void StreamListener::begin() {
  has_begun_ = true;
  owes_snapshot_ = cursor_.start(feed_->feed, since_);
}

void StreamListener::add(Batch& batch,
                         const stream::TextPtr& text,
                         std::size_t offset,
                         const Item* item) {
  auto bytes = text->as(is_framed_);
  bytes.remove_prefix(offset);
  // What is written is not changed.
  batch.pieces[batch.count] = {const_cast<char*>(bytes.data()), bytes.size()};
  batch.texts[batch.count] = &text;
  batch.items[batch.count] = item;
  ++batch.count;
  batch.bytes += bytes.size();
}

void StreamListener::gather(Batch& batch) {
  if (pending_) add(batch, pending_, pending_at_, nullptr);
  if (owes_snapshot_) add(batch, room_.snapshot(), 0, nullptr);
  if (has_begun_) {
    std::array<const Item*, kMostTexts> items;
    const auto count = cursor_.next(feed_->feed, std::span(items).first(kMostTexts - batch.count));
    for (std::size_t i = 0; i < count; ++i) add(batch, items[i]->second.text, 0, items[i]);
  }
  if (owes_comment_ && batch.count == 0) add(batch, room_.comment(), 0, nullptr);
}

void StreamListener::write() {
  while (!is_closed_ && !awaits_writable_) {
    Batch batch;
    gather(batch);
    if (batch.count == 0) return;
    msghdr message{};
    message.msg_iov = batch.pieces.data();
    message.msg_iovlen = batch.count;
    const auto sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return errno == EAGAIN ? await_writable() : close();
    took(batch, static_cast<std::size_t>(sent));
    if (static_cast<std::size_t>(sent) < batch.bytes) await_writable();
  }
}

void StreamListener::took(const Batch& batch, std::size_t bytes) {
  if (bytes == 0) return;
  room_.note_sent(*this, bytes);
  owes_comment_ = false;
  // The rest of a text that was pending may be pending on.
  const auto kept = pending_;
  const auto kept_at = pending_at_;
  for (std::size_t i = 0; i < batch.count && bytes > 0; ++i) {
    const auto size = batch.pieces[i].iov_len;
    const auto& text = batch.texts[i] == &pending_ ? kept : *batch.texts[i];
    const bool is_rest = batch.texts[i] == &pending_;
    took(text, batch.items[i]);
    if (bytes >= size) {
      bytes -= size;
      pending_.reset();
      pending_at_ = 0;
    } else {
      pending_ = text;
      pending_at_ = static_cast<std::uint32_t>((is_rest ? kept_at : 0) + bytes);
      bytes = 0;
    }
  }
}

// What it has begun to take it will have.
void StreamListener::took(const stream::TextPtr& text, const Item* item) {
  if (text == room_.snapshot()) owes_snapshot_ = false;
  if (item != nullptr) room_.note_event(cursor_.took(*item));
}

void StreamListener::await_writable() {
  awaits_writable_ = true;
  socket_.async_wait(StreamSocket::wait_write, [self = shared_from_this()](error_code failure) {
    self->awaits_writable_ = false;
    if (self->is_closed_) return;
    if (failure) return self->close();
    self->write();
  });
}

void StreamListener::await_readable() {
  socket_.async_wait(StreamSocket::wait_read, [self = shared_from_this()](error_code failure) {
    if (self->is_closed_) return;
    if (failure) return self->close();
    self->on_readable();
  });
}

// It has nothing to say but that it goes.
void StreamListener::on_readable() {
  std::array<char, 1024> bytes;
  const auto count = ::recv(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return close();
  drained_ += static_cast<std::uint32_t>(std::max<ssize_t>(count, 0));
  if (drained_ > kMostDrainedBytes) return close();
  await_readable();
}

void StreamListener::sweep(Time now) {
  if (awaits_writable_) {
    if (now - moved_at_ >= room_.write_timeout()) {
      room_.note_cut();
      close();
    }
  } else if (now - moved_at_ >= StreamRoom::kComments && !is_due_) {
    owes_comment_ = true;
    room_.make_due(*this);
  }
}

void StreamListener::end() {
  if (is_framed_ && !pending_)
    static_cast<void>(::send(socket_.native_handle(),
                             stream::kLastChunk.data(),
                             stream::kLastChunk.size(),
                             MSG_NOSIGNAL | MSG_DONTWAIT));
  close();
}

void StreamListener::close() {
  if (is_closed_) return;
  is_closed_ = true;
  const auto self = shared_from_this();  // the room lets go
  error_code ignored;                    // it is gone either way
  socket_.close(ignored);
  place_.release();
  pending_.reset();
  room_.remove(*this);
}

}  // namespace quotecached::http
