// A mutex that the compiler knows: what it guards is said in the declaration, and Clang checks that
// nobody touches it without the lock (-Wthread-safety). Other compilers take the words as comments.
//
//   Mutex mutex_;
//   std::string last_error_ GUARDED_BY(mutex_);
//   void evict_locked() REQUIRES(mutex_);
//
// Constructors and destructors are not checked, nor what is reached by a reference kept from
// before.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#ifdef __clang__
#define QUOTECACHED_THREAD_SAFETY(words) __attribute__((words))
#else
#define QUOTECACHED_THREAD_SAFETY(words)
#endif

// Only with the mutex held: a member, or a function that is called.
#define GUARDED_BY(mutex) QUOTECACHED_THREAD_SAFETY(guarded_by(mutex))
#define REQUIRES(mutex) QUOTECACHED_THREAD_SAFETY(requires_capability(mutex))

namespace quotecached {

class QUOTECACHED_THREAD_SAFETY(capability("mutex")) Mutex {
 private:
  friend class MutexLock;
  std::mutex mutex_;
};

// Holds the mutex for a scope. A wait lets go of it until it returns, which it may do for no
// reason: `while (!is_done) lock.wait(changed);`
class QUOTECACHED_THREAD_SAFETY(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) QUOTECACHED_THREAD_SAFETY(acquire_capability(mutex))
      : lock_(mutex.mutex_) {}
  ~MutexLock() QUOTECACHED_THREAD_SAFETY(release_capability()) = default;
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void unlock() QUOTECACHED_THREAD_SAFETY(release_capability()) { lock_.unlock(); }
  void lock() QUOTECACHED_THREAD_SAFETY(acquire_capability()) { lock_.lock(); }

  void wait(std::condition_variable& changed) { changed.wait(lock_); }

  // False once `deadline` has passed.
  [[nodiscard]] bool wait_until(std::condition_variable& changed,
                                std::chrono::steady_clock::time_point deadline) {
    return changed.wait_until(lock_, deadline) == std::cv_status::no_timeout;
  }

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace quotecached
