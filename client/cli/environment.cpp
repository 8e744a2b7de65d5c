#include "cli/environment.hpp"

#include <cstdlib>

namespace quotecache::cli {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

}  // namespace quotecache::cli
