// Asks the provider now and then what it counted (which costs nothing), and brings the book in line
// with it.
//
// Owned by the app and used on the engine's loop only. The first reading lets the calls pass that
// wait for the limits; a failed one does too.
#pragma once

#include <chrono>
#include <optional>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/log.hpp"
#include "credit/book.hpp"
#include "io/event.hpp"
#include "io/task_group.hpp"
#include "provider/dialect.hpp"
#include "provider/key_info.hpp"
#include "refill/refill.hpp"

namespace quotecached::refill {

// The limits in `info`; empty when it does not tell the month's, since a plan without any limit is
// none. What else it does not tell stays as in `known`, the reading before: only a 0 that is told
// means no limit. A month that resets on its last day began on `known`'s day, if that is later.
[[nodiscard]] std::optional<credit::PlanReading> plan_of(const provider::KeyInfo& info,
                                                         const credit::PlanReading& known,
                                                         TimePoint read_at);

[[nodiscard]] ledger::ProviderUse use_of(const provider::KeyInfo& info) noexcept;

class Reconciler {
 public:
  struct Options {
    std::chrono::milliseconds interval{std::chrono::minutes(10)};
    std::chrono::milliseconds retry_after{std::chrono::seconds(30)};  // a reading that failed
  };

  // All must outlive it.
  Reconciler(asio::any_io_executor loop,
             Refill& refill,
             credit::Book& book,
             const provider::Dialect& dialect,
             Options options,
             Log log);

  void start();
  // Reads now, whenever the next reading is due.
  asio::awaitable<Result<void>> read();
  asio::awaitable<void> stop(std::chrono::milliseconds limit);

 private:
  asio::awaitable<void> run();
  Result<void> take(calling::CallResult& result);
  void tell(const Result<void>& end);

  Refill& refill_;
  credit::Book& book_;
  const provider::Dialect& dialect_;
  Options options_;
  Log log_;
  bool has_failed_ = false;  // the last reading
  io::Event never_;          // what run() waits at
  io::TaskGroup tasks_;
};

}  // namespace quotecached::refill
