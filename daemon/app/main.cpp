// Starts the daemon: reads the command line and the settings, then runs until it is told to stop.
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>
#include <variant>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sysexits.h>

#include "app/bench.hpp"
#include "app/command_line.hpp"
#include "app/daemon.hpp"
#include "app/heap.hpp"
#include "app/simulation.hpp"
#include "catalog/catalogue.hpp"
#include "ledger/plan.hpp"
#include "settings/load.hpp"
#include "settings/print.hpp"

namespace {

using namespace quotecached;

void print_line(std::FILE* stream, const std::string& text) {
  std::fputs((text + "\n").c_str(), stream);
}

// The API key is in this process's memory: it shall be in no core file and no tracer's hands.
void keep_memory_private() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

// Of the signals that end a process which does not care for them, these are none of ours to end by:
// a peer that went away (SIGPIPE) and a file that has grown too large (SIGXFSZ) are errors of that
// write; SIGHUP means something once the daemon runs, and log rotation may send SIGUSR1 or SIGUSR2;
// nobody here sets a timer that signals.
void ignore_signals() {
  for (const int signal : {SIGPIPE,
                           SIGXFSZ,
                           SIGHUP,
                           SIGUSR1,
                           SIGUSR2,
                           SIGALRM,
                           SIGVTALRM,
                           SIGPROF,
                           SIGIO,
                           SIGPWR,
                           SIGSTKFLT})
    std::signal(signal, SIG_IGN);
  for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal) std::signal(signal, SIG_IGN);
}

// Without a key the provider answers nearly nothing, and without a cap nothing bounds what is
// spent. Either may be meant so: it is no mistake.
int tell_right(const settings::Settings& settings) {
  if (settings.upstream.api_key.empty())
    print_line(
        stderr,
        "warning: no API key: neither CMC_API_KEY nor upstream.api_key_file is set, and there "
        "is no systemd credential here (systemd hands it to the service alone)");
  if (settings.credits.has_no_cap())
    print_line(stderr,
               "warning: no cap of credits: credits.plan is \"explicit\", and neither "
               "credits.per_day nor credits.per_month is set");
  print_line(stdout, "The settings are right.");
  return EX_OK;
}

int start(const app::CommandLine& line) {
  settings::LoadInput input;
  input.file = line.config;
  input.sets = line.sets;
  input.environment = settings::process_environment();
  input.families = catalog::Catalogue::built_in().families();
  for (const auto& plan : ledger::plans()) input.plans.push_back(plan.name);
  auto loaded = settings::load(input);
  if (!loaded) {
    print_line(stderr, settings::to_string(loaded.error()));
    return EX_CONFIG;
  }
  switch (line.mode) {
    case app::CommandLine::Mode::Check: return tell_right(loaded->settings);
    case app::CommandLine::Mode::PrintConfig:
      std::fputs(settings::print_config(*loaded).c_str(), stdout);
      return EX_OK;
    case app::CommandLine::Mode::Simulate:
      return app::run_simulation(loaded->settings, line.simulate);
    case app::CommandLine::Mode::Bench:  // main() has seen to it
    case app::CommandLine::Mode::Run: break;
  }
  return app::run_daemon(std::move(loaded->settings), std::move(input));
}

}  // namespace

int main(int argc, char** argv) {
  keep_memory_private();
  ignore_signals();
  app::map_large_blocks();
  try {
    const auto line = app::parse_command_line(argc, argv);
    if (const auto* status = std::get_if<int>(&line)) return *status;
    const auto& wanted = std::get<app::CommandLine>(line);
    // It starts a daemon with settings of its own, or loads one that has read them.
    if (wanted.mode == app::CommandLine::Mode::Bench) return app::run_bench(wanted);
    return start(wanted);
  } catch (const std::exception& error) {
    print_line(stderr, std::string("quotecached: ") + error.what());
    return EX_SOFTWARE;
  }
}
