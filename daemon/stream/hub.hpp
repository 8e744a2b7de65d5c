// Follows the rows that anyone listens to, tells I/O threads what changed in them, and asks for
// them as their listeners would.
//
// I/O threads join and leave on behalf of their listeners; one joins a channel once for all of its
// listeners with the same ask. Copies that are filed are told as they come; beyond that each
// channel is reviewed again and again, which is an ask of each of its listeners: what is missing is
// bought, what is stale is renewed when that is worth it to all of them together, and names that
// lead elsewhere by now, and rows that have gone stale, are noticed. Of a client that may have so
// many requests waiting at once, so many channels are reviewed at once; others wait for their turn.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "compact/desk.hpp"
#include "stream/ask_key.hpp"
#include "stream/board.hpp"
#include "stream/counters.hpp"

namespace quotecached::stream {

namespace asio = boost::asio;

// What is new in one feed of an I/O thread.
struct Update {
  std::uint64_t feed = 0;   // as the thread numbers them
  bool is_refused = false;  // too much is watched already; the feed gets nothing
  std::uint64_t complete_since = 0;
  ChangesPtr changes;
  // Of news. Nothing: it is what there is, for who joins.
  std::optional<std::chrono::steady_clock::time_point> made_at{};
};

// An I/O thread as the hub sees it: is told on the engine's loop, and sees to it on its own.
struct Outlet {
  std::function<void(std::vector<Update>)> tell;
};
using OutletPtr = std::shared_ptr<const Outlet>;

// A listener joins. The first of a feed is answered with all that there is.
struct Joining {
  OutletPtr outlet;
  std::uint64_t feed = 0;
  std::string key;
  std::shared_ptr<const compact::Ask> ask;
  std::string client;         // the token's name
  std::size_t most_asks = 0;  // of all its streams at once; 0: no limit
};

// A connection's ask to listen.
struct Subscription {
  ReadAsk read;
  std::string client;         // the token's name
  std::uint64_t since = 0;    // the last event that it has; 0: it has none
  std::size_t most_asks = 0;  // as in Joining
  bool is_framed = true;      // takes chunks
  Place place;
};

class Hub {
 public:
  struct Options {
    milliseconds asks_every{10'000};  // an ask of each listener, by the clock
    milliseconds lingering{60'000};   // of channels that nobody listens to, for who comes back
    std::chrono::milliseconds gathering{5};
    std::size_t most_listeners = 3'072;
    std::size_t most_rows = 200'000;  // of all channels together
  };
  // All must outlive it.
  struct Parts {
    compact::Desk& desk;
    const Clock& clock;
    // Counts asks for what is filed under keys of these hashes. On the engine's loop.
    std::function<void(std::span<const std::uint64_t> keys, double asks)> note_asks;
  };

  // Before the loop runs.
  Hub(asio::any_io_executor loop, Parts parts, const Options& options, Log log);
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // --- any thread ---

  // A place to listen; empty: there is none left.
  [[nodiscard]] Place take_place() const;
  // The version that an event id tells, should it be one of this start of the daemon; else 0.
  [[nodiscard]] std::uint64_t version_of(std::string_view event_id) const noexcept;
  void join(Joining joining);
  void leave(OutletPtr outlet, std::uint64_t feed, std::string client);
  [[nodiscard]] const CountersPtr& counters() const noexcept;

  // --- the engine's loop ---

  // Copies were purged: rows of which memory has none, or an older one, are told as such at once.
  void note_purged();
  // Reviews what is due. To be called each second, and when the clock was moved.
  void tick();
  [[nodiscard]] bool is_idle() const noexcept;
  // Waits until it is; false when that takes longer than `limit`.
  asio::awaitable<bool> settle(std::chrono::milliseconds limit);
  asio::awaitable<void> stop(std::chrono::milliseconds limit);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace quotecached::stream
