// The daemon among those that share its Redis: exchanges with them what clients ask for, and takes
// over the copies that they have fetched of it.
//
// Owned by the parts and used on the engine's loop only, but for totals().
#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "io/task_group.hpp"
#include "refill/ask_sharer.hpp"
#include "warm/fetcher.hpp"

namespace quotecached::app {

namespace asio = boost::asio;

class Fleet {
 public:
  // `fetcher`, which must outlive it: takes copies over; null: none are.
  Fleet(asio::any_io_executor loop,
        std::unique_ptr<refill::AskSharer> sharer,
        warm::Fetcher* fetcher,
        const Log& log)
      : sharer_(std::move(sharer)), fetcher_(fetcher), tasks_(std::move(loop), log) {}

  // Begins an exchange, about every minute. To be called about once a second.
  void tick(TimePoint now);

  [[nodiscard]] bool is_idle() const noexcept { return tasks_.running() == 0; }
  // Waits until it is, at most `limit`; returns whether it is.
  asio::awaitable<bool> settle(std::chrono::milliseconds limit);

  // Tells the others what was asked for last, as far as `limit` allows.
  asio::awaitable<void> stop(TimePoint now, std::chrono::milliseconds limit);

  [[nodiscard]] const refill::AskSharer::Totals& totals() const noexcept {
    return sharer_->totals();
  }

 private:
  asio::awaitable<void> exchange(TimePoint now);

  std::unique_ptr<refill::AskSharer> sharer_;
  warm::Fetcher* fetcher_;
  io::TaskGroup tasks_;
};

}  // namespace quotecached::app
