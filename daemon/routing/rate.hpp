// How a client stands against its limit of requests in a minute. Plain values.
#pragma once

#include <chrono>
#include <cstdint>

namespace quotecached::routing {

struct Rate {
  std::uint32_t limit = 0;  // 0: there is none, and the rest says nothing
  std::uint32_t left = 0;
  std::chrono::seconds resets_in{0};
};

}  // namespace quotecached::routing
