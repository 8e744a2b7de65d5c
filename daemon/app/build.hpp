// How the parts of a daemon are built: build_parts(), and its steps, each in the source that knows
// the parts it builds.
#pragma once

#include <memory>

#include "app/parts.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "settings/settings.hpp"

namespace quotecached::routing {
struct AdminActions;
}

namespace quotecached::app {

// Builds everything; nothing runs yet. Fails with Invalid, naming the setting; with Unavailable,
// naming a file that cannot be used, such as the database unless `credits.on_ledger_failure` allows
// to go on without it; with Timeout when another process has the database.
Result<std::unique_ptr<Parts>> build_parts(settings::Settings settings, Log log);

// Its steps, in this order.
Result<void> open_database(Parts& parts);
Result<void> build_tiers(Parts& parts);
Result<void> build_purge(Parts& parts);
Result<void> build_notifier(Parts& parts);
Result<void> build_refill(Parts& parts);
Result<void> build_auth(Parts& parts);
void build_server(Parts& parts);
Result<void> build_usage(Parts& parts);
void observe_calls(Parts& parts);

// What a reload sets anew, by the settings as they are now.
void set_fresh_times(Parts& parts);
// How long any tier may hold a copy.
[[nodiscard]] milliseconds longest_hold(const Parts& parts);

// Steps of build_refill(), in this order.
void build_book(Parts& parts);
void load_asks(Parts& parts);
void build_governor(Parts& parts);
void build_warmer(Parts& parts);
Result<void> build_fleet(Parts& parts);

// Looks anew at what may be spent, soon, on the engine's loop. Any thread.
void review_soon(Parts& parts);

// What operators may order of runs that warm.
void add_warm_actions(Parts& parts, routing::AdminActions& actions);

// What operators may ask of the cache: how it does, and why an asset is answered as it is.
void add_stats_actions(Parts& parts, routing::AdminActions& actions);
void add_explain_actions(Parts& parts, routing::AdminActions& actions);

// What operators may order of the settings.
void add_reload_action(Parts& parts, routing::AdminActions& actions);

// What operators may order of what is purged.
void add_purge_actions(Parts& parts, routing::AdminActions& actions);

// What operators may ask and do about credits.
void add_credit_actions(Parts& parts, routing::AdminActions& actions);

}  // namespace quotecached::app
