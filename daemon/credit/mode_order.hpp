// A spend mode set by hand, in the database, so that a restart does not end it.
//
// The functions on a SQLite::Database are to be called from a job of the store::Writer, and throw
// SQLite::Exception.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "pacing/spend_mode.hpp"

namespace SQLite {
class Database;
}
namespace quotecached::store {
class ReaderPool;
}

namespace quotecached::credit {

// For longer no mode is set.
inline constexpr std::chrono::days kLongestOrder{31};

struct ModeOrder {
  pacing::SpendMode mode = pacing::SpendMode::Normal;
  TimePoint until;

  friend bool operator==(const ModeOrder&, const ModeOrder&) = default;
};

// Writes over what was kept of the account; nullopt: none is in force.
void put_mode_order(SQLite::Database& database,
                    std::string_view account,
                    const std::optional<ModeOrder>& order);

// Empty when none was kept, or one of a mode that is not known, or one that a clock far ahead made.
// Blocks. Fails with Unavailable.
Result<std::optional<ModeOrder>> load_mode_order(store::ReaderPool& readers,
                                                 std::string_view account,
                                                 TimePoint now);

}  // namespace quotecached::credit
