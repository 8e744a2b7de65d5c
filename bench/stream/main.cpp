// What listeners cost: memory of each, calls of the provider, how late the last one has an event,
// and what requests beside them wait.
//
//   stream_bench [LISTENERS [ASSETS]]     needs quotecached and cmcsim beside it
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>

#include "stream/crowd.hpp"
#include "stream/fanout.hpp"
#include "support/daemon.hpp"
#include "support/sim.hpp"

namespace quotecached::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;
using Micros = std::vector<microseconds>;

// Fresh for a day, so that it is a hit however the clock is moved.
const std::string kHit = "/v1/fiat/map?limit=5";

double milliseconds_at(Micros values, double quantile) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(static_cast<double>(values.size() - 1) * quantile);
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return static_cast<double>(values[static_cast<std::size_t>(at)].count()) / 1000;
}

std::size_t resident_bytes(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6)) * 1024;
  return 0;
}

void raise_file_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Hits from memory on one connection, about a thousand a second, while `what` runs.
Micros hits_beside(test::Daemon& daemon, const std::function<void()>& what) {
  std::atomic<bool> is_over{false};
  Micros latencies;
  std::thread asker([&] {
    test::HttpClient client;
    const auto url = daemon.url(kHit);
    while (!is_over) {
      const auto begun = std::chrono::steady_clock::now();
      if (client.get(url).status != 200) std::fputs("a request failed\n", stderr);
      latencies.push_back(
          std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - begun));
      std::this_thread::sleep_for(1ms);
    }
  });
  what();
  is_over = true;
  asker.join();
  return latencies;
}

void tell(const char* what, const Micros& values) {
  std::printf("%-44s %8zu  p50 %8.3f  p99 %8.3f  max %8.3f ms\n",
              what,
              values.size(),
              milliseconds_at(values, 0.5),
              milliseconds_at(values, 0.99),
              milliseconds_at(values, 1));
}

void must(const test::HttpResponse& answer) {
  if (answer.status != 200) throw std::runtime_error(answer.body + answer.error);
}

// The first that the simulated provider knows.
std::vector<std::string> known_ids(test::Sim& sim, std::size_t count) {
  test::HttpClient client;
  const auto page =
      client.get(sim.base_url() + "/v1/cryptocurrency/map?sort=id&limit=" + std::to_string(count),
                 {"X-CMC_PRO_API_KEY: direct"});
  must(page);
  std::vector<std::string> ids;
  const std::string label = "\"id\":";
  for (auto at = page.body.find(label); at != std::string::npos && ids.size() < count;
       at = page.body.find(label, at + 1)) {
    const auto begin = at + label.size();
    const auto end = page.body.find_first_not_of("0123456789", begin);
    if (end > begin) ids.push_back(page.body.substr(begin, end - begin));
  }
  return ids;
}

void run(std::size_t listeners, std::size_t assets) {
  test::Sim sim;
  test::Daemon daemon({.base_url = sim.base_url(),
                       .sets = {"listen.max_connections=16000", "freshness.ttl_jitter=0"},
                       .toml = {},
                       .env = {}});
  const auto ids = known_ids(sim, assets);
  std::string target = "/quotes/stream?ids=" + ids.at(0);
  for (std::size_t i = 1; i < ids.size(); ++i) target += "," + ids[i];
  const auto move = [&](int seconds) {
    sim.advance_clock(std::chrono::seconds(seconds));
    must(daemon.request("POST",
                        "/admin/test/clock",
                        "{\"advance\":\"" + std::to_string(seconds) + "s\",\"within\":\"0s\"}"));
  };
  must(daemon.get(kHit));
  const auto alone = hits_beside(daemon, [] { std::this_thread::sleep_for(3s); });
  const auto port = static_cast<std::uint16_t>(
      std::stoi(daemon.base_url().substr(daemon.base_url().rfind(':') + 1)));
  Crowd first(1, port, target);  // what one costs alone is not counted
  static_cast<void>(first.round(500ms, 10s));
  const auto before = resident_bytes(daemon.process().pid());
  Crowd crowd(listeners, port, target);
  static_cast<void>(crowd.round(2s, 10s));
  const auto after = resident_bytes(daemon.process().pid());
  std::printf(
      "%zu listeners, %zu assets: %.0f bytes each\n",
      listeners,
      assets,
      (static_cast<double>(after) - static_cast<double>(before)) / static_cast<double>(listeners));
  const auto idle = hits_beside(daemon, [] { std::this_thread::sleep_for(3s); });

  std::size_t asset = 0;
  const auto change = [&] {  // another price, of the one asset that somebody buys
    sim.advance_clock(60s);
    must(daemon.get("/v2/cryptocurrency/quotes/latest?aux=volume_7d&id=" +
                    ids.at(asset++ % ids.size())));
  };
  const auto change_one = [&] {
    change();
    return crowd.round(300ms, 2s);
  };
  const auto fanouts = measure_fanouts(daemon, crowd, listeners, 11, change);
  Micros unhindered;
  Micros cpu;
  for (int i = 0; i < 20; ++i) {
    const auto cpu_before = cpu_time(daemon.process().pid());
    const auto late = change_one();
    if (late.size() < listeners) continue;  // no event, or one of two that came together
    cpu.push_back(cpu_time(daemon.process().pid()) - cpu_before);
    unhindered.insert(unhindered.end(), late.begin(), late.end());
  }
  Micros one_event;
  Micros ticks;
  sim.clear_calls();
  const auto beside_one = hits_beside(daemon, [&] {
    for (int i = 0; i < 20; ++i) {
      const auto late = change_one();
      one_event.insert(one_event.end(), late.begin(), late.end());
    }
  });
  sim.clear_calls();
  const auto beside_ticks = hits_beside(daemon, [&] {
    for (int second = 0; second < 300; second += 10) {
      move(10);
      const auto late = crowd.round(400ms, 600ms);
      ticks.insert(ticks.end(), late.begin(), late.end());
    }
  });
  const auto calls = sim.calls();
  std::printf("calls in 5 minutes of the moved clock: %zu, credits %lld\n",
              calls.size(),
              static_cast<long long>(sim.stats().credits_charged));
  tell("one event, nobody reads: made to written", fanouts.told);
  tell("the same: last after first, in the kernel", fanouts.spread);
  tell("the same: the daemon's processor time", fanouts.cpu);
  tell("one event, all read: processor time", cpu);
  tell("hits, nobody listens", alone);
  tell("hits, all listen, nothing changes", idle);
  tell("hits, one event to each, again and again", beside_one);
  tell("hits, all assets change at once", beside_ticks);
  tell("one event: later than the first who had it", unhindered);
  tell("the same beside hits", one_event);
  tell("all assets: the same", ticks);
  std::printf("connections closed: %zu, bytes read: %zu\n", crowd.closed(), crowd.bytes());
  const auto metrics = daemon.get("/metrics").body;
  for (const auto* name : {"values_skipped_total", "listeners_cut_total", "events_total"}) {
    const auto line = metrics.find("\nquotecached_stream_" + std::string(name) + " ");
    if (line != std::string::npos)
      std::printf("%s\n",
                  metrics.substr(line + 1, metrics.find('\n', line + 1) - line - 1).c_str());
  }
}

}  // namespace
}  // namespace quotecached::bench

int main(int argc, char** argv) {
  try {
    quotecached::bench::raise_file_limit();
    const auto number = [&](int at, std::size_t by_default) {
      return argc > at ? std::stoul(argv[at]) : by_default;
    };
    quotecached::bench::run(number(1, 1'000), number(2, 100));
    return EXIT_SUCCESS;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return EXIT_FAILURE;
  }
}
