// How credits stand, for people: what the admin routes and alerts show. Plain values, immutable
// once published by the Governor.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "alert/alert.hpp"
#include "base/clock.hpp"
#include "credit/book_view.hpp"
#include "ledger/client_budgets.hpp"
#include "pacing/evidence.hpp"
#include "pacing/pacer.hpp"
#include "pacing/spend_policy.hpp"

namespace quotecached::credit {

struct CreditView {
  TimePoint at;
  BookView book;
  std::vector<ledger::ClientBudgets::Use> clients;  // those with a cap
  pacing::SpendPolicy policy;  // its `until` is known while the mode is set by hand
  TimePoint mode_since;
  std::string mode_reason;  // "month: 91 % spent", "set by hand"; empty when normal
  std::array<pacing::Forecast, ledger::kWindowKinds> forecasts{};  // of day and month
  pacing::Evidence evidence;                                       // that they are founded on
  std::vector<alert::Alert> alerts;                                // active
  std::optional<alert::AlertLevel> level;  // the worst of them and of the windows
};

}  // namespace quotecached::credit
