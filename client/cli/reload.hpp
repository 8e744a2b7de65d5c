// `quotecache reload`: has a daemon read its settings anew, and tells what changed.
#pragma once

#include <string>

#include "cli/command_line.hpp"
#include "cli/look.hpp"
#include "quotecache/admin_client.hpp"
#include "quotecache/reload.hpp"

namespace quotecache::cli {

inline constexpr int kNeedsRestart = 1;
inline constexpr int kRefusedSettings = 78;  // as of a daemon that does not start for them

// Blocks.
[[nodiscard]] Reply reload(AdminClient& client, const CommandLine& line, const Look& look);

// What came of it, for people.
[[nodiscard]] std::string reload_text(const ReloadReport& report, const Look& look);

// A line for each setting.
[[nodiscard]] std::string reload_csv(const ReloadReport& report);

}  // namespace quotecache::cli
