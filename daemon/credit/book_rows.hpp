// The book's rows in the database, and what it starts from after a restart.
//
// The functions on a SQLite::Database are to be called from a job of the store::Writer, and throw
// SQLite::Exception. All values are absolute, so that a job that got lost is made good by the next.
// Each tells or writes the rows of one account.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/types.hpp"
#include "credit/call.hpp"
#include "ledger/ledger.hpp"
#include "ledger/windows.hpp"

namespace SQLite {
class Database;
}
namespace quotecached::store {
class ReaderPool;
}

namespace quotecached::credit {

// Rows of calls kept in the database, the last ones: more than a month at the largest plan, and a
// fraction of the room that the cached entries beside them may take.
inline constexpr std::int64_t kKeptCalls = 3'000'000;

// How long the rows of windows are kept after they began.
inline constexpr std::chrono::hours kKeptMinutes{1};
inline constexpr std::chrono::days kKeptWindows{124};
// The last ones of their kind are kept however old they are: by a clock that is far ahead
// those that still count are.
inline constexpr std::int64_t kKeptLast = 4;

// The account's limits as the provider told them.
struct PlanReading {
  ledger::Caps caps;
  ledger::Anchor anchor;
  TimePoint read_at;

  friend bool operator==(const PlanReading&, const PlanReading&) = default;
};

// What a window of a client has spent.
struct ClientSpend {
  std::string client;
  ledger::WindowSpend spend;
};

// A call that was held when the daemon died.
struct HeldCall {
  std::int64_t id = 0;
  Credits worst_case;
  TimePoint started;
};

struct BookState {
  std::vector<ledger::WindowSpend> windows;  // of the account itself
  std::vector<ClientSpend> clients;
  std::vector<HeldCall> held;
  std::optional<PlanReading> plan;
  std::int64_t last_id = 0;  // of the calls' rows, whose ever
  std::string error;         // why there is no writer, for people
};

// Blocks. Fails with Unavailable: then the book must be built without a writer, since what was
// spent is not known.
Result<BookState> load_book_state(store::ReaderPool& readers, std::string_view account);

enum class RowState : std::uint8_t { Held = 0, Settled = 1, Lost = 2 };  // as in the table

// One line of the table upstream_calls.
struct CallRow {
  std::int64_t id = 0;
  TimePoint started;
  std::string endpoint;
  Cause cause = Cause::Miss;
  std::string client;
  RequestTagPtr tag;
  std::int64_t assets = 0;
  std::int64_t riding = 0;
  Credits predicted;
  CallOutcome outcome;  // while held: nothing but `charge.credits`, the worst case
  RowState state = RowState::Held;
};

// Writes the row, or writes over the one with its id, and drops the oldest of all accounts.
void put_call(SQLite::Database& database, std::string_view account, const CallRow& row);
void delete_call(SQLite::Database& database, std::string_view account, std::int64_t id);
// Calls up to `last_id` that are still held become lost.
void mark_lost(SQLite::Database& database, std::string_view account, std::int64_t last_id);
// Also drops the rows of windows that were long over when the earliest of these began. `client`:
// whose they are; empty for the account's own.
void put_windows(SQLite::Database& database,
                 std::string_view account,
                 std::string_view client,
                 const std::vector<ledger::WindowSpend>& windows);
void put_plan(SQLite::Database& database, std::string_view account, const PlanReading& plan);

}  // namespace quotecached::credit
