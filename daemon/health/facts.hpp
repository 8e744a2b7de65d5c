// What is known of the daemon's parts at one moment: what checks are decided by. Plain values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/types.hpp"
#include "health/clock_watch.hpp"
#include "health/recent_calls.hpp"

namespace quotecached::health {

struct UpstreamFacts {
  bool is_stopped = false;      // the account's breaker is open
  bool is_key_refused = false;  // by the provider
  std::string error;            // of the last call; empty: it went well
  RecentCalls::Summary recent;
};

// A copy was written to a tier, read back and removed.
struct Trial {
  TimePoint at;         // for people
  milliseconds ago{0};  // whatever the wall clock did meanwhile
  milliseconds took{0};
  std::string error;  // empty: it went well
};

struct TierFacts {
  std::string name;
  bool is_vital = false;       // nothing works without it: memory
  bool is_up = true;           // its breaker is closed
  std::string error;           // of its last use; empty: it went well
  std::optional<Trial> trial;  // empty: none has ended yet
};

// A window of credits with a cap.
struct WindowFacts {
  std::string name;        // "day"
  double used = 0;         // part of its cap
  double passed = 0;       // part of its time
  bool is_closed = false;  // the provider says that it is spent
};

struct LedgerFacts {
  std::string error;          // empty: it can be written
  bool stops_calls = true;    // nothing is paid while it cannot
  std::string renewed_for{};  // why the database was made anew; empty: it was not
};

struct DiskFacts {
  TimePoint at;
  milliseconds ago{0};  // as of a trial
  Bytes free;
  std::string error;  // empty: it was told
};

// Copies that may answer, fresh or stale.
struct RunwayFacts {
  std::size_t copies = 0;         // in memory
  milliseconds half{0};           // until half of these may answer no more
  milliseconds last{0};           // until none may
  milliseconds from_future{0};    // how far ahead of our clock the youngest was fetched
  bool has_lower_copies = false;  // tiers below memory have some, or may have
};

struct Facts {
  TimePoint now;
  UpstreamFacts upstream;
  std::vector<TierFacts> tiers;
  bool has_credits = false;  // `windows` are known
  std::vector<WindowFacts> windows;
  LedgerFacts ledger;
  std::optional<DiskFacts> disk;  // empty: not looked at yet
  std::optional<ClockWatch::Jump> jump;
  std::optional<RunwayFacts> runway;  // empty: not looked at yet
};

}  // namespace quotecached::health
