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

// All forms but those of over-aligned types: sanitizers bring each that is not replaced.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return quotecache::test::is_failing() ? nullptr : std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size) {
  if (void* const memory = operator new(size, std::nothrow)) return memory;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return operator new(size, std::nothrow);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
