#include "app/heap.hpp"

#include <algorithm>
#include <fstream>

#include <malloc.h>
#include <unistd.h>

namespace quotecached::app {
namespace {

constexpr std::size_t kMiB = std::size_t{1024} * 1024;
constexpr std::size_t kLeast = 16 * kMiB;  // unused memory that is not worth the effort
constexpr std::size_t kGrowth = 8 * kMiB;  // since the last time
constexpr int kLargeBlock = 1024 * 1024;

// What the process holds in memory beside files, less what is allocated.
std::size_t unused_memory() {
  std::ifstream file("/proc/self/statm");
  std::size_t size = 0;
  std::size_t resident = 0;
  std::size_t shared = 0;
  if (!(file >> size >> resident >> shared) || resident < shared) return 0;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto held = (resident - shared) * page;
  const auto heap = ::mallinfo2();
  const auto used = heap.uordblks + heap.hblkhd;
  return held > used ? held - used : 0;
}

}  // namespace

void map_large_blocks() noexcept {
  // Set by hand it does not grow with the blocks that are freed, as it would by itself.
  ::mallopt(M_MMAP_THRESHOLD, kLargeBlock);  // NOLINT(concurrency-mt-unsafe): before any thread
  // With a threshold set by hand the C library also stops to adapt how much free memory it keeps at
  // the heap's end, which stays at 128 KiB: each answer of a hundred assets would fetch its pages
  // from the system and give them back.
  ::mallopt(M_TRIM_THRESHOLD, static_cast<int>(kLeast));  // NOLINT(concurrency-mt-unsafe)
}

bool is_worth_trimming(std::size_t unused, std::size_t left) noexcept {
  return unused >= kLeast && unused >= left + kGrowth;
}

void Heap::trim() {
  const auto unused = unused_memory();
  left_ = std::min(left_, unused);
  if (!is_worth_trimming(unused, left_)) return;
  ::malloc_trim(0);
  left_ = unused_memory();
}

}  // namespace quotecached::app
