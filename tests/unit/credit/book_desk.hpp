// A book at a desk: its clock is set by hand, and calls are admitted by running its loop.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "answered.hpp"
#include "credit/book.hpp"

namespace quotecached::test {

namespace asio = boost::asio;

class SetClock final : public Clock {
 public:
  TimePoint time = TimePoint(std::chrono::sys_days(std::chrono::year(2026) / 2 / 10)) +
                   std::chrono::hours(12) + std::chrono::seconds(20);
  [[nodiscard]] TimePoint now() const noexcept override { return time; }
};

using Admission = tl::expected<credit::Book::Ticket, credit::Book::NotAdmitted>;

// A call that is on its way into the book.
struct Admitting {
  std::optional<Admission> end;
  std::exception_ptr failure;
};

inline asio::awaitable<void> admit_into(std::shared_ptr<Admitting> admitting,
                                        credit::Book* book,
                                        credit::CallIntent intent) {
  auto end = co_await book->admit(std::move(intent));
  admitting->end.emplace(std::move(end));
}

inline std::shared_ptr<Admitting> start_admission(asio::io_context& loop,
                                                  credit::Book& book,
                                                  credit::CallIntent intent,
                                                  asio::cancellation_slot slot = {}) {
  auto admitting = std::make_shared<Admitting>();
  auto task = admit_into(admitting, &book, std::move(intent));
  auto ended = [admitting](std::exception_ptr failure) { admitting->failure = failure; };
  asio::co_spawn(loop, std::move(task), asio::bind_cancellation_slot(slot, std::move(ended)));
  return admitting;
}

// Runs the loop until the call is admitted or refused.
inline Admission finish(asio::io_context& loop, Admitting& admitting) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!admitting.end && !admitting.failure && std::chrono::steady_clock::now() < end) {
    loop.restart();
    loop.run_one_for(std::chrono::milliseconds(100));
  }
  REQUIRE(admitting.end);
  return std::move(*admitting.end);
}

inline Admission admit(asio::io_context& loop, credit::Book& book, credit::CallIntent intent) {
  const auto admitting = start_admission(loop, book, std::move(intent));
  return finish(loop, *admitting);
}

inline credit::CallIntent intent_of(Credits worst_case,
                                    ledger::Purpose purpose = ledger::Purpose::Miss) {
  credit::CallIntent intent;
  intent.endpoint = "v2.quotes";
  intent.purpose = purpose;
  intent.worst_case = worst_case;
  intent.predicted = worst_case;
  intent.kind = "id";
  intent.assets = {"1", "2", "3"};
  return intent;
}

inline credit::CallOutcome outcome_of(unsigned http_status,
                                      std::int64_t error_code,
                                      Credits charged = {}) {
  auto outcome = answered(http_status, error_code);
  outcome.charge.credits = charged;
  outcome.charge.is_told = http_status != 0;
  return outcome;
}

}  // namespace quotecached::test
