// Runs that warm: what to fetch before anybody asks, and what came of it. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "quotecache/export.hpp"
#include "quotecache/time.hpp"

namespace quotecache {

inline constexpr std::size_t kMostWarmAssets = 5000;  // of one order

// What to warm: one of the first four; none of them: the most popular, as the daemon is set.
struct WarmOrder {
  std::optional<int> popular;  // so many of the most asked, 1 .. kMostWarmAssets
  std::string window;          // those of this window
  bool due = false;            // those of the windows that are open, and pinned ones
  // By id, "1027", or symbol, "ETH", which stands for all assets that share it; up to
  // kMostWarmAssets.
  std::vector<std::string> assets;
  std::string convert;  // "USD,EUR"; empty: those that clients ask for
  std::optional<std::int64_t> max_credits;
  bool dry_run = false;  // nothing is fetched
  bool explain = false;  // of each asset: why, and what became of it
  bool wait = false;     // the answer comes when all is done
};

struct WarmOutcome {
  std::string asset;
  std::string convert;
  std::string why;      // "popular: 12 asks a minute", "window majors", "ordered"
  std::string outcome;  // "renewed", "fresh", ...
};

// A name that was ordered and is not of one asset.
struct WarmName {
  std::string name;
  std::int64_t assets = 0;  // 0: the provider has none; else so many share it
};

struct WarmRun {
  std::int64_t id = 0;
  std::string state;     // "running", "done", "partly", "nothing", "lost"
  std::string begun_by;  // "order", "clock": a window that opened
  std::string what;      // "popular 50", "window majors", "due", "12 assets"
  bool dry_run = false;
  TimePoint began;
  std::optional<TimePoint> ended;
  std::int64_t assets = 0;   // once for each convert; each is one of the following
  std::int64_t planned = 0;  // in a dry run: would be fetched
  std::int64_t renewed = 0;
  std::int64_t fresh = 0;     // was fresh
  std::int64_t busy = 0;      // was being fetched
  std::int64_t unasked = 0;   // nobody asked for it since it was warmed
  std::int64_t unworthy = 0;  // not worth the price of a credit
  std::int64_t absent = 0;    // the provider has no such asset
  std::int64_t failed = 0;
  std::int64_t not_tried = 0;  // the run was stopped
  std::int64_t calls = 0;
  std::int64_t credits_estimated = 0;
  std::int64_t credits_spent = 0;
  std::int64_t asks_fresh = 0;  // asks that found copies of the run fresh
  std::string stopped_by;       // empty: it was not stopped
  std::string failure;          // the first one, of a call or of what could not be tried
  std::vector<WarmName> names;  // the first of them
  std::vector<WarmOutcome> outcomes;
  std::string document;  // the JSON all this was read from, as it came

  [[nodiscard]] bool is_running() const { return state == "running"; }
  [[nodiscard]] std::int64_t tried() const {
    return planned + renewed + fresh + busy + unasked + unworthy + absent + failed + not_tried;
  }
};

struct WarmRuns {
  std::vector<WarmRun> runs;  // the newest first
  std::string document;
};

}  // namespace quotecache
