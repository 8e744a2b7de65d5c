// Replays a trace through the real daemon, on clocks that stand still between moves: so that a
// month takes minutes, and ends the same way each time.
//
// Each request waits for its answer, and the next one until all that it caused is over: refreshes
// behind, calls, writes. In between the clocks move on by a minute at most, so that the daemon
// reviews its spending as often as that.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "demand/named_trace.hpp"
#include "replay/ages.hpp"
#include "support/daemon.hpp"
#include "support/sim.hpp"
#include "trace/trace_reader.hpp"

namespace quotecached::test {

struct ReplayFigures {
  std::int64_t requests = 0;
  std::int64_t refused = 0;  // answered with anything but 200
  // Of these: all that was asked for by name had been served by the same name, and those copies
  // were less than a day old.
  std::int64_t refused_with_copies = 0;
  std::int64_t lacking = 0;  // assets that were asked for by name and not in a good answer
  std::int64_t calls = 0;    // of the provider
  std::int64_t credits = 0;  // that it charged
  std::int64_t booked = 0;   // that the daemon counts as spent this month
  AgeTally ages;             // of assets asked for by name
  AgeTally content_ages;     // of the same
  std::map<std::string, AgeTally> ages_by;  // of the same, by the kind of name: "id", "symbol"
  AgeTally listings;                        // of the oldest row of each listing

  bool operator==(const ReplayFigures&) const = default;
};

// The assets that a target asks for by name, each with the kind of name: "id=1".
[[nodiscard]] std::vector<std::string> assets_named(std::string_view target);

// The simulated provider's map of all its assets, as it is sent.
[[nodiscard]] std::string map_of(Sim& sim);

// What the simulated provider calls its `count` highest-ranked assets.
[[nodiscard]] std::vector<AssetNames> names_of(Sim& sim, std::size_t count);

class Replay {
 public:
  struct Options {
    TimePoint start = kFirstOfNovember;
    std::int64_t per_month = 0;       // credits; 0: no cap
    std::vector<std::string> sets{};  // further settings of the daemon
    std::vector<std::string> sim{};   // further arguments of cmcsim
    // Called now and then with the part of `until` that has passed. May be empty.
    std::function<void(double)> progress{};
  };

  // Starts both. Throws when they cannot be.
  explicit Replay(Options options);

  // Sends the requests, and goes on to `until` after the start. Throws when the daemon does not
  // keep its clock. To be called once.
  ReplayFigures run(const std::vector<trace::TracedRequest>& requests, milliseconds until);

  Daemon& daemon() { return *daemon_; }
  Sim& sim() { return *sim_; }

 private:
  void move(milliseconds to);
  void move_by_minutes(milliseconds to);
  void ask(const trace::TracedRequest& request, ReplayFigures& figures);
  std::int64_t booked();
  [[nodiscard]] bool have_copies(const std::vector<std::string>& names) const;

  Options options_;
  std::optional<Sim> sim_;
  std::optional<Daemon> daemon_;
  milliseconds now_{0};  // since the start
  // By kind and name, when a copy that was served had been written, at the earliest.
  std::unordered_map<std::string, milliseconds> written_;
};

}  // namespace quotecached::test
