// How long the daemon takes to write one event to all who listen. They stand still meanwhile, so
// that what is measured is the daemon, and not who reads on the same machine.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

#include <sys/types.h>

#include "stream/crowd.hpp"
#include "support/daemon.hpp"

namespace quotecached::bench {

// One of each for each event.
struct Fanouts {
  std::vector<std::chrono::microseconds> told;    // by the daemon: made until written to the last
  std::vector<std::chrono::microseconds> spread;  // by the kernel: the last after the first
  std::vector<std::chrono::microseconds> cpu;     // of the daemon, with the request that made it
};

// `change` makes an event for all of the crowd. Those that come together with another do not count.
[[nodiscard]] Fanouts measure_fanouts(test::Daemon& daemon,
                                      Crowd& crowd,
                                      std::size_t listeners,
                                      std::size_t events,
                                      const std::function<void()>& change);

// Of all threads, user and kernel.
[[nodiscard]] std::chrono::microseconds cpu_time(pid_t process);

}  // namespace quotecached::bench
