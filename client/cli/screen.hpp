// A terminal's whole screen to draw on; what stood there before comes back at the end. Pure: it
// makes what is to be written.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace quotecache::cli {

// Another screen, without a cursor, on which lines that are too long end at the edge.
[[nodiscard]] std::string enter_screen();
[[nodiscard]] std::string leave_screen();

// The lines from the top, over what stands there. Requires: no more than the screen has.
[[nodiscard]] std::string draw_screen(const std::vector<std::string>& lines);

}  // namespace quotecache::cli
