// Standard output as a reader at its other end sees it.
#pragma once

#include <cstdint>
#include <string_view>

namespace quotecache::cli {

// Ends the program as one that writes to `head` after it has read enough: by SIGPIPE, silently.
[[noreturn]] void end_by_broken_pipe();

enum class Written : std::uint8_t {
  All,
  Closed,       // nobody reads it any more
  Failed,       // errno says why
  Interrupted,  // `interrupting` became readable first
};

// Writes at once, without a buffer, and takes off what is written. While the reader takes nothing,
// it ends as soon as the file descriptor `interrupting` is readable.
[[nodiscard]] Written write_now(std::string_view& text, int interrupting);

}  // namespace quotecache::cli
