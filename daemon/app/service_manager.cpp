#include "app/service_manager.hpp"

#include <cstdint>
#include <ctime>

#include <systemd/sd-daemon.h>

namespace quotecached::app {

void notify_ready() { sd_notify(0, "READY=1"); }

// With the time that systemd tells reloads apart by.
void notify_reloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const auto microseconds = static_cast<unsigned long long>(now.tv_sec) * 1'000'000ULL +
                            static_cast<unsigned long long>(now.tv_nsec) / 1000ULL;
  sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu", microseconds);
}

void notify_status(const std::string& status) {
  const std::string line =
      status.substr(0, status.find('\n'));  // another one would be a word to systemd
  sd_notifyf(0, "STATUS=%s", line.c_str());
}

void notify_stopping() { sd_notify(0, "STOPPING=1"); }

void notify_alive() { sd_notify(0, "WATCHDOG=1"); }

std::optional<std::chrono::milliseconds> watchdog_interval() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  // Twice per period, as sd_watchdog_enabled(3) recommends.
  return std::chrono::milliseconds(microseconds / 2000);
}

std::vector<int> inherited_sockets() {
  std::vector<int> sockets;
  const int count = sd_listen_fds(1);
  for (int i = 0; i < count; ++i) sockets.push_back(SD_LISTEN_FDS_START + i);
  return sockets;
}

}  // namespace quotecached::app
