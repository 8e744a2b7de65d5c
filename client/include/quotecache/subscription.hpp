// Quotes told as they change.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "quotecache/error.hpp"
#include "quotecache/export.hpp"
#include "quotecache/quote.hpp"

namespace quotecache {

// What became of a subscription's connection.
struct StreamState {
  enum class Kind : std::uint8_t {
    Connected,  // again, or for the first time
    Waiting,    // the connection is lost or refused: `error` says why, and another try follows
    // For good, since trying again cannot help: Invalid, Unauthorized, Protocol. Or there was no
    // memory to try again with: Unavailable.
    Ended,
  };
  Kind kind = Kind::Connected;
  Error error{ErrorCode::Unavailable, ""};  // unless connected
  std::chrono::milliseconds next_try{0};    // of Waiting
};

struct Gone {
  std::int64_t id = 0;
  std::string convert;
};

// All but on_quote may be empty. They are called one at a time on a thread of the client's, shared
// by its subscriptions: a callback that takes long holds up the others. None may throw: the program
// would end. Asking any client, ending any subscription and destroying either is fine inside.
struct StreamHandler {
  // A row is new or another than before. What is told of an asset and currency never goes back in
  // time, whatever daemons the subscription speaks to; a reader that is slow misses values in
  // between, never the last.
  std::function<void(const Quote&)> on_quote;
  // The name leads elsewhere by now, or nothing that may be shown is left.
  std::function<void(const Gone&)> on_gone{};
  // At the start if not empty, and when they change.
  std::function<void(const std::vector<Missing>&, const std::vector<Ambiguous>&)> on_lists{};
  std::function<void(const StreamState&)> on_state{};
};

// Is told what cannot be had for now, and why, where that is not empty, and when it changes.
// Otherwise as the callbacks of StreamHandler.
using UnavailableHandler = std::function<void(const std::vector<NotHad>&)>;

// Ends with the object, or by end(): no callback runs or begins after that, but for the one that it
// is called from, and one that is itself waiting for that (two callbacks of different clients that
// end each other's subscription: the second does not wait). May outlive the Client. Thread-safe but
// for moving.
class QUOTECACHE_API Subscription {
 public:
  ~Subscription();
  Subscription(Subscription&& other) noexcept;
  Subscription& operator=(Subscription&& other) noexcept;

  void end() noexcept;

 private:
  friend class Client;
  struct State;
  explicit Subscription(std::shared_ptr<State> state) noexcept;
  std::shared_ptr<State> state_;
};

}  // namespace quotecache
