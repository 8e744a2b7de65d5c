// Which coding an answer is sent in.
//
// Pure. The choice depends on the request and on the body's size and type alone, not on how busy
// the daemon is: a 304 tells the tag of the same form that a 200 would have. (A body that cannot be
// encoded for want of room is sent as it is, under the tag of that.)
#pragma once

#include <cstddef>
#include <string_view>

#include "coding/accept.hpp"
#include "coding/coding.hpp"

namespace quotecached::coding {

struct Rules {
  Levels levels;
  std::size_t min_size = 1024;  // smaller bodies are sent as they are
};

// The form of a body of `size` bytes of this type. Identity where no coding is acceptable, even to
// a client that refuses identity too: what may have cost credits is not thrown away, and 406 would
// tell it nothing that it can act on. A client that refuses identity and takes a coding gets that
// for bodies of any size.
[[nodiscard]] Coding choose(const Accepted& accepted,
                            std::string_view content_type,
                            std::size_t size,
                            const Rules& rules) noexcept;

// Is a body of this type text, which becomes smaller?
[[nodiscard]] bool is_compressible(std::string_view content_type) noexcept;

}  // namespace quotecached::coding
