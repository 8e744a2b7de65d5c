// The composition root: builds every part from the settings, wires them, runs them, stops them.
#pragma once

#include "settings/load.hpp"
#include "settings/settings.hpp"

namespace quotecached::app {

// Runs until SIGINT or SIGTERM; a second one leaves at once. `input` is what the settings were read
// from, and are again on SIGHUP. Returns the exit status (sysexits.h).
int run_daemon(settings::Settings settings, settings::LoadInput input);

}  // namespace quotecached::app
