// How many files and sockets the daemon may have open at once.
#pragma once

#include <cstddef>

namespace quotecached::app {

// Raises the process's soft limit to `wanted`, as far as its hard limit allows. Returns what holds.
std::size_t raise_file_limit(std::size_t wanted) noexcept;

}  // namespace quotecached::app
