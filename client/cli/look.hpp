// What the reader's terminal can show, and the tones of text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quotecache::cli {

inline constexpr std::size_t kLeastWidth = 20;
inline constexpr std::size_t kMostWidth = 1000;

struct Look {
  std::size_t width = 80;  // columns of a line, kLeastWidth .. kMostWidth
  bool is_utf8 = false;    // else only ASCII is written
  bool has_colour = false;
  bool is_terminal = false;
  bool is_drawable = false;  // a terminal whose text can be drawn over
};

enum class Tone : std::uint8_t { Plain, Strong, Faint, Good, Warning, Bad };

// The text with what makes a terminal show it so; unchanged without colour.
[[nodiscard]] std::string painted(std::string_view text, Tone tone, const Look& look);

}  // namespace quotecache::cli
