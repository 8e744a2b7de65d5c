#include "cli/screen.hpp"

namespace quotecache::cli {

// Sequences of ECMA-48 and DEC that every terminal emulator of today obeys.
std::string enter_screen() { return "\x1b[?1049h\x1b[?7l\x1b[?25l"; }
std::string leave_screen() { return "\x1b[?25h\x1b[?7h\x1b[?1049l"; }

std::string draw_screen(const std::vector<std::string>& lines) {
  std::string text = "\x1b[H";
  for (std::size_t at = 0; at < lines.size(); ++at)
    text += (at == 0 ? "" : "\r\n") + lines[at] + "\x1b[K";
  return text + "\x1b[J";
}

}  // namespace quotecache::cli
