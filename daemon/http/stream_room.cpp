#include "http/stream_room.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

#include "stream/event.hpp"

namespace quotecached::http {
namespace {

using std::chrono::steady_clock;

// Of writing, before others have their turn.
constexpr std::chrono::microseconds kTurn{100};

// When listeners come back, should their connection end: so many do not at once.
constexpr unsigned kRetry = 2'000;
constexpr unsigned kRetrySpread = 1'000;

}  // namespace

StreamRoom::StreamRoom(SessionContext& context)
    : context_(context),
      hub_(context.router.stream()),
      snapshot_(stream::make_event("snapshot", "{}")),
      comment_(stream::make_comment()),
      random_(std::random_device()()) {
  auto tell = [this, loop = context.loop](std::vector<stream::Update> updates) {
    asio::post(*loop, [this, updates = std::move(updates)] { take(updates); });
  };
  outlet_ = std::make_shared<const stream::Outlet>(stream::Outlet{std::move(tell)});
}

StreamRoom::~StreamRoom() = default;

RoomFeed& StreamRoom::feed_of(const std::string& key) {
  auto& feed = feeds_[key];
  if (!feed) {
    feed = std::make_unique<RoomFeed>();
    feed->number = ++last_number_;
    feed->key = key;
    numbered_[feed->number] = feed.get();
  }
  return *feed;
}

void StreamRoom::add(StreamSocket socket,
                     stream::Subscription subscription,
                     const routing::Admission& by) {
  auto& feed = feed_of(subscription.read.key);
  const auto listener =
      std::make_shared<StreamListener>(*this, feed, std::move(socket), subscription, by);
  listener->seat_ = listeners_.insert(listeners_.end(), listener);
  listener->position_ = feed.listeners.size();
  feed.listeners.push_back(listener.get());
  context_.connections.open.fetch_add(1, std::memory_order_relaxed);
  hub_->join({outlet_,
              feed.number,
              std::move(subscription.read.key),
              std::move(subscription.read.ask),
              listener->client_,
              subscription.most_asks});
  listener->start();
  if (by.auth != auth_) end_revoked();
}

void StreamRoom::remove(StreamListener& listener) {
  auto& feed = *listener.feed_;
  hub_->leave(outlet_, feed.number, listener.client_);
  auto* const last = feed.listeners.back();
  feed.listeners[listener.position_] = last;
  last->position_ = listener.position_;
  feed.listeners.pop_back();
  if (feed.listeners.empty()) {
    numbered_.erase(feed.number);
    feeds_.erase(feeds_.find(feed.key));
  }
  listener.feed_ = nullptr;
  listeners_.erase(listener.seat_);
  context_.connections.open.fetch_sub(1, std::memory_order_relaxed);
}

void StreamRoom::take(const std::vector<stream::Update>& updates) {
  for (const auto& update : updates) {
    const auto found = numbered_.find(update.feed);
    if (found == numbered_.end()) continue;  // all have gone
    auto& feed = *found->second;
    if (update.is_refused) {
      refuse(feed);
      continue;
    }
    feed.feed.set_complete_since(update.complete_since);
    feed.feed.take(*update.changes);
    if (!news_since_) news_since_ = update.made_at;
    const bool is_first = !std::exchange(feed.is_ready, true);
    for (auto* const listener : feed.listeners) {
      if (is_first) listener->begin();
      make_due(*listener);
    }
  }
  if (due_.empty()) news_since_.reset();  // all who are left are slow
}

// They come back, and find that there is no place while that is so.
void StreamRoom::refuse(RoomFeed& feed) {
  const auto listeners = feed.listeners;  // the feed goes with the last one
  for (auto* const listener : listeners) listener->end();
}

void StreamRoom::make_due(StreamListener& listener) {
  if (listener.awaits_writable_ || std::exchange(listener.is_due_, true)) return;
  due_.push_back(listener.shared_from_this());
  if (std::exchange(is_writing_, true)) return;
  asio::post(*context_.loop, [this] { write_in_turn(); });
}

void StreamRoom::write_in_turn() {
  const auto end = steady_clock::now() + kTurn;
  while (!due_.empty() && steady_clock::now() < end) {
    const auto listener = std::move(due_.front());
    due_.pop_front();
    listener->is_due_ = false;
    listener->write();
  }
  is_writing_ = !due_.empty();
  if (is_writing_) return asio::post(*context_.loop, [this] { write_in_turn(); });
  if (news_since_) hub_->counters()->fanouts.add(steady_clock::now() - *news_since_);
  news_since_.reset();
}

// Whose token is there no more comes back, and is told so.
void StreamRoom::end_revoked() {
  context_.router.refresh(auth_);
  for (auto at = listeners_.begin(); at != listeners_.end();) {
    const auto listener = *at++;
    if (!listener->admission_.renew(auth_)) listener->end();
  }
}

// Who has taken something lately stands behind all others.
void StreamRoom::sweep(Time now) {
  if (context_.router.refresh(auth_)) end_revoked();
  const auto longest = std::min<std::chrono::milliseconds>(kComments, write_timeout());
  for (auto at = listeners_.begin();
       at != listeners_.end() && now - (*at)->moved_at() >= longest;) {
    const auto listener = *at++;
    listener->sweep(now);
  }
}

void StreamRoom::end_all() {
  while (!listeners_.empty()) {
    const auto listener = listeners_.front();
    listener->end();
  }
}

void StreamRoom::note_sent(StreamListener& listener, std::size_t bytes) {
  listener.moved_at_ = steady_clock::now();
  listeners_.splice(listeners_.end(), listeners_, listener.seat_);
  context_.stats.add_sent(bytes);
  hub_->counters()->bytes.fetch_add(bytes, std::memory_order_relaxed);
}

void StreamRoom::note_event(std::uint64_t skipped) {
  auto& counters = *hub_->counters();
  counters.sent.fetch_add(1, std::memory_order_relaxed);
  if (skipped > 0) counters.skipped.fetch_add(skipped, std::memory_order_relaxed);
}

void StreamRoom::note_cut() { hub_->counters()->cut.fetch_add(1, std::memory_order_relaxed); }

stream::TextPtr StreamRoom::make_greeting() {
  return stream::make_greeting(kRetry + static_cast<unsigned>(random_() % kRetrySpread));
}

}  // namespace quotecached::http
