// What the tests of budgets have in common: cold requests that cannot share a call, the clocks of
// daemon and simulator moved together, and the ledger as the daemon shows it.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "e2e/fault_bed.hpp"

namespace quotecached::test {

// Currencies of the simulator. Requests in different ones never share a call.
inline constexpr std::array kConverts = {"USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "CNY",
                                         "INR", "BRL", "MXN", "KRW", "TRY", "ZAR", "SEK", "NOK",
                                         "DKK", "PLN", "CZK", "HUF", "ILS", "SGD", "HKD", "NZD"};

inline constexpr std::array kAux = {"cmc_rank",
                                    "tags",
                                    "platform",
                                    "max_supply",
                                    "date_added",
                                    "is_active",
                                    "is_fiat",
                                    "volume_7d"};

// The n-th of 192 cold requests that cost a credit each: no two of them can share a call.
inline std::string separate_target(int id, std::size_t n) {
  return quotes_of(id) + "&convert=" + kConverts[n % kConverts.size()] +
         "&aux=" + kAux[n / kConverts.size() % kAux.size()];
}
inline constexpr std::size_t kSeparate = kConverts.size() * kAux.size();

// Moves both, so that they stay in the same windows.
inline void advance_both(Daemon& daemon, Sim& sim, seconds by) {
  sim.advance_clock(by);
  advance(daemon, by);
}

// Makes sure that neither minute nor day turns for a while.
inline void keep_windows(Daemon& daemon, Sim& sim, seconds minute_left, seconds day_left) {
  const auto now = std::chrono::floor<seconds>(std::chrono::system_clock::now());
  seconds by{0};
  if (std::chrono::ceil<std::chrono::days>(now) - now < day_left) by = day_left + seconds(1);
  const auto left = std::chrono::ceil<std::chrono::minutes>(now + by) - (now + by);
  if (left < minute_left) by += left + seconds(1);
  if (by > seconds(0)) advance_both(daemon, sim, by);
}

// The same for a test that kills or restarts its daemon, whose clock is the system's again then:
// waits for the next day where less than `left` is left of this one.
inline void stay_in_day(seconds left) {
  const auto now = std::chrono::system_clock::now();
  const auto to_day = std::chrono::ceil<std::chrono::days>(now) - now;
  if (to_day < left) let_run(std::chrono::ceil<milliseconds>(to_day));
}

// The object of one window in a state of credits, and in that of now.
inline std::string window_in(const std::string& body, std::string_view window) {
  const auto at = body.find("{\"window\":\"" + std::string(window) + "\"");
  return at == std::string::npos ? std::string() : body.substr(at, body.find("]", at) - at);
}

inline std::string window_of(Daemon& daemon, std::string_view window) {
  return window_in(daemon.get("/admin/credits").body, window);
}

inline std::int64_t number_in(const std::string& object, const std::string& name) {
  const auto at = object.find("\"" + name + "\":");
  return at == std::string::npos ? -1 : std::atoll(object.c_str() + at + name.size() + 3);
}

inline std::int64_t spent(Daemon& daemon, std::string_view window) {
  return number_in(window_of(daemon, window), "spent");
}

inline std::string spend_mode(Daemon& daemon) {
  return json_text(json_value(daemon.get("/admin/credits").body, "mode"), "name");
}

}  // namespace quotecached::test
