// One connection that listens: is told what its feed has and it has not, as fast as it takes that.
//
// Owned by the StreamRoom of its I/O thread and used there alone. It holds no events of its own but
// for one that the socket took a part of, so that one that is slow costs no memory, misses values
// that others have replaced, and comes to the last one of each row.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include <sys/uio.h>

#include "http/session.hpp"
#include "stream/feed.hpp"
#include "stream/hub.hpp"

namespace quotecached::http {

class StreamRoom;
struct RoomFeed;

class StreamListener : public std::enable_shared_from_this<StreamListener> {
 public:
  using Time = SessionContext::Time;

  StreamListener(StreamRoom& room,
                 RoomFeed& feed,
                 StreamSocket socket,
                 stream::Subscription& subscription,
                 routing::Admission by);

  // Sends what makes proxies in front see that the answer has begun.
  void start();
  // Its feed has what there is to tell.
  void begin();
  // Sends what it has not yet, until the socket takes no more.
  void write();
  // Cut off when it takes nothing, told that we are there when there is nothing to tell.
  void sweep(Time now);
  void close();
  // The same after the end of the answer, if that can be said at once.
  void end();

  [[nodiscard]] Time moved_at() const noexcept { return moved_at_; }
  [[nodiscard]] bool is_closed() const noexcept { return is_closed_; }

 private:
  friend class StreamRoom;

  static constexpr std::size_t kMostTexts = 64;  // written together

  // What is written together.
  struct Batch {
    std::array<iovec, kMostTexts> pieces;
    std::array<const stream::TextPtr*, kMostTexts> texts;
    std::array<const stream::Feed::Items::value_type*, kMostTexts> items;  // null: no event
    std::size_t count = 0;
    std::size_t bytes = 0;
  };
  void gather(Batch& batch);
  void add(Batch& batch,
           const stream::TextPtr& text,
           std::size_t offset,
           const stream::Feed::Items::value_type* item);
  void took(const Batch& batch, std::size_t bytes);
  void took(const stream::TextPtr& text, const stream::Feed::Items::value_type* item);
  void await_writable();
  void await_readable();
  void on_readable();

  StreamRoom& room_;
  RoomFeed* feed_;
  StreamSocket socket_;
  stream::Cursor cursor_;
  stream::TextPtr pending_;       // that the socket took a part of; the greeting at first
  std::uint32_t pending_at_ = 0;  // bytes that it took
  std::uint32_t drained_ = 0;     // bytes that it sent, unread
  const std::uint64_t since_;
  const std::string client_;
  const bool is_framed_;
  bool has_begun_ = false;
  bool owes_snapshot_ = false;  // the event that says so
  bool owes_comment_ = false;
  bool awaits_writable_ = false;
  bool is_due_ = false;  // waits in the room for its turn to write
  bool is_closed_ = false;
  Time moved_at_;  // when it took something last
  stream::Place place_;

  // The room's.
  routing::Admission admission_;
  std::list<std::shared_ptr<StreamListener>>::iterator seat_;
  std::size_t position_ = 0;  // in its feed
};

}  // namespace quotecached::http
