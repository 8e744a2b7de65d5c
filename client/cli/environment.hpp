// Variables of the environment.
#pragma once

#include <string>

namespace quotecache::cli {

// Empty when it is not set. Only for main()'s thread, before there is any other.
[[nodiscard]] std::string variable(const char* name);

}  // namespace quotecache::cli
