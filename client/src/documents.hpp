// The daemon's documents, from JSON. Pure.
//
// All fail with Protocol, naming the member that is missing or wrong.
#pragma once

#include <string>

#include "quotecache/cache.hpp"
#include "quotecache/credits.hpp"
#include "quotecache/error.hpp"
#include "quotecache/health.hpp"
#include "quotecache/history.hpp"
#include "quotecache/purge.hpp"
#include "quotecache/reload.hpp"
#include "quotecache/report.hpp"
#include "quotecache/warm.hpp"

namespace quotecache {

[[nodiscard]] Result<Credits> read_credits(std::string document);
[[nodiscard]] Result<Report> read_report(std::string document);
[[nodiscard]] Result<CallsPage> read_calls(std::string document);
[[nodiscard]] Result<AlertsPage> read_alerts(std::string document);
[[nodiscard]] Result<WarmRun> read_warm_run(std::string document);
[[nodiscard]] Result<WarmRuns> read_warm_runs(std::string document);
[[nodiscard]] Result<PurgeReport> read_purge(std::string document);
[[nodiscard]] Result<ReloadReport> read_reload(std::string document);
[[nodiscard]] Result<CacheStats> read_stats(std::string document);
[[nodiscard]] Result<Explanation> read_explanation(std::string document);
[[nodiscard]] Result<Health> read_health(std::string document);
[[nodiscard]] Result<ModeState> read_mode(const std::string& document);

}  // namespace quotecache
