// Alerts in the database: what was raised and recovered, so that a restart does not say it again
// and people can look it up.
//
// The functions on a SQLite::Database are to be called from a job of the store::Writer, and throw
// SQLite::Exception.
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "alert/alert.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace SQLite {
class Database;
}
namespace quotecached::store {
class ReaderPool;
}

namespace quotecached::alert {

inline constexpr std::chrono::days kKeptAlerts{400};
// As far as a restart looks back: longer than the longest window.
inline constexpr std::chrono::days kRememberedAlerts{40};

// Adds a row, and drops those of all accounts that were kept long enough by the alert's time.
void put_alert(SQLite::Database& database, std::string_view account, const Alert& alert);

// The account's of the last kRememberedAlerts, oldest first, ten thousand at most. Blocks. Fails
// with Unavailable.
Result<std::vector<Alert>> load_alerts(store::ReaderPool& readers,
                                       std::string_view account,
                                       TimePoint now);

}  // namespace quotecached::alert
