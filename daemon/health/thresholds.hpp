// When a check warns and when it fails: the one table, which docs/running.md shows to operators.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/types.hpp"

namespace quotecached::health {

// Median time of recent answers. Warns past `upstream.stale_patience`, which a client with a copy
// waits at most; fails past a quarter of `upstream.request_deadline`: calls that are tried again
// end too late then. Of the defaults of both.
inline constexpr std::chrono::milliseconds kSlowCalls{2000};
inline constexpr std::chrono::milliseconds kVerySlowCalls{5000};

// Calls older than this are not recent, and no more than these are looked at: half an hour of a
// daemon that is asked little, and seconds of a busy one.
inline constexpr std::chrono::minutes kRecent{30};
inline constexpr std::size_t kRecentCalls = 20;
// The last ones, none of which upstream answered well: as many as open a tier's breaker.
inline constexpr std::size_t kFailedInRow = 3;

// Part of a window that is used; it fails only while less of its time has passed.
inline constexpr double kMuchUsed = 0.85;
inline constexpr double kNearlyUsed = 0.95;

// Room on the disk of the database, by what it writes beside itself: the journal is cut back at
// 16 MiB (store::Writer), and copied into the database while it is still there.
inline constexpr Bytes kLittleRoom = mebibytes(128);
inline constexpr Bytes kNoRoom = mebibytes(32);

// How far the clock may jump, or copies be from the future: what entries are trusted by
// (cache::kClockTolerance). A jump is told for a while.
inline constexpr std::chrono::milliseconds kClockTolerance{2000};
inline constexpr std::chrono::minutes kJumpIsTold{5};

// Time until half of the copies in memory may answer no more, while upstream fails: an hour is what
// somebody needs to come and look.
inline constexpr std::chrono::minutes kShortRunway{60};

// Time since the engine last looked at itself, which it does each second. Systemd ends a daemon
// whose engine stands still for 30 s (WatchdogSec).
inline constexpr std::chrono::milliseconds kEngineLate{3000};
inline constexpr std::chrono::milliseconds kEngineHangs{10000};

// A trial of a tier or a look at the disk is made each kTrialEvery; one older than this did not
// come back in time.
inline constexpr std::chrono::seconds kTrialEvery{5};
inline constexpr std::chrono::seconds kTrialIsOld{30};

}  // namespace quotecached::health
