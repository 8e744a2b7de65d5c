// `quotecached bench`: a load test, of a daemon of its own or of one that runs, and whether that
// has got worse.
#pragma once

#include "app/command_line.hpp"

namespace quotecached::app {

// Prints the report to standard output; to standard error how far it is on a terminal, what is
// compared and what is wrong. Returns the exit status: 1 where the daemon has got worse or keeps
// what it promises not, EX_USAGE for options that do not go together, EX_NOINPUT or EX_DATAERR for
// a file, EX_UNAVAILABLE when there is nothing to load, EX_TEMPFAIL when it was cut short before it
// could compare.
int run_bench(const CommandLine& line);

}  // namespace quotecached::app
