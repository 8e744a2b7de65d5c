// Purges: which copies a daemon is to serve no more, and what came of it. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "quotecache/time.hpp"

namespace quotecache {

// Copies that agree with each list that is not empty; `assets` and those of `tags` are one list.
struct PurgeOrder {
  std::vector<std::string> assets;     // by id, symbol or slug: "1", "BTC", "bitcoin", "id:1"
  std::vector<std::string> endpoints;  // "v2.quotes", or a family: "quotes"
  std::vector<std::string> converts;   // "USD"
  std::vector<std::string> tags;       // of the daemon's settings
  std::vector<std::string> globs;      // of keys: "qc1:v2.*"
  bool dry_run = false;                // nothing is purged, only counted
  bool yes = false;                    // more than a hundred may go
};

struct PurgeReport {
  bool dry_run = false;
  std::int64_t entries = 0;            // that were counted, in memory and SQLite
  std::int64_t memory = 0;             // of them there
  std::optional<std::int64_t> sqlite;  // nothing: not known
  // Of what was purged:
  std::optional<TimePoint> before;  // what was fetched then or earlier
  std::int64_t swept = 0;           // out of memory
  bool kept = false;                // a restart of the daemon does not undo it
  // Other daemons on its Redis: "none", "confirmed", "not confirmed" or "not told".
  std::string others;
  std::vector<std::string> confirmed;      // these serve it no more
  std::vector<std::string> not_confirmed;  // these may
  std::string document;                    // the JSON all this was read from, as it came

  [[nodiscard]] bool is_everywhere() const noexcept {
    return others == "none" || others == "confirmed";
  }
};

}  // namespace quotecache
