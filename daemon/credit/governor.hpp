// Governs spending: from the book's windows it learns the pace, decides the spend policy, raises
// alerts, and publishes both the policy and how things stand.
//
// Owned by the engine and used on its loop only, but for view() and set_manual(). Reviews once a
// second and after each settled call that could matter; the decisions are those of ModeChooser,
// Pacer and Alarms.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/alarms.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/mutex.hpp"
#include "base/result.hpp"
#include "base/types.hpp"
#include "credit/book.hpp"
#include "credit/call.hpp"
#include "credit/client_book.hpp"
#include "credit/credit_view.hpp"
#include "credit/mode_order.hpp"
#include "ledger/account.hpp"
#include "pacing/age.hpp"
#include "pacing/pacer.hpp"
#include "pacing/spend_mode.hpp"
#include "pacing/spend_policy.hpp"

namespace quotecached::store {
class ReaderPool;
class Writer;
}  // namespace quotecached::store

namespace quotecached::credit {

// What is kept over a restart.
struct GovernorState {
  pacing::PacerMemory pacing;
  std::vector<alert::Alert> alerts;  // oldest first
  std::optional<ModeOrder> order;
  std::int64_t charges = 0;  // calls that cost something lately
};
// Blocks. Fails with Unavailable: then the governor starts anew.
Result<GovernorState> load_governor_state(store::ReaderPool& readers,
                                          std::string_view account,
                                          TimePoint now);

class Governor {
 public:
  struct Options {
    pacing::ModeChooser::Options modes;
    pacing::Pacer::Options pacing;
    alert::Alarms::Options alarms;
    std::string account{ledger::kDefaultAccount};
  };
  struct Parts {
    Book& book;
    pacing::PublishedPolicy& policy;  // published here and nowhere else
    store::Writer* writer;            // null: nothing is kept
    // Calls that fail; empty while they are answered. May be empty.
    std::function<std::optional<alert::Outage>()> outage;
    // Told of each alert, on the engine's loop. May be empty.
    std::function<void(const alert::Alert&)> tell;
    ClientBook* clients = nullptr;  // null: no client has a budget
    // Why the provider refuses the key with a code, for people: text that lasts. May be empty.
    std::function<std::string_view(std::int64_t)> why_key_refused = {};
    // What clients ask for. Asked about once a minute on the engine's loop; empty: nobody counts.
    std::function<pacing::Asked()> asked = {};
    // Answers that are not believed. Asked on the engine's loop, and once before it runs. May be
    // empty.
    std::function<std::optional<alert::Contradiction>()> contradiction = {};
  };

  // Reviews at once, so that the first call already finds the right mode: `parts` must be ready.
  Governor(Parts parts, const GovernorState& state, Options options, const Clock& clock, Log log);

  // To be called about once a second.
  void review();

  // Other thresholds and times from here on, those of the pacer aside; reviews at once. On the
  // engine's loop.
  void change(const Options& options);

  // A call was settled (Book::on_settled).
  void note(const CallRecord& record);

  // Writes down what was learned; done about every ten minutes, and to be called at the stop.
  void save();

  // By hand, for `life`; nullopt: automatic again. Any thread; takes effect at the next review, and
  // outlives a restart.
  void set_manual(std::optional<pacing::SpendMode> mode, std::chrono::milliseconds life);

  // Any thread.
  [[nodiscard]] std::shared_ptr<const CreditView> view() const;

 private:
  struct Decision {
    pacing::SpendPolicy policy;
    std::string reason;
  };

  [[nodiscard]] Decision decide(const ledger::WindowUses& uses, TimePoint now);
  [[nodiscard]] std::string reason_for(const pacing::ModeChooser::Choice& choice,
                                       const ledger::WindowUses& uses) const;
  std::optional<ModeOrder> order(TimePoint now);
  void obey(const Decision& decision, TimePoint now);
  [[nodiscard]] alert::AlarmFacts facts(const CreditView& view, const ledger::WindowUses& uses);
  void raise(const alert::Alert& alert);
  // Written behind; `what`, a literal, names it in the log if it fails.
  void keep(std::string_view what, std::function<void(SQLite::Database&)> job);
  [[nodiscard]] std::optional<alert::AlertLevel> level_of(const CreditView& view,
                                                          const ledger::WindowUses& uses) const;
  // Time without spending is an observation too, and what was learned is saved.
  void keep_time(TimePoint now);
  void observe(TimePoint now);

  Parts parts_;
  Options options_;
  const Clock& clock_;
  Log log_;
  pacing::ModeChooser chooser_;
  pacing::Pacer pacer_;
  alert::Alarms alarms_;
  TimePoint mode_since_;
  TimePoint observed_at_;
  pacing::Spending spending_;  // since then
  std::int64_t charges_ = 0;   // calls that cost something
  TimePoint priced_at_{};
  pacing::Age price_{0};  // found then
  TimePoint saved_at_;

  mutable Mutex mutex_;
  std::optional<ModeOrder> order_ GUARDED_BY(mutex_);  // by hand
  std::shared_ptr<const CreditView> view_ GUARDED_BY(mutex_);
};

}  // namespace quotecached::credit
