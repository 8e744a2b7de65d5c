// What the settings say, as the options of the modules: where the daemon and its simulation need
// the same.
#pragma once

#include "catalog/catalogue.hpp"
#include "credit/governor.hpp"
#include "ledger/ledger.hpp"
#include "settings/settings.hpp"

namespace quotecached::app {

// The compiled-in catalogue with the freshness the settings ask for.
[[nodiscard]] catalog::Catalogue catalogue_of(const settings::Settings& settings);

// With the smaller of the settings' caps and the plan's.
[[nodiscard]] ledger::Ledger::Options ledger_options(const settings::Credits& wanted);

[[nodiscard]] credit::Governor::Options governor_options(const settings::Settings& settings);

}  // namespace quotecached::app
