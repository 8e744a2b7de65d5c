#include "base/random.hpp"

#include <random>

#include <fmt/format.h>

namespace quotecached {

std::string random128_hex() {
  std::random_device source;
  std::string digits;
  for (int i = 0; i < 4; ++i) digits += fmt::format("{:08x}", source());
  return digits;
}

std::uint64_t random64() {
  std::random_device source;
  return (std::uint64_t{source()} << 32U) | source();
}

}  // namespace quotecached
