// Threads of loops that wait for other loops, so that no circle of them waits for ever.
//
// A callback runs on the thread of a loop. One that ends a subscription or closes a client of
// another loop waits for that loop's thread, whose callback may be doing the same the other way
// round. The wait that would close such a circle is refused: its caller goes on without.
#pragma once

namespace quotecache {

// One for each loop; stays where it is.
struct LoopNode {
  const LoopNode* waits_for = nullptr;
};

// The loop whose thread this is; null: another thread.
[[nodiscard]] const LoopNode* loop_of_this_thread() noexcept;
// Says so, once, on the loop's thread.
void set_loop_of_this_thread(LoopNode& node) noexcept;

// That this thread waits for the thread of `target`, for as long as the object lives. Thread-safe.
class LoopWait {
 public:
  // Requires: `target` outlives the object.
  explicit LoopWait(const LoopNode& target) noexcept;
  ~LoopWait();
  LoopWait(const LoopWait&) = delete;
  LoopWait& operator=(const LoopWait&) = delete;

  // False: the thread must not wait, since `target` is its own loop or waits for it.
  explicit operator bool() const noexcept { return is_allowed_; }

 private:
  bool is_allowed_ = true;
};

}  // namespace quotecache
