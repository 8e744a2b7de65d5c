// `quotecache purge`: has a daemon forget copies, and tells what came of it.
#pragma once

#include <string>

#include "cli/command_line.hpp"
#include "cli/look.hpp"
#include "quotecache/admin_client.hpp"
#include "quotecache/purge.hpp"

namespace quotecache::cli {

inline constexpr int kNotEverywhere = 1;
inline constexpr int kUnconfirmed = 4;

// Blocks.
[[nodiscard]] Reply purge(AdminClient& client, const CommandLine& line, const Look& look);

// What came of it, for people.
[[nodiscard]] std::string purge_text(const PurgeReport& report, const Look& look);

// A line; several daemons in a field have blanks between them.
[[nodiscard]] std::string purge_csv(const PurgeReport& report);

}  // namespace quotecache::cli
