// The composition root: builds every part from the settings, wires them, runs them, stops them.
#pragma once

#include "settings/settings.hpp"

namespace quotecached::app {

// Runs until SIGINT or SIGTERM; a second one leaves at once. Returns the exit status (sysexits.h).
int run_daemon(settings::Settings settings);

}  // namespace quotecached::app
