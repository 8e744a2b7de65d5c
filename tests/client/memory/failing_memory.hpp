// An operator new that fails when a test says so, for the whole program that has it.
#pragma once

namespace quotecache::test {

// While it lives, allocations of all threads are counted, but of those that are spared: the n-th
// fails, and where memory stays short all that follow.
class FailingMemory {
 public:
  explicit FailingMemory(long nth, bool stays_short = false) noexcept;
  ~FailingMemory();
  FailingMemory(const FailingMemory&) = delete;
  FailingMemory& operator=(const FailingMemory&) = delete;

  // Ends it. Did an allocation fail?
  bool end() noexcept;
};

// A thread whose allocations never fail.
class SparedThread {
 public:
  SparedThread() noexcept;
  ~SparedThread();
  SparedThread(const SparedThread&) = delete;
  SparedThread& operator=(const SparedThread&) = delete;
};

}  // namespace quotecache::test
