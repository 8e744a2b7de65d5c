// How long copies stay stale after an upstream is well again, and how often it is tried.
#pragma once

#include <doctest/doctest.h>

#include "e2e/fault_bed.hpp"

namespace quotecached::test {

inline constexpr double kThrottle = 1.0;  // seconds, in the tests that do not use the default of 30

// The time until none of `ids` is stale any more.
inline double ms_until_fresh(Daemon& daemon, const std::vector<int>& ids) {
  const auto start = Steady::now();
  for (const int id : ids) {
    CAPTURE(id);
    CHECK(wait_until([&] { return !says_stale(daemon.get(quotes_of(id))); }));
  }
  return ms_since(start);
}

}  // namespace quotecached::test
