// The inside of the Book: shared with its tickets and with the calls that wait to be admitted, any
// of which may outlive it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.hpp"
#include "credit/book.hpp"
#include "credit/call_journal.hpp"
#include "io/event.hpp"

namespace quotecached::credit {

struct Book::State {
  State(const Parts& parts, const BookState& before, const Options& wanted, const Log& event_log);

  static asio::awaitable<tl::expected<Ticket, NotAdmitted>> admit(std::shared_ptr<State> self,
                                                                  CallIntent intent,
                                                                  WaitsPtr waits);
  asio::awaitable<void> await_first_reading();
  static asio::awaitable<tl::expected<Ticket, NotAdmitted>> await_turn(std::shared_ptr<State> self,
                                                                       const CallIntent* intent);
  // Sets the call's credits aside; fails with the ledger's refusal.
  tl::expected<Ticket, ledger::Ledger::NoRoom> hold(const std::shared_ptr<State>& self,
                                                    const CallIntent& intent,
                                                    TimePoint now);
  // By what the provider closed and by the spend policy; no purpose: it costs nothing.
  std::optional<NotAdmitted> refusal_before_caps(std::optional<ledger::Purpose> purpose,
                                                 TimePoint now);
  NotAdmitted refusal_by_journal(const Error& error, TimePoint now) const;
  void settle(const Ticket& ticket, const CallOutcome& outcome);
  void release(const Ticket& ticket);
  void forget(const Ticket& ticket);  // it was never committed
  void count(const CallRecord& call);
  void tell(Closures::Change news, const CallOutcome& outcome, TimePoint now) const;
  void obey(const PlanReading& reading, TimePoint now);
  // Windows that the provider had closed and that its own count shows to have room again.
  void reopen(const ledger::ProviderUse& theirs, TimePoint now);

  const Clock& clock;
  const pacing::PublishedPolicy& policy;
  const Log log;
  Options options;
  ledger::Ledger ledger;
  Closures closures;
  PriceCheck prices;
  CallJournal journal;
  std::int64_t last_id;
  std::function<void(const CallRecord&)> on_settled;
  std::function<void(const ledger::Anchor&, TimePoint)> on_plan;
  bool may_wait = true;  // the daemon is not about to stop
  bool is_over = false;  // the book is gone

  const std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  io::Event read;  // the first reading came, or failed
  std::optional<PlanReading> plan;
  std::optional<TimePoint> read_at;
  std::optional<ProviderReading> counted;
  std::string reading_error;
  std::array<std::int64_t, ledger::kWindowKinds> drift{};
  Totals totals;
  Mutex endpoints_mutex;
  std::map<std::string, std::int64_t, std::less<>> credits_by_endpoint GUARDED_BY(endpoints_mutex);
};

}  // namespace quotecached::credit
