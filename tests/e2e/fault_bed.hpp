// What the tests of faults and load have in common: the daemon's own switches and counters, plain
// connections, and which assets there are.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include <sys/resource.h>

#include "e2e/bed.hpp"
#include "e2e/load.hpp"
#include "support/address.hpp"
#include "support/daemon.hpp"
#include "support/sim.hpp"

namespace quotecached::test {

inline double tier_metric(Daemon& daemon, const std::string& name, const std::string& tier) {
  return metric(daemon, "quotecached_tier_" + name + "{tier=\"" + tier + "\"}");
}

inline std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

inline double ms(microseconds time) { return static_cast<double>(time.count()) / 1000; }
inline double ms_since(Steady::time_point start) {
  return ms(std::chrono::duration_cast<microseconds>(Steady::now() - start));
}

inline std::uint16_t port_of(const Daemon& daemon) {
  const std::string& url = daemon.base_url();
  return static_cast<std::uint16_t>(std::atoi(url.c_str() + url.rfind(':') + 1));
}

// The first `count` assets the simulator knows. Asks it once, which it logs.
inline std::vector<int> asset_ids(Sim& sim, std::size_t count) {
  HttpClient client;
  const auto map =
      client.get(sim.base_url() + "/v1/cryptocurrency/map?limit=" + std::to_string(count),
                 {"X-CMC_PRO_API_KEY: k"});
  std::vector<int> ids;
  const std::string_view start = "{\"id\":";
  const std::string& text = map.body;
  for (auto at = text.find(start); at != std::string::npos; at = text.find(start, at + 1)) {
    const auto comma = text.find(',', at);
    if (text.compare(comma, 8, ",\"rank\":") == 0) ids.push_back(std::atoi(text.c_str() + at + 6));
  }
  sim.clear_calls();
  return ids;
}

// Fetches all of `ids`, a hundred a call. The tiers below memory are told behind the answers: who
// needs them to know waits for their stores_total.
inline void warm_up(Daemon& daemon, const std::vector<int>& ids) {
  for (std::size_t at = 0; at < ids.size(); at += 100) {
    std::string list;
    for (std::size_t i = at; i < std::min(at + 100, ids.size()); ++i) {
      list += (list.empty() ? "" : ",") + std::to_string(ids[i]);
    }
    const auto answer = daemon.get(kV2Quotes + "?id=" + list);
    if (answer.status != 200) throw std::runtime_error("warm up: " + answer.body);
  }
}

struct BurstAnswer {
  std::string text;  // head and body
  microseconds elapsed{0};

  [[nodiscard]] bool is_ok() const { return text.starts_with("HTTP/1.1 200 "); }
};

// Asks everything at once, each over a connection of its own that was open before.
inline std::vector<BurstAnswer> burst(Daemon& daemon, const std::vector<std::string>& targets) {
  std::vector<std::unique_ptr<Connection>> clients;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    clients.push_back(std::make_unique<Connection>(port_of(daemon)));
  }
  std::vector<Steady::time_point> asked;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    asked.push_back(Steady::now());
    clients[i]->send("GET " + targets[i] + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  }
  // From the last on: who came first may wait for what the others do not, and would hide when they
  // were answered.
  std::vector<BurstAnswer> answers(targets.size());
  for (std::size_t i = targets.size(); i-- > 0;) {
    auto& answer = answers[i];
    answer.text = clients[i]->read_until("\r\nno such end", milliseconds(30'000));
    answer.elapsed = std::chrono::duration_cast<microseconds>(Steady::now() - asked[i]);
  }
  return answers;
}

inline std::vector<microseconds> times_of(const std::vector<BurstAnswer>& answers) {
  std::vector<microseconds> times;
  for (const auto& answer : answers) times.push_back(answer.elapsed);
  return times;
}

// Lets the load run on for that long: not a wait for anything.
inline void let_run(milliseconds duration) { std::this_thread::sleep_for(duration); }

// Room for thousands of sockets, here and in the processes started from here on.
inline void raise_file_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 16384);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace quotecached::test
