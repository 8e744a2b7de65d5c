#include "cli/look.hpp"

namespace quotecache::cli {
namespace {

std::string_view start_of(Tone tone) {
  switch (tone) {
    case Tone::Plain: return "";
    case Tone::Strong: return "\x1b[1m";
    case Tone::Faint: return "\x1b[2m";
    case Tone::Good: return "\x1b[32m";
    case Tone::Warning: return "\x1b[33m";
    case Tone::Bad: return "\x1b[31m";
  }
  return "";
}

}  // namespace

std::string painted(std::string_view text, Tone tone, const Look& look) {
  if (!look.has_colour || tone == Tone::Plain || text.empty()) return std::string(text);
  return std::string(start_of(tone)) + std::string(text) + "\x1b[0m";
}

}  // namespace quotecache::cli
