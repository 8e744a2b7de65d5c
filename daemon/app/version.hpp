// The version of the daemon, as it shows itself.
#pragma once

namespace quotecached::app {

inline constexpr const char* kVersion = QUOTECACHED_VERSION;

}  // namespace quotecached::app
