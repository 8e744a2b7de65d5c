// Where exceptions end: what our own code or the standard library throws becomes an Error.
//
// Not for callbacks of the program's: what they throw ends it, so they are called by functions that
// are noexcept.
#pragma once

#include <exception>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "quotecache/error.hpp"

namespace quotecache {

// Needs no memory itself: the message is short enough to stand in the string.
[[nodiscard]] inline Error out_of_memory() noexcept {
  return {ErrorCode::Unavailable, "out of memory"};
}

// Of anything else that is thrown.
[[nodiscard]] Error unexpected(const std::exception& thrown) noexcept;

// The Error for what `work` throws; nothing: it throws nothing.
template <class Work>
[[nodiscard]] std::optional<Error> caught(const Work& work) noexcept {
  try {
    work();
    return std::nullopt;
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const std::exception& thrown) {
    return unexpected(thrown);
  }
}

// The Result that `work` returns, or the Error for what it throws.
template <class Work>
[[nodiscard]] std::invoke_result_t<const Work&> guarded(const Work& work) noexcept {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const std::exception& thrown) {
    return unexpected(thrown);
  }
}

}  // namespace quotecache
