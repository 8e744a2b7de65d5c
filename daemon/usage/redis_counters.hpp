// Counters shared through Redis, for dashboards and scripts beside the daemon:
//
//   daily_credits:{2026-11-21}   hash, without the braces: total, and each endpoint's credits
//   cache_metrics                hash: requests, hits, stale, misses ... since it was made
//
// Every count is added once: what could not be sent is kept and goes later, and a batch whose
// answer got lost is sent again under its number, by which Redis knows what it has. Several daemons
// add to the same counters. Owned by one loop and used there only; destroyed before it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/breaker.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "credit/call.hpp"
#include "usage/rollup.hpp"

namespace quotecached::redis {
class Connection;
}

namespace quotecached::usage {

namespace asio = boost::asio;

class RedisCounters {
 public:
  struct Options {
    std::string url = "redis://127.0.0.1:6379";  // see redis/url.hpp
    std::string password;                        // instead of one in the URL
    milliseconds timeout{1000};
    milliseconds connect_timeout{500};
    milliseconds every{1000};
    std::chrono::days keep_days{7};  // after the day's end
    Breaker::Options breaker{.failures_to_open = 1};
  };
  // The counts since the daemon began, each endpoint and client once. They never fall.
  using Requests = std::function<std::vector<UsageRow>()>;

  // Does not connect yet. Fails with Invalid when the URL is not one.
  static Result<std::unique_ptr<RedisCounters>> make(asio::any_io_executor loop,
                                                     Options options,
                                                     Requests requests,
                                                     Log log);
  ~RedisCounters();

  // A call was settled.
  void note(const credit::CallRecord& call);

  // Sends what was counted since the last time, until it is cancelled. The clock outlives it.
  asio::awaitable<void> serve(const Clock* clock);

  // Once, for instance at the end. Fails with Unavailable or Timeout while Redis does not answer,
  // and does not ask it each time then.
  asio::awaitable<Result<void>> send(TimePoint now);

 private:
  struct Counter {
    std::string key;
    std::string field;
    friend auto operator<=>(const Counter&, const Counter&) = default;
  };
  struct Count {
    std::int64_t by = 0;
    TimePoint until;  // when Redis may drop the key; the epoch: never
  };
  using Counts = std::map<Counter, Count>;
  using Command = std::vector<std::string>;

  RedisCounters(Options options,
                Requests requests,
                Log log,
                std::unique_ptr<redis::Connection> connection);

  void add(std::string key, std::string_view field, std::int64_t by, TimePoint until = {});
  void collect();
  [[nodiscard]] Command command(TimePoint now) const;
  asio::awaitable<Result<void>> send_flight(TimePoint now);
  // Takes back what Redis would not add. `refused`: their numbers.
  void take_back(std::string_view refused);

  Options options_;
  Requests requests_;
  Log log_;
  std::unique_ptr<redis::Connection> connection_;
  Breaker breaker_;
  std::string mark_;  // the key that keeps the number of the last batch; ours among all daemons

  UsageCounts seen_;
  Counts counts_;             // to be sent
  Counts flight_;             // sent, and not known to have arrived
  std::uint64_t number_ = 0;  // of the flight
  bool is_sending_ = false;
};

}  // namespace quotecached::usage
