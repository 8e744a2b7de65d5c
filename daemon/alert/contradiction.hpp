// Answers of the provider that contradict a good copy and are not believed.
#pragma once

#include <cstddef>

#include "base/clock.hpp"

namespace quotecached::alert {

struct Contradiction {
  TimePoint since;       // of the key that is contradicted longest: the first such answer ...
  TimePoint last;        // ... and the last
  std::size_t keys = 0;  // that are contradicted

  friend bool operator==(const Contradiction&, const Contradiction&) = default;
};

}  // namespace quotecached::alert
