#include "client/memory/failing_memory.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace quotecache::test {
namespace {

constexpr long kNever = -1;

std::atomic<long> left{kNever};  // allocations until one fails; kNever: none does
std::atomic<bool> stays{false};
std::atomic<bool> has_failed{false};
thread_local bool is_spared = false;

bool is_failing() noexcept {
  if (is_spared) return false;
  for (long now = left; now != kNever;) {
    if (now == 0) return stays;
    if (!left.compare_exchange_weak(now, now - 1)) continue;
    if (now > 1) return false;
    has_failed = true;
    return true;
  }
  return false;
}

}  // namespace

FailingMemory::FailingMemory(long nth, bool stays_short) noexcept {
  stays = stays_short;
  has_failed = false;
  left = nth;
}

FailingMemory::~FailingMemory() { end(); }

bool FailingMemory::end() noexcept {
  left = kNever;
  return has_failed;
}

SparedThread::SparedThread() noexcept { is_spared = true; }
SparedThread::~SparedThread() { is_spared = false; }

}  // namespace quotecache::test

// The other forms of new and delete come down to these.
void* operator new(std::size_t size) {
  if (quotecache::test::is_failing()) throw std::bad_alloc();
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
