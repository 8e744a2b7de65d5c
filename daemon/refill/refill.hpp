// Refill: fetches what is missing with as few paid upstream calls as possible, and fills the chain.
//
// Owned by the engine and used on its loop only. Any number of requests for the same missing key
// cause one call; keys of one lane share calls; calls are admitted by the credit book first.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "alert/contradiction.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "cache/chain.hpp"
#include "cache/claims.hpp"
#include "calling/caller.hpp"
#include "credit/book.hpp"
#include "pacing/spend_policy.hpp"
#include "provider/dialect.hpp"
#include "refill/counters.hpp"
#include "refill/junk_gate.hpp"
#include "refill/lane.hpp"
#include "refill/lone_calls.hpp"
#include "refill/pending.hpp"
#include "refill/planner.hpp"
#include "refill/renewals.hpp"
#include "refill/split.hpp"
#include "refill/want.hpp"
#include "upstream/client.hpp"

namespace quotecached::refill {

namespace asio = boost::asio;

class Refill {
 public:
  struct Options {
    Planner::Options planner;
    calling::Caller::Options caller;
    EntryTimes times;
    JunkGate::Options junk;
    // While a lane fails, those with a stale copy have it tried at most once in this time.
    std::chrono::milliseconds failure_throttle{30000};
    // What nobody asked for in so long is not called for any more when its turn comes. As long as a
    // client waits, or longer.
    std::chrono::milliseconds request_deadline{20000};
    Renewals::Options renewals;
    bool rides = true;  // calls are filled up with what else is asked for
    // Between two calls that ask whether it is the account that fails.
    std::chrono::milliseconds verification_rest{10000};
  };

  // All must outlive it.
  struct Parts {
    cache::Chain& chain;
    upstream::Client& client;
    credit::Book& book;
    const provider::Dialect& dialect;
    provider::StatusForms& forms;
    const pacing::PublishedPolicy& policy;
    cache::Claims* claims = nullptr;        // null: no other daemon shares the chain
    credit::ClientBook* clients = nullptr;  // null: no client has a budget
  };

  Refill(asio::any_io_executor loop,
         const Parts& parts,
         const Options& options,
         const Clock& clock,
         const Log& log);
  ~Refill();

  // Starts (or joins) the fetches of all that is wanted; one Wanted for each key, in order. Never
  // waits. Requires: no key twice.
  std::vector<Wanted> want(std::vector<Want> wants);

  // Why who has a stale copy of all it asks for in `lane` is spared an upstream call now: the lane
  // fails. Null: it is not.
  [[nodiscard]] calling::FailurePtr held_off(const Lane& lane) const;

  // Is the key fetched already, or better not asked for by who has a copy?
  [[nodiscard]] bool is_busy(std::string_view key) const;

  // Answers are filed whole, some behind the answers to those who waited for them: who looks in
  // memory for the key next finds what has been brought.
  void file_now(std::string_view key);
  // ... for any key.
  void file_all();

  // Passes a request on, uncached and booked; for what the catalogue does not cache.
  asio::awaitable<calling::CallResult> forward(ForwardedCall call);

  // What clients ask for and calls could renew.
  [[nodiscard]] Renewals& renewals() noexcept;

  [[nodiscard]] CallPrice price_of(const Lane& lane, std::size_t assets) const;

  // Asks for something that costs nothing (key/info), whatever the spend mode.
  asio::awaitable<calling::CallResult> probe(upstream::Request request, std::string endpoint);

  [[nodiscard]] const Counters& counters() const noexcept;
  [[nodiscard]] calling::UpstreamHealth upstream_health() const;  // thread-safe
  // Answers that contradict good copies and are not believed yet; nothing when there are none.
  [[nodiscard]] std::optional<alert::Contradiction> contradiction() const;

  // Nothing is wanted and no call is in flight.
  [[nodiscard]] bool is_idle() const noexcept;
  // Waits until it is; false when that takes longer than `limit`.
  asio::awaitable<bool> settle(std::chrono::milliseconds limit);

  // Waits for calls in flight, at most `limit`.
  asio::awaitable<void> stop(std::chrono::milliseconds limit);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace quotecached::refill
