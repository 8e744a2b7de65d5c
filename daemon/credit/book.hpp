// The book of upstream calls: nothing is called upstream that it has not admitted, and every call
// is recorded with its endpoint, credits, time, cause and client.
//
// Owned by the engine and used on its loop only. Obeys the Ledger (what is left), the spend mode
// (what it may be spent on) and what the provider closed (Closures). A call's hold is committed to
// the database before the call may leave, so that a crash at any moment finds it there.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/types.hpp"
#include "credit/book_rows.hpp"
#include "credit/call.hpp"
#include "credit/client_budgets.hpp"
#include "credit/closures.hpp"
#include "credit/ledger.hpp"
#include "credit/price_check.hpp"
#include "credit/spend_mode.hpp"
#include "io/event.hpp"

namespace quotecached::store {
class Writer;
}

namespace quotecached::credit {

namespace asio = boost::asio;

class Book {
 public:
  struct Options {
    Ledger::Options ledger;
    std::map<std::string, ClientCaps, std::less<>> clients;
    bool stops_on_ledger_failure = true;
    // Calls wait for the first reading of key/info, so long: before it the limits are not known.
    std::chrono::milliseconds first_reading{0};
    std::chrono::milliseconds commit_timeout{3000};
  };
  // An admitted call, held and committed. Must be settled or released; dropping it records the
  // worst case as charged. Must not outlive the book.
  class Ticket;
  // A client's part, held while its request is served. Dropping it settles it with nothing charged.
  class ClientHold;

  // Why a call may not be made now.
  struct Refusal {
    Error error;                  // for the log
    std::int64_t error_code = 0;  // 1008, 1009, 1010; 1001..1007 when the key is refused; 0: none
                                  // of these (the ledger cannot be written)
    std::optional<TimePoint> until;  // when it may be tried again
  };

  // `writer` may be null, for want of a database: then nothing can be committed.
  Book(store::Writer* writer, BookState state, Options options, const Clock& clock, Log log);
  ~Book();

  // Waits for the hold to be committed and, when only the minute's requests are spent, for its turn
  // until `intent.deadline`.
  asio::awaitable<tl::expected<Ticket, Refusal>> admit(CallIntent intent);

  // What would stop a call now without a look at any cap: closed by the provider, key refused.
  [[nodiscard]] std::optional<Closed> closed(TimePoint now) const;

  // ... whatever the purpose: why nothing can be paid now for it (spend mode, caps, closures);
  // empty when a call that costs `worst_case` would be admitted. For answers to clients.
  [[nodiscard]] std::optional<Refusal> refusal(Purpose purpose, Credits worst_case);

  // May `client` cause that much? Fails with the refusal its requests get (1009, 1010).
  [[nodiscard]] tl::expected<ClientHold, Refusal> hold_for_client(std::string client,
                                                                  Credits worst_case);

  // The governor's word.
  void set_mode(SpendMode mode) noexcept { mode_ = mode; }
  [[nodiscard]] SpendRules rules() const noexcept { return rules_of(mode_); }

  // The provider's word (key/info). Empty `caps`: it told only what was used. The first one, or
  // no_reading(), lets calls pass that wait for it.
  std::array<std::int64_t, kWindowKinds> reconcile(const std::optional<PlanReading>& plan,
                                                   const ProviderUse& theirs,
                                                   TimePoint asked_at);
  void no_reading();

  [[nodiscard]] BookView view();
  // Called on the engine's loop after each settled call.
  void on_settled(std::function<void(const CallRecord&)> observer);

  struct Totals;  // atomics, any thread
  [[nodiscard]] const Totals& totals() const noexcept;

 private:
  // (private part: as the implementation needs)
};

}  // namespace quotecached::credit
