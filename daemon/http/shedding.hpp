// Who makes room when there are as many connections as there may be, and who gets in nevertheless.
//
// Pure. A client that asks nothing must not keep others out, and neither may one that sends or
// takes next to nothing; who waits for an answer of ours is never cut off.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace quotecached::http {

// What one connection does, and since when nothing happened on it.
struct Standing {
  using Time = std::chrono::steady_clock::time_point;

  // In the order in which they make room.
  enum class Doing : std::uint8_t {
    Nothing,  // between requests
    Sending,  // a request, of which there is a part
    Taking,   // an answer that is ready
    Waiting,  // for an answer
  };

  Doing doing = Doing::Nothing;
  Time since;
  bool is_unix = false;  // came in through a Unix socket

  friend bool operator==(const Standing&, const Standing&) = default;
};

// Who sends or takes makes room only when nothing has come of it for so long.
inline constexpr std::chrono::seconds kStalled{2};

// The positions of up to `most` connections that make room, the first one first: those that do
// nothing, the longest idle first, those of a Unix socket last; then those that stall, likewise.
[[nodiscard]] std::vector<std::size_t> pick_to_shed(std::span<const Standing> connections,
                                                    Standing::Time now,
                                                    std::size_t most);

// What a new connection may do.
enum class Entry : std::uint8_t {
  Any,
  OwnRoutes,  // ask how the daemon is, and tell it what to do
  None,       // it is turned away
};

// Connections kept free beside the `most` that clients may have: half of them for Unix sockets,
// half for who asks for the daemon's own routes.
[[nodiscard]] std::size_t kept_free(std::size_t most) noexcept;

// With `open` others open and nobody to make room.
[[nodiscard]] Entry entry_when(std::size_t open, std::size_t most, bool is_unix) noexcept;

}  // namespace quotecached::http
