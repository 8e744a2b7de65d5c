// The listeners of one I/O thread, and the feeds that they share.
//
// Used on that thread alone. Listeners are written to in turn, a fraction of a millisecond at a
// time, so that requests are answered in between.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "http/session.hpp"
#include "http/stream_listener.hpp"
#include "stream/hub.hpp"

namespace quotecached::http {

// What the thread's listeners with the same ask are told.
struct RoomFeed {
  std::uint64_t number = 0;
  std::string key;
  stream::Feed feed;
  bool is_ready = false;  // the hub has told what there is
  std::vector<StreamListener*> listeners;
};

class StreamRoom {
 public:
  using Time = SessionContext::Time;

  static constexpr std::chrono::seconds kComments{15};  // while there is nothing to tell

  // `context` outlives it, and so does the hub, which may be null: then nobody comes.
  explicit StreamRoom(SessionContext& context);
  ~StreamRoom();
  StreamRoom(const StreamRoom&) = delete;
  StreamRoom& operator=(const StreamRoom&) = delete;

  void add(StreamSocket socket, stream::Subscription subscription, const routing::Admission& by);
  void sweep(Time now);
  // Ends all; each comes back as it was told to.
  void end_all();

  // --- its listeners' ---

  void remove(StreamListener& listener);
  void make_due(StreamListener& listener);
  void note_sent(StreamListener& listener, std::size_t bytes);
  void note_event(std::uint64_t skipped);
  void note_cut();
  [[nodiscard]] stream::TextPtr make_greeting();
  [[nodiscard]] const stream::TextPtr& snapshot() const noexcept { return snapshot_; }
  [[nodiscard]] const stream::TextPtr& comment() const noexcept { return comment_; }
  [[nodiscard]] std::chrono::milliseconds write_timeout() const noexcept {
    return context_.timeouts.write;
  }

 private:
  RoomFeed& feed_of(const std::string& key);
  void take(const std::vector<stream::Update>& updates);
  void refuse(RoomFeed& feed);
  void end_revoked();
  void write_in_turn();

  SessionContext& context_;
  stream::Hub* const hub_;
  stream::OutletPtr outlet_;
  std::shared_ptr<const routing::Auth> auth_;  // that all listeners are admitted by
  const stream::TextPtr snapshot_;
  const stream::TextPtr comment_;
  std::minstd_rand random_;  // of use only against all coming back at once
  std::unordered_map<std::string, std::unique_ptr<RoomFeed>> feeds_;  // by key
  std::unordered_map<std::uint64_t, RoomFeed*> numbered_;
  std::uint64_t last_number_ = 0;
  std::list<std::shared_ptr<StreamListener>> listeners_;  // who took something last stands last
  std::deque<std::shared_ptr<StreamListener>> due_;
  bool is_writing_ = false;         // to those that are due
  std::optional<Time> news_since_;  // which some of them have not yet
};

}  // namespace quotecached::http
