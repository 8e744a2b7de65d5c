// What the settings say, as the options of the modules: where the daemon and its simulation need
// the same.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "catalog/catalogue.hpp"
#include "credit/client_book.hpp"
#include "credit/governor.hpp"
#include "http/access_log.hpp"
#include "ledger/ledger.hpp"
#include "routing/auth.hpp"
#include "settings/settings.hpp"
#include "warm/run_plan.hpp"
#include "warm/window.hpp"

namespace quotecached::app {

// How long copies of each family are fresh: as the compiled-in catalogue says, or the settings.
[[nodiscard]] std::map<std::string, catalog::Freshness, std::less<>> freshness_of(
    const settings::Freshness& wanted);

// The compiled-in catalogue with the freshness the settings ask for.
[[nodiscard]] catalog::Catalogue catalogue_of(const settings::Settings& settings);

// With the smaller of the settings' caps and the plan's.
[[nodiscard]] ledger::Ledger::Options ledger_options(const settings::Credits& wanted);

[[nodiscard]] credit::Governor::Options governor_options(const settings::Settings& settings);

// What each token may cause to be spent.
[[nodiscard]] credit::ClientBook::Caps client_caps(const settings::Auth& wanted);

// In place of `before`, if there is one. Fails with Invalid.
[[nodiscard]] Result<std::shared_ptr<const routing::Auth>> make_auth(const settings::Auth& wanted,
                                                                     const routing::Auth* before);

[[nodiscard]] http::AccessLog::Options access_options(const settings::Logging& wanted);

[[nodiscard]] std::vector<warm::Window> windows_of(const settings::Warm& wanted);
// Of runs.
[[nodiscard]] warm::Lists lists_of(const settings::Warm& wanted);

}  // namespace quotecached::app
