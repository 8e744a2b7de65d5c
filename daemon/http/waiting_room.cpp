#include "http/waiting_room.hpp"

namespace quotecached::http {

void WaitingRoom::Place::leave() noexcept {
  const auto room = std::exchange(room_, nullptr);
  const auto client = std::exchange(client_, nullptr);
  if (client) client->fetch_sub(1, std::memory_order_relaxed);
  if (room) room->all_.fetch_sub(1, std::memory_order_relaxed);
}

void WaitingRoom::Place::started(Time now) {
  if (!room_) return;
  room_->engine_.note(now - since_, room_->waiting(), now);
  const auto holds_until = now + EngineBound::kForgotten;
  room_->bound_holds_until_.store(holds_until.time_since_epoch().count(),
                                  std::memory_order_relaxed);
  room_->bound_.store(room_->engine_.bound(), std::memory_order_relaxed);
}

std::size_t WaitingRoom::bound(Time now) const noexcept {
  const Time::duration until{bound_holds_until_.load(std::memory_order_relaxed)};
  if (now.time_since_epoch() > until) return most_;
  return bound_.load(std::memory_order_relaxed);
}

// Judged before it is counted: who is refused never holds a place, not even for a moment. Only who
// enters counts up, one after the other; places that are given back meanwhile are seen or not.
Refuser WaitingRoom::enter(const routing::Waiters& client, Place& place, Time now) {
  place.leave();
  const MutexLock entering(entering_);
  const WaitingNow waiting{
      .all = all_.load(std::memory_order_relaxed),
      .bound = bound(now),
      .of_client = client.now ? client.now->load(std::memory_order_relaxed) : 0,
      .client_most = client.most};
  const auto refuser = may_wait(waiting);
  if (refuser != Refuser::Nobody) return refuser;
  all_.fetch_add(1, std::memory_order_relaxed);
  if (client.now) client.now->fetch_add(1, std::memory_order_relaxed);
  place.room_ = shared_from_this();
  place.client_ = client.now;
  place.since_ = now;
  return refuser;
}

}  // namespace quotecached::http
