// Age as it is counted in pacing: the seconds since the provider was asked for what a client was
// served, added up over all asks. A credit is worth so much of it.
#pragma once

#include <chrono>

namespace quotecached::pacing {

using Age = std::chrono::duration<double>;  // seconds

}  // namespace quotecached::pacing
