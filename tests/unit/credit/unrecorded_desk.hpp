// A book without a database, which is no reason to stop here.
#pragma once

#include <utility>

#include "book_desk.hpp"
#include "credit/client_book.hpp"

namespace quotecached::test {

using namespace quotecached::credit;
using namespace quotecached::ledger;

using Steady = std::chrono::steady_clock;

inline Book::Options unrecorded(const Caps& caps = {}) {
  Book::Options options;
  options.ledger.caps = caps;
  options.stops_on_ledger_failure = false;
  return options;
}

struct Desk {
  explicit Desk(const Book::Options& options = unrecorded(),
                const BookState& state = {},
                Log log = Log(),
                const ClientBook::Caps& caps = {})
      : book({nullptr, policy, clock}, state, options, std::move(log)),
        clients(book, caps, state.clients, clock) {}

  Admission admit(CallIntent intent = intent_of({2})) {
    return test::admit(loop, book, std::move(intent));
  }
  // A call that ends at once; false when it is not admitted.
  bool call(unsigned http_status, std::int64_t error_code, Credits charged = {}) {
    auto ticket = admit();
    if (!ticket) return false;
    ticket->settle(outcome_of(http_status, error_code, charged));
    return true;
  }
  const WindowUse& use(WindowKind kind) {
    view = book.view();
    return view.uses[static_cast<std::size_t>(kind)];
  }

  asio::io_context loop;
  test::SetClock clock;
  pacing::PublishedPolicy policy;
  Book book;
  ClientBook clients;
  BookView view;
};

inline TimePoint on(std::chrono::year_month_day date) {
  return TimePoint(std::chrono::sys_days(date));
}

}  // namespace quotecached::test
