#include "src/percent.hpp"

namespace quotecache {

void append_escaped(std::string& out, std::string_view text) {
  static constexpr std::string_view kHexadecimal = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHexadecimal[byte / 16U], kHexadecimal[byte % 16U]};
  }
}

std::string escaped(std::string_view text) {
  std::string result;
  append_escaped(result, text);
  return result;
}

}  // namespace quotecache
