// Governs spending: from the book's windows it learns the pace, chooses the spend mode and the
// stretch of freshness, raises alerts, and publishes how things stand.
//
// Owned by the engine and used on its loop only, but for view(), mode() and stretch(). Reviews once
// a second and after each settled call that could matter; the decisions are those of ModeChooser,
// Pacer and Alarms.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "credit/alarms.hpp"
#include "credit/book.hpp"
#include "credit/credit_view.hpp"
#include "credit/pacer.hpp"
#include "credit/spend_mode.hpp"

namespace quotecached::credit {

class Governor {
 public:
  struct Options {
    ModeChooser::Options modes;
    Pacer::Options pacing;
    Alarms::Options alarms;
  };
  struct Parts {
    Book& book;
    store::Writer* writer;  // null: nothing is kept
    // Since when no call was answered; empty while they are. May be empty.
    std::function<std::optional<TimePoint>()> unreachable_since;
    // Told of each alert, on the engine's loop. May be empty.
    std::function<void(const Alert&)> tell;
  };

  Governor(Parts parts, GovernorState state, Options options, const Clock& clock, Log log);

  // To be called about once a second.
  void review();

  // A call was settled (Book::on_settled).
  void note(const CallRecord& record);

  // By hand, for `life`; nullopt: automatic again. Any thread; takes effect at the next review.
  void set_manual(std::optional<SpendMode> mode, std::chrono::milliseconds life);

  // Any thread.
  [[nodiscard]] std::shared_ptr<const CreditView> view() const;
  [[nodiscard]] SpendMode mode() const noexcept { return mode_.load(std::memory_order_relaxed); }
  [[nodiscard]] double stretch() const noexcept { return stretch_.load(std::memory_order_relaxed); }

 private:
  // (private part: as the implementation needs)
  std::atomic<SpendMode> mode_{SpendMode::Normal};
  std::atomic<double> stretch_{1.0};
};

}  // namespace quotecached::credit
