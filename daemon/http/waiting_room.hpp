// The bound on client requests that wait for the engine, shared fairly between clients.
//
// Any thread, but for started(). Counts are exact: a place is given back once, however its request
// ends.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/mutex.hpp"
#include "base/refused_by.hpp"
#include "http/fair_share.hpp"
#include "routing/auth.hpp"

namespace quotecached::http {

class WaitingRoom : public std::enable_shared_from_this<WaitingRoom> {
 public:
  using Time = EngineBound::Time;

  // One request that waits. Empty: it is not counted.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept = default;
    Place& operator=(Place&& other) noexcept {
      if (this != &other) {
        leave();
        room_ = std::move(other.room_);
        client_ = std::move(other.client_);
        since_ = other.since_;
      }
      return *this;
    }
    ~Place() { leave(); }

    void leave() noexcept;
    // The engine begins with the request. On the engine's loop only.
    void started(Time now);

   private:
    friend class WaitingRoom;
    std::shared_ptr<WaitingRoom> room_;
    std::shared_ptr<std::atomic<std::uint32_t>> client_;
    Time since_;
  };

  // `late`: how late the engine may be before fewer may wait; 0: it does not matter.
  WaitingRoom(std::size_t most, std::chrono::milliseconds late)
      : most_(most), engine_(most, late), bound_(most) {}

  // Fills `place`, or says who refuses.
  [[nodiscard]] Refuser enter(const routing::Waiters& client, Place& place, Time now);

  [[nodiscard]] std::size_t waiting() const noexcept {
    return all_.load(std::memory_order_relaxed);
  }
  // A bound that is older than EngineBound::kForgotten holds no more: the engine had nothing to do.
  [[nodiscard]] std::size_t bound(Time now) const noexcept;

 private:
  const std::size_t most_;
  Mutex entering_;  // counts go up under it alone
  std::atomic<std::size_t> all_{0};
  EngineBound engine_;                           // the engine's
  std::atomic<std::size_t> bound_;               // that it came to last
  std::atomic<Time::rep> bound_holds_until_{0};  // since the clock's epoch
};

}  // namespace quotecached::http
