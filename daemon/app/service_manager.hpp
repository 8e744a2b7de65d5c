// The service manager (systemd): readiness, stopping, watchdog, inherited sockets. Does nothing
// where there is none.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace quotecached::app {

void notify_ready();
void notify_reloading();                        // until notify_ready()
void notify_status(const std::string& status);  // one line, for people
void notify_stopping();
void notify_alive();

// How often notify_alive() is due; empty when no watchdog waits for it.
std::optional<std::chrono::milliseconds> watchdog_interval();

// Listening sockets handed over at start.
std::vector<int> inherited_sockets();

}  // namespace quotecached::app
