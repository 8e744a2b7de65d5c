// A governor and its book, over a clock that tests set.
#pragma once

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "answered.hpp"
#include "credit/governor.hpp"
#include "store/writer.hpp"

namespace quotecached::test {

using namespace credit;
using namespace alert;
using namespace ledger;
using namespace pacing;
using namespace std::chrono;
using namespace std::chrono_literals;
namespace asio = boost::asio;

class GovernorClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const noexcept override { return time; }
  TimePoint time{sys_days(2026y / 11 / 10).time_since_epoch() + 12h + 5min};
};

// 15,000 credits a month, no cap a day.
inline Book::Options monthly_book() {
  Book::Options options;
  options.ledger.caps = {0, {0}, {15'000}};
  options.stops_on_ledger_failure = false;
  return options;
}

struct GovernorBed {
  explicit GovernorBed(store::Writer* writer_ = nullptr,
                       GovernorState state = {},
                       BookState booked = {})
      : writer(writer_),
        book({writer, policy, clock}, std::move(booked), monthly_book(), Log()),
        governor({book,
                  policy,
                  writer,
                  [this] { return outage; },
                  [this](const Alert& alert) { told.push_back(alert); },
                  nullptr,
                  {},
                  [this] { return asked; }},
                 std::move(state),
                 {},
                 clock,
                 Log()) {
    book.on_settled([this](const CallRecord& record) { governor.note(record); });
  }

  // The provider counts so many credits this month.
  void spend(std::int64_t credits) {
    ProviderUse theirs;
    theirs.credits_this_month = Credits{credits};
    (void)book.reconcile(std::nullopt, theirs, clock.time);
    governor.review();
  }
  void pass(milliseconds time) {
    clock.time += time;
    governor.review();
  }
  // A call that was answered so.
  void call(CallOutcome outcome, Purpose purpose = Purpose::Miss) {
    asio::io_context loop;
    std::exception_ptr failure;
    bool is_admitted = false;
    asio::co_spawn(loop, make_call(outcome, purpose, is_admitted), [&](std::exception_ptr e) {
      failure = std::move(e);
    });
    loop.run_for(10s);
    if (failure) std::rethrow_exception(failure);
    REQUIRE(is_admitted);
  }
  [[nodiscard]] std::vector<Alert> about(AlertKind kind) const {
    std::vector<Alert> found;
    std::ranges::copy_if(
        told, std::back_inserter(found), [kind](const Alert& alert) { return alert.kind == kind; });
    return found;
  }

  GovernorClock clock;
  store::Writer* writer;
  std::optional<Outage> outage;
  std::vector<Alert> told;
  Asked asked;  // in each minute
  PublishedPolicy policy;
  Book book;
  Governor governor;

 private:
  asio::awaitable<void> make_call(CallOutcome outcome, Purpose purpose, bool& is_admitted) {
    CallIntent intent;
    intent.endpoint = "v2.quotes";
    intent.purpose = purpose;
    intent.worst_case = {1};
    intent.predicted = {1};
    auto ticket = co_await book.admit(std::move(intent));
    is_admitted = ticket.has_value();
    if (ticket) ticket->settle(outcome);
  }
};

inline CallOutcome charged(std::int64_t credits) {
  auto outcome = answered(200, 0);
  outcome.charge.credits = {credits};
  outcome.charge.is_told = true;
  return outcome;
}

}  // namespace quotecached::test
