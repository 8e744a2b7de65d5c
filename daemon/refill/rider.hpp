// What rides along in a call that is made anyway.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace quotecached::refill {

// An asset that is worth a place in a call that is made anyway, with its keys, one per convert of
// the call's lane.
struct Rider {
  std::string asset;
  std::vector<std::string> keys;
  std::size_t items = 1;  // that it is billed for
};

}  // namespace quotecached::refill
