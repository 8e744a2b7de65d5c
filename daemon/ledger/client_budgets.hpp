// The credits that single clients (tokens) may cause per day and month. Pure; owned by the
// client book.
//
// A client bears its part of the calls that its requests started. It holds that part before each
// attempt and settles with what the attempt cost after, like the account itself.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "base/clock.hpp"
#include "base/types.hpp"
#include "ledger/ledger.hpp"

namespace quotecached::ledger {

struct ClientCaps {
  Credits per_day;  // 0: no cap
  Credits per_month;
};

class ClientBudgets {
 public:
  using CapsByClient = std::map<std::string, ClientCaps, std::less<>>;

  // `anchor` as the account's. Clients that are not in `caps` have no cap and are not counted.
  ClientBudgets(const CapsByClient& caps, const Anchor& anchor);

  // Of clients without a cap nothing is kept.
  void restore(std::string_view client, const WindowSpend& spend, TimePoint now);

  // What hold() would fail with now.
  [[nodiscard]] std::optional<Ledger::NoRoom> refusal(std::string_view client,
                                                      Credits worst_case,
                                                      TimePoint now);
  // Granted: what settle() is to end. Nothing is held for clients without a cap.
  [[nodiscard]] tl::expected<std::optional<Ledger::HoldId>, Ledger::NoRoom> hold(
      std::string_view client, Credits worst_case, TimePoint now);
  // Requires: `hold` is one of the client's that is open.
  void settle(std::string_view client, Ledger::HoldId hold, Credits charged, TimePoint now);

  void change(const Anchor& anchor, TimePoint now);
  // Other caps from here on. What was counted stays, also of a client whose cap is gone; one that
  // had none begins at nothing, and what it has under way then counts for nothing.
  void change(const CapsByClient& caps, const Anchor& anchor, TimePoint now);

  struct Use {
    std::string client;
    WindowUses uses;
  };
  [[nodiscard]] std::vector<Use> uses(TimePoint now);
  // What must be kept for a restart, of one client.
  [[nodiscard]] std::vector<WindowSpend> spends(std::string_view client, TimePoint now);

 private:
  // Null for clients without a cap.
  [[nodiscard]] Ledger* find(std::string_view client);

  std::map<std::string, Ledger, std::less<>> budgets_;  // none is ever taken out
};

}  // namespace quotecached::ledger
