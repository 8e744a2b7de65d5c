// Memory that is no longer used, and giving it back to the system.
//
// The C library keeps what is freed for the next allocation, which after a burst of large answers
// or many connections may be most of what the process holds.
#pragma once

#include <cstddef>

namespace quotecached::app {

// Once, before threads are started: large blocks are mapped each by itself, and so given back when
// they are freed. Free memory at the heap's end is kept for the next answer, up to the bound below
// which Heap::trim() does nothing.
void map_large_blocks() noexcept;

// Pure: is `unused` worth giving back, when `left` could not be given back the last time?
[[nodiscard]] bool is_worth_trimming(std::size_t unused, std::size_t left) noexcept;

class Heap {
 public:
  // Gives back what is unused if that is worth it. Takes milliseconds then, else microseconds.
  void trim();

 private:
  std::size_t left_ = 0;
};

}  // namespace quotecached::app
