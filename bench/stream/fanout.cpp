#include "stream/fanout.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace quotecached::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

// What the daemon says of its streams.
struct Counts {
  double sent = 0;
  double fanouts = 0;
  double seconds = 0;
};

double value_of(const std::string& page, const std::string& name) {
  const auto line = page.find("\n" + name + " ");
  if (line == std::string::npos) throw std::runtime_error("no " + name);
  return std::stod(page.substr(line + name.size() + 2));
}

Counts counts_of(test::Daemon& daemon) {
  const auto page = daemon.get("/metrics").body;
  const std::string prefix = "quotecached_stream_";
  return {value_of(page, prefix + "events_sent_total"),
          value_of(page, prefix + "fanout_seconds_count"),
          value_of(page, prefix + "fanout_seconds_sum")};
}

// Looks seldom, since looking takes the time of the thread that writes.
Counts counts_when_written(test::Daemon& daemon, double sent) {
  auto counts = counts_of(daemon);
  for (int tries = 0; tries < 50 && counts.sent < sent; ++tries) {
    std::this_thread::sleep_for(500ms);
    counts = counts_of(daemon);
  }
  return counts;
}

}  // namespace

microseconds cpu_time(pid_t process) {
  std::uint64_t nanoseconds = 0;
  const auto threads = "/proc/" + std::to_string(process) + "/task";
  for (const auto& thread : std::filesystem::directory_iterator(threads)) {
    std::uint64_t ran = 0;
    std::ifstream(thread.path() / "schedstat") >> ran;
    nanoseconds += ran;
  }
  return std::chrono::duration_cast<microseconds>(std::chrono::nanoseconds(nanoseconds));
}

Fanouts measure_fanouts(test::Daemon& daemon,
                        Crowd& crowd,
                        std::size_t listeners,
                        std::size_t events,
                        const std::function<void()>& change) {
  const auto pid = daemon.process().pid();
  Fanouts fanouts;
  for (std::size_t tries = 0; tries < 3 * events && fanouts.told.size() < events; ++tries) {
    static_cast<void>(crowd.round(300ms, 300ms));
    const auto before = counts_of(daemon);
    const auto cpu_before = cpu_time(pid);
    change();
    std::this_thread::sleep_for(500ms);
    const auto cpu = cpu_time(pid) - cpu_before;
    const auto after = counts_when_written(daemon, before.sent + static_cast<double>(listeners));
    if (crowd.round(300ms, 2s).size() < listeners || after.fanouts != before.fanouts + 1) continue;
    fanouts.told.emplace_back(static_cast<std::int64_t>((after.seconds - before.seconds) * 1e6));
    fanouts.spread.push_back(crowd.spread());
    fanouts.cpu.push_back(cpu);
  }
  return fanouts;
}

}  // namespace quotecached::bench
