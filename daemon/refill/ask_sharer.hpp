// Tells the fleet, the daemons that share a Redis, what clients of this one ask for, and learns
// from it what those of the others do.
//
// Owned by the app and used on the engine's loop only, but for totals(); destroyed before it. What
// is told and when it counts decide FleetAsks and Renewals; this obeys. Without Redis, or while it
// is down, every daemon goes by its own clients.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "refill/fleet_asks.hpp"
#include "refill/popularity_set.hpp"
#include "refill/renewals.hpp"

namespace quotecached::redis {
class Connection;
}

namespace quotecached::refill {

namespace asio = boost::asio;

class AskSharer {
 public:
  struct Options {
    std::string url = "redis://127.0.0.1:6379";  // see redis/url.hpp
    std::string password;                        // instead of one in the URL
    std::chrono::milliseconds timeout{1000};
    std::chrono::milliseconds connect_timeout{500};
    bool learns = true;  // what the others' clients ask for
    std::chrono::minutes tell_every{1};
    std::chrono::minutes learn_every{5};
    std::size_t most_learned = 1000;  // keys, the most asked
    FleetAsks::Options asks;
  };
  // Any thread. Zero until Redis has answered.
  struct Totals {
    std::atomic<std::int64_t> merged_at{0};  // seconds since 1970
    std::atomic<std::int64_t> members{0};    // of the set
    std::atomic<std::uint64_t> waiting{0};   // keys to be told
  };

  // Does not connect yet. Both `renewals` and `catalogue` must outlive it. Fails with Invalid when
  // the URL is not one.
  static Result<std::unique_ptr<AskSharer>> make(asio::any_io_executor loop,
                                                 Options options,
                                                 Renewals& renewals,
                                                 const catalog::Catalogue& catalogue,
                                                 Log log);
  ~AskSharer();

  // The last exchange was a while ago, or there was none.
  [[nodiscard]] bool is_due(TimePoint now) const noexcept;

  // Tells what was asked for since the last time, and learns when that is due. Fails with
  // Unavailable or Timeout, which was logged: it is told the next time. Requires: none is under
  // way.
  asio::awaitable<Result<void>> exchange(TimePoint now);

  [[nodiscard]] const Totals& totals() const noexcept { return totals_; }

 private:
  AskSharer(Options options,
            Renewals& renewals,
            const catalog::Catalogue& catalogue,
            Log log,
            std::unique_ptr<redis::Connection> connection);

  asio::awaitable<Result<void>> talk(TimePoint now);
  void begin_anew(TimePoint now);
  Result<Merged> take_merges(const std::vector<FleetAsks::Batch>& batches,
                             std::span<const redis::Reply> replies);
  Result<void> take_popularity(std::span<const redis::Reply> replies, TimePoint now);
  void tell_of(const Result<void>& how);

  Options options_;
  Renewals& renewals_;
  const catalog::Catalogue& catalogue_;
  Log log_;
  std::unique_ptr<redis::Connection> connection_;
  FleetAsks asks_;
  std::string mark_;  // the key that keeps the number of our last batch; empty: nothing was sent
  TimePoint exchanged_at_{};
  TimePoint learned_at_{};
  bool is_failing_ = false;
  bool has_odd_ = false;  // there were members that nobody can make use of
  Totals totals_;
};

}  // namespace quotecached::refill
