// `quotecache warm`: orders a run of the daemon's, follows it, and tells what came of it.
#pragma once

#include "cli/command_line.hpp"
#include "cli/look.hpp"
#include "quotecache/admin_client.hpp"
#include "quotecache/warm.hpp"

namespace quotecache::cli {

inline constexpr int kPartly = 1;
inline constexpr int kNothingDone = 2;
inline constexpr int kUnderWay = 4;
inline constexpr int kInterrupted = 130;  // as a shell has it: 128 and SIGINT

// Blocks; with --wait until the run has ended. Draws a bar on standard error if that is a terminal.
[[nodiscard]] Reply warm(AdminClient& client, const CommandLine& line, const Look& look);

// What came of a run, in one line: for logs.
[[nodiscard]] std::string summary(const WarmRun& run);
[[nodiscard]] std::string run_json(const WarmRun& run);
// ... and of each asset, for people.
[[nodiscard]] std::string outcomes_table(const WarmRun& run, const Look& look);

// The last runs, a line for each.
[[nodiscard]] std::string runs_table(const WarmRuns& runs, const Look& look);

// A line for each run; for each asset of a run that was to explain itself.
[[nodiscard]] std::string runs_csv(const std::vector<WarmRun>& runs);
[[nodiscard]] std::string outcomes_csv(const WarmRun& run);

// Several runs as one: of a list that one order does not hold.
void add_up(WarmRun& sum, const WarmRun& run);

[[nodiscard]] int status_after(const WarmRun& run) noexcept;

}  // namespace quotecache::cli
