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

// Counted first and then judged: of two that come at once for the last place at most one gets it.
Refuser WaitingRoom::enter(const routing::Waiters& client, Place& place, Time now) {
  place.leave();
  place.room_ = shared_from_this();
  place.client_ = client.now;
  place.since_ = now;
  WaitingNow waiting{.all = all_.fetch_add(1, std::memory_order_relaxed),
                     .bound = bound(now),
                     .of_client = 0,
                     .client_most = client.most};
  if (client.now) waiting.of_client = client.now->fetch_add(1, std::memory_order_relaxed);
  const auto refuser = may_wait(waiting);
  if (refuser != Refuser::Nobody) place.leave();
  return refuser;
}

}  // namespace quotecached::http
