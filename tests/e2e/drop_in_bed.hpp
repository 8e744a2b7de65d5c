// The daemon over a simulated provider whose clock stands.
#pragma once

#include "e2e/bed.hpp"

namespace quotecached::test {

struct DropInBed {
  explicit DropInBed(std::vector<std::string> sets = {"freshness.ttl_jitter=0"})
      : sim({.has_tls = false, .arguments = frozen({"--coins", "400"})}) {
    keep_day(sim);
    daemon.emplace(Daemon::Options{
        .base_url = sim.base_url(), .sets = std::move(sets), .toml = {}, .env = {}});
  }

  HttpResponse get(const std::string& target, const HttpHeaders& headers = {}) {
    return daemon->get(target, headers);
  }

  // The calls that asking for `target` makes.
  std::vector<SimCall> calls_for(const std::string& target) {
    sim.clear_calls();
    get(target);
    return daemon_calls(sim);
  }

  Sim sim;
  std::optional<Daemon> daemon;
};

}  // namespace quotecached::test
