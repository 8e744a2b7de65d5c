// The book of upstream calls: nothing is called upstream that it has not admitted, and every call
// is recorded with its endpoint, credits, time, cause and client.
//
// Owned by the engine and used on its loop only. Obeys the Ledger (what is left), the spend policy
// (what it may be spent on) and what the provider closed (Closures). A call's hold is committed to
// the database before the call may leave, so that a crash at any moment finds it there.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <tl/expected.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/types.hpp"
#include "base/waits.hpp"
#include "credit/book_rows.hpp"
#include "credit/book_view.hpp"
#include "credit/call.hpp"
#include "credit/closures.hpp"
#include "ledger/account.hpp"
#include "ledger/ledger.hpp"
#include "pacing/spend_policy.hpp"

namespace quotecached::store {
class Writer;
}

namespace quotecached::credit {

namespace asio = boost::asio;

class Book {
 public:
  struct Options {
    std::string account{ledger::kDefaultAccount};  // whose calls and windows they are
    ledger::Ledger::Options
        ledger;                // caps of our own: the plan's count beside them, the smaller of each
    bool adopts_plan = false;  // the limits that key/info tells, also the last ones at a restart
    bool stops_on_ledger_failure = true;
    // Calls wait for the first reading of key/info, so long from the start: before it the limits
    // are not known.
    std::chrono::milliseconds first_reading{0};
    std::chrono::milliseconds commit_timeout{3000};
  };
  // An admitted call, held and committed. Must be settled or released; dropping it records the
  // worst case as charged, or gives that back as long as it is not committed. One that outlives the
  // book does nothing.
  class Ticket;

  // Why a call may not be made now.
  struct NotAdmitted {
    Error error;  // for the log
    // What is closed, or spent by our own count; empty: the ledger cannot be written.
    std::optional<ledger::Closure> closure;
    std::int64_t error_code = 0;     // by which the provider closed it; 0: it did not
    std::optional<TimePoint> until;  // when it may be tried again
    bool is_by_mode = false;         // what is left is not spent, as the spend mode has it
    bool is_of_client = false;       // a client's own budget is spent, not the account's
    std::string client = {};         // its name, unless several are refused
  };

  // Totals of settled calls. Any thread.
  struct Totals {
    std::atomic<std::uint64_t> calls{0};
    std::atomic<std::int64_t> credits{0};
    std::atomic<std::int64_t> asset_credits{0};   // of these, of calls for assets
    std::atomic<std::uint64_t> asked_assets{0};   // that good calls were made for
    std::atomic<std::uint64_t> riding_assets{0};  // others that they brought for nothing
    std::array<std::atomic<std::int64_t>, kCauses> credits_by_cause{};
  };

  // All must outlive it, but for the writer, which may be null for want of a database: then nothing
  // can be committed.
  struct Parts {
    store::Writer* writer;
    const pacing::PublishedPolicy& policy;
    const Clock& clock;
  };

  Book(const Parts& parts, const BookState& state, const Options& options, const Log& log);
  ~Book();
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;

  // Waits for the hold to be committed and, when only the minute's requests are spent, for its turn
  // until `intent.deadline`. `waits`, if there is one, is told which of these it is.
  asio::awaitable<tl::expected<Ticket, NotAdmitted>> admit(CallIntent intent,
                                                           WaitsPtr waits = nullptr);

  // The daemon stops: calls that wait for their turn are refused soon, further ones that would have
  // to wait at once. Where there is room calls are admitted as before.
  void stop_waiting() noexcept;

  // What would stop a call now without a look at any cap: closed by the provider, key refused.
  [[nodiscard]] std::optional<Closed> closed(TimePoint now) const;

  // ... whatever the purpose: why nothing can be paid now for it (spend mode, caps, closures, a
  // ledger that fails); empty when a call that costs `worst_case` would be admitted, maybe after a
  // wait for its turn in the minute. For answers to clients.
  [[nodiscard]] std::optional<NotAdmitted> refusal(ledger::Purpose purpose, Credits worst_case);

  // What endpoints cost on average by symbol, see PriceCheck.
  [[nodiscard]] const PriceCheck& prices() const noexcept;

  // The provider's word (key/info). Without a `plan` it told only what was used. The first one, or
  // no_reading(), lets calls pass that wait for it. Returns how far off each window was.
  std::array<std::int64_t, ledger::kWindowKinds> reconcile(const std::optional<PlanReading>& plan,
                                                           const ledger::ProviderUse& theirs,
                                                           TimePoint asked_at);
  void no_reading(std::string why);

  // For the client book: when the account's days and months begin, a call whenever the provider
  // tells other limits, and a place for what a client has spent. Never waits.
  [[nodiscard]] const ledger::Anchor& anchor() const noexcept;
  void on_plan(std::function<void(const ledger::Anchor&, TimePoint)> observer);
  void keep_client(const std::string& client, std::vector<ledger::WindowSpend> windows);

  // The database was made anew: writes what the account has spent again. Never waits.
  void keep_all();

  // Other caps of our own and another reserve, from here on; `wanted.anchor` says nothing. What was
  // spent and is held stays.
  void change(const ledger::Ledger::Options& wanted);

  [[nodiscard]] BookView view();
  // Called on the engine's loop after each settled call.
  void on_settled(std::function<void(const CallRecord&)> observer);

  [[nodiscard]] const Totals& totals() const noexcept;
  // Credits of settled calls, of the endpoints that were called. Any thread.
  [[nodiscard]] std::map<std::string, std::int64_t, std::less<>> credits_by_endpoint() const;
  [[nodiscard]] std::uint64_t unrecorded() const noexcept;  // calls without a row; any thread

 private:
  struct State;  // shared with tickets, which may outlive the book
  std::shared_ptr<State> state_;
};

class Book::Ticket {
 public:
  Ticket(Ticket&& other) noexcept = default;
  Ticket& operator=(Ticket&&) = delete;
  ~Ticket();

  Credits settle(CallOutcome outcome);  // returns what is booked
  void release();                       // the call was never sent

  // What it may cost at most: the intent's worst case, and more where calls cost more lately.
  [[nodiscard]] Credits held() const noexcept { return held_; }
  [[nodiscard]] const CallIntent& intent() const noexcept { return intent_; }

 private:
  friend Book::State;
  Ticket(std::shared_ptr<State> book, CallIntent intent);

  std::shared_ptr<State> book_;  // null once settled, released or moved from
  CallIntent intent_;
  Credits held_;
  ledger::Ledger::HoldId hold_ = 0;
  std::int64_t id_ = 0;  // of its row
  TimePoint started_;
  bool is_committed_ = false;  // the call may leave
};

}  // namespace quotecached::credit
