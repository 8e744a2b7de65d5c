// What all clients together have yet to take of their answers: who holds how much, and who is cut
// off when it is too much.
//
// Pure bookkeeping: no clock, no sockets. Not thread-safe; owned by a Backlog. Only readers that
// are too slow for their socket are in it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace quotecached::http {

class OutputBook {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Id = std::uint64_t;

  // A piece of memory that an answer keeps. Answers from one entry keep the same piece.
  struct Held {
    const void* identity = nullptr;
    std::size_t bytes = 0;
  };

  // A reader that is new is not called slow: it had no time to take anything.
  static constexpr std::chrono::milliseconds kNew{1000};

  // `id` holds these now, in place of what it held before.
  void set(Id id, std::vector<Held> held, Time now);
  void took(Id id, std::size_t bytes);
  void remove(Id id);

  // Each piece counted once, however many hold it.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  // Removes readers until at most `most` bytes are held, and returns them: those that took the
  // least in their time first, new ones last.
  [[nodiscard]] std::vector<Id> cut(std::size_t most, Time now);

 private:
  struct Reader {
    std::vector<Held> held;
    std::size_t taken = 0;
    Time since;
  };
  struct Piece {
    std::size_t holders = 0;
    std::size_t bytes = 0;
  };
  void hold(const std::vector<Held>& held);
  void let_go(const std::vector<Held>& held);

  std::unordered_map<Id, Reader> readers_;
  std::unordered_map<const void*, Piece> pieces_;
  std::size_t bytes_ = 0;
};

}  // namespace quotecached::http
