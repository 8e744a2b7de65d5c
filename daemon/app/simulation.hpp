// `quotecached simulate`: a trace of requests replayed on a virtual clock, by the settings and the
// deciding code of the daemon, once for each plan.
#pragma once

#include "app/command_line.hpp"
#include "settings/settings.hpp"

namespace quotecached::app {

// Prints the report to standard output, progress to a terminal, what is wrong to standard error.
// Returns the exit status: EX_USAGE for an unknown plan, EX_NOINPUT or EX_DATAERR for a trace that
// cannot be read.
int run_simulation(const settings::Settings& settings, const SimulateCommand& wanted);

}  // namespace quotecached::app
