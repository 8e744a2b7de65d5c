// Signals that a daemon meets and must not end by.
#include <csignal>

#include "e2e/bed.hpp"

namespace quotecached::test {

TEST_SUITE("e2e::Signals") {
  TEST_CASE("none but SIGINT and SIGTERM ends the daemon") {
    Sim sim({.has_tls = false, .arguments = frozen({"--coins", "100"})});
    Daemon daemon({.base_url = sim.base_url()});
    for (const int signal : {SIGHUP,
                             SIGUSR1,
                             SIGUSR2,
                             SIGXFSZ,
                             SIGPIPE,
                             SIGALRM,
                             SIGVTALRM,
                             SIGPROF,
                             SIGIO,
                             SIGPWR,
                             SIGSTKFLT,
                             SIGRTMIN,
                             SIGRTMAX,
                             SIGCHLD,
                             SIGWINCH,
                             SIGURG}) {
      CAPTURE(signal);
      daemon.process().signal(signal);
      const HttpResponse answer = daemon.get(kV2Quotes + "?id=1");
      REQUIRE(answer.status == 200);
    }
    const auto status = daemon.sigterm();
    REQUIRE(status);
    CHECK(status->is_success());
  }
}

}  // namespace quotecached::test
