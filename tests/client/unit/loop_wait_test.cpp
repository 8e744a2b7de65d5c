#include "src/loop_wait.hpp"

#include <functional>
#include <thread>

#include <doctest/doctest.h>

namespace quotecache::test {
namespace {

void on_loop(LoopNode& node, const std::function<void()>& what) {
  std::thread([&] {
    set_loop_of_this_thread(node);
    what();
  }).join();
}

}  // namespace

TEST_SUITE("client::LoopWait") {
  TEST_CASE("a thread that is no loop's waits for any") {
    const LoopNode node;
    CHECK(bool(LoopWait(node)));
    CHECK(loop_of_this_thread() == nullptr);
  }

  TEST_CASE("no loop waits for itself, nor for one that waits for it, through others or not") {
    LoopNode a;
    LoopNode b;
    LoopNode c;
    on_loop(a, [&] {
      CHECK_FALSE(bool(LoopWait(a)));
      const LoopWait a_for_b(b);
      CHECK(a_for_b);
      on_loop(b, [&] {
        CHECK_FALSE(bool(LoopWait(a)));
        const LoopWait b_for_c(c);
        CHECK(b_for_c);
        on_loop(c, [&] { CHECK_FALSE(bool(LoopWait(a))); });
      });
      on_loop(c, [&] { CHECK(bool(LoopWait(a))); });  // nobody waits for it any more
    });
    on_loop(b, [&] { CHECK(bool(LoopWait(a))); });
  }
}

}  // namespace quotecache::test
