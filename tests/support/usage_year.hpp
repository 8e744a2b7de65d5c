// A year of usage in a database, for tests of whatever shows it: the same rows for the same end.
//
// Sums agree as in life: hours and minutes add up to their days, days to their months, and the days
// of calls are those of the calls themselves.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

namespace quotecached::test {

struct UsageYear {
  static constexpr int kDays = 366;  // the last one is that of `end`
  static constexpr std::int64_t kRequests = 10'000'000;
  static constexpr std::int64_t kCalls = 500'000;
  static constexpr int kEndpoints = 20;
  static constexpr int kClients = 10;
  static constexpr int kAssetsPerDay = 300;
  static constexpr int kAlerts = 400;
};

// Fills the tables of usage, calls and alerts. Requires: `database` has the daemon's schema and
// none of these rows. Throws std::exception.
void generate_usage_year(const std::filesystem::path& database,
                         std::chrono::sys_time<std::chrono::milliseconds> end);

}  // namespace quotecached::test
