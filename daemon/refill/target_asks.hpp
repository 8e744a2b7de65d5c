// Asks for one key, told by the target that asks the provider for it alone.
#pragma once

#include <string>

namespace quotecached::refill {

struct TargetAsks {
  std::string target;
  double asks = 0;
};

}  // namespace quotecached::refill
