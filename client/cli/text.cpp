#include "cli/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace quotecache::cli {
namespace {

constexpr std::array<unsigned, 5> kFirstBits{0, 0x7F, 0x1F, 0x0F, 0x07};

struct Range {
  char32_t first, last;
};

// Of no width: combining marks, joiners, variation selectors.
constexpr std::array kNarrowest{Range{0x0300, 0x036F},
                                Range{0x0483, 0x0489},
                                Range{0x0591, 0x05BD},
                                Range{0x064B, 0x065F},
                                Range{0x1AB0, 0x1AFF},
                                Range{0x1DC0, 0x1DFF},
                                Range{0x200B, 0x200D},
                                Range{0x20D0, 0x20FF},
                                Range{0xFE00, 0xFE0F},
                                Range{0xFE20, 0xFE2F}};

// Of two columns: East Asian wide and full-width characters, pictures.
constexpr std::array kWide{Range{0x1100, 0x115F},
                           Range{0x2E80, 0x303E},
                           Range{0x3041, 0xA4CF},
                           Range{0xAC00, 0xD7A3},
                           Range{0xF900, 0xFAFF},
                           Range{0xFE30, 0xFE6F},
                           Range{0xFF00, 0xFF60},
                           Range{0xFFE0, 0xFFE6},
                           Range{0x1F300, 0x1F64F},
                           Range{0x1F680, 0x1F6FF},
                           Range{0x1F900, 0x1F9FF},
                           Range{0x20000, 0x3FFFD}};

// Control characters, line separators, and marks that turn the direction of writing.
constexpr std::array kUnfit{Range{0x00, 0x1F},
                            Range{0x7F, 0x9F},
                            Range{0x061C, 0x061C},
                            Range{0x200E, 0x200F},
                            Range{0x2028, 0x202E},
                            Range{0x2066, 0x2069}};

template <std::size_t Size>
bool is_in(const std::array<Range, Size>& ranges, char32_t point) {
  return std::any_of(ranges.begin(), ranges.end(), [point](const Range& range) {
    return point >= range.first && point <= range.last;
  });
}

struct Character {
  char32_t point = 0;
  std::size_t bytes = 1;
  bool is_broken = false;
};

// How many bytes a character takes that starts so; 0: none starts so.
std::size_t bytes_after(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

// Spelled longer than it need be, half of a pair of UTF-16, or beyond Unicode.
bool is_misspelled(char32_t point, std::size_t bytes) {
  constexpr std::array<char32_t, 5> kFirstOfLength{0, 0, 0x80, 0x800, 0x10000};
  return point < kFirstOfLength[bytes] || (point >= 0xD800 && point <= 0xDFFF) || point > 0x10FFFF;
}

// The first character. Requires: `text` is not empty.
Character first_of(std::string_view text) {
  const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const std::size_t bytes = bytes_after(byte(0));
  if (bytes == 0 || bytes > text.size()) return {0xFFFD, 1, true};
  char32_t point = byte(0) & kFirstBits[bytes];
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {0xFFFD, 1, true};
    point = (point << 6U) | (byte(i) & 0x3FU);
  }
  if (is_misspelled(point, bytes)) return {0xFFFD, 1, true};
  return {point, bytes, false};
}

std::size_t columns_of(const Character& character) {
  if (is_in(kNarrowest, character.point)) return 0;
  return is_in(kWide, character.point) ? 2 : 1;
}

bool is_fit(const Character& character, const Look& look) {
  return !character.is_broken && !is_in(kUnfit, character.point) &&
         (look.is_utf8 || character.point < 0x80);
}

// As JSON spells it.
std::string escape_of(char32_t point) {
  const auto unit = [](char32_t value) {
    return fmt::format("\\u{:04x}", static_cast<std::uint32_t>(value));
  };
  if (point < 0x10000) return unit(point);
  return unit(0xD7C0 + (point >> 10U)) + unit(0xDC00 + (point & 0x3FFU));
}

// Calls `use(character, its text)` until that returns false.
template <class Use>
void walk(std::string_view text, Use use) {
  while (!text.empty()) {
    const Character character = first_of(text);
    if (!use(character, text.substr(0, character.bytes))) return;
    text.remove_prefix(character.bytes);
  }
}

}  // namespace

std::size_t columns_of(std::string_view text) noexcept {
  std::size_t columns = 0;
  walk(text, [&columns](const Character& character, std::string_view) {
    columns += columns_of(character);
    return true;
  });
  return columns;
}

std::string clean(std::string_view text, const Look& look) {
  std::string result;
  walk(text, [&](const Character& character, std::string_view spelled) {
    result += is_fit(character, look) ? spelled : "?";
    return true;
  });
  return result;
}

std::string clean_lines(std::string_view text, const Look& look) {
  std::string result;
  while (!text.empty()) {
    const auto length = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    const bool has_return = line.ends_with('\r');
    if (has_return) line.remove_suffix(1);
    result += clean(line, look) + (has_return ? "\r\n" : "\n");
  }
  return result;
}

std::string escaped_lines(std::string_view text, const Look& look) {
  std::string result;
  walk(text, [&](const Character& character, std::string_view spelled) {
    const auto behind = static_cast<std::size_t>(spelled.data() - text.data()) + 1;
    const bool ends_line =
        spelled == "\n" || (spelled == "\r" && text.substr(behind).starts_with('\n'));
    const bool stays = ends_line || spelled == "\t" || is_fit(character, look);
    result += stays ? std::string(spelled) : escape_of(character.point);
    return true;
  });
  return result;
}

std::string shortened(std::string_view text, std::size_t columns, const Look& look) {
  if (columns_of(text) <= columns) return std::string(text);
  const std::string_view ellipsis = look.is_utf8 ? "…" : "~";
  std::size_t used = columns_of(ellipsis);
  if (used > columns) return {};
  std::string result;
  walk(text, [&](const Character& character, std::string_view spelled) {
    used += columns_of(character);
    if (used <= columns) result += spelled;
    return used <= columns;
  });
  return result + std::string(ellipsis);
}

std::string pad_left(std::string_view text, std::size_t columns) {
  const std::size_t own = columns_of(text);
  return std::string(columns > own ? columns - own : 0, ' ') + std::string(text);
}

std::string pad_right(std::string_view text, std::size_t columns) {
  const std::size_t own = columns_of(text);
  return std::string(text) + std::string(columns > own ? columns - own : 0, ' ');
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto blank = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, blank);
    text.remove_prefix(std::min(blank + 1, text.size()));
    if (word.empty()) continue;
    const bool fits = !lines.empty() && columns_of(lines.back()) + 1 + columns_of(word) <= columns;
    if (fits) {
      lines.back() += ' ';
      lines.back() += word;
    } else {
      lines.emplace_back(word);
    }
  }
  return lines;
}

std::string paragraph(std::string_view text, std::size_t indent, const Look& look) {
  const std::size_t columns = look.width > indent ? look.width - indent : 1;
  std::string result;
  for (const std::string& line : wrapped(text, columns)) {
    if (!result.empty()) result.append(indent, ' ');
    result += line + '\n';
  }
  return result;
}

}  // namespace quotecache::cli
