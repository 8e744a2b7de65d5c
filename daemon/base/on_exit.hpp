// Runs a piece of code at the end of a scope, however the scope ends: `const OnExit name([&]
// {...});`
//
// For the one thing that has to be undone in one place; what is undone in several places deserves a
// type. In a coroutine it also runs when the frame is destroyed unfinished, so what it refers to
// has to live as long as the frame.
#pragma once

#include <type_traits>
#include <utility>

namespace quotecached {

template <class Code>
class [[nodiscard]] OnExit {
  static_assert(std::is_invocable_v<Code&>);

 public:
  explicit OnExit(Code code) : code_(std::move(code)) {}
  OnExit(const OnExit&) = delete;
  OnExit& operator=(const OnExit&) = delete;
  ~OnExit() noexcept { code_(); }  // an exception out of `code` ends the program

 private:
  Code code_;
};

}  // namespace quotecached
