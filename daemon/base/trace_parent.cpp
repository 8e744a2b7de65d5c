#include "base/trace_parent.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace quotecached {
namespace {

// version "-" trace-id "-" parent-id "-" flags
constexpr std::size_t kVersion = 2;
constexpr std::size_t kTraceId = 32;
constexpr std::size_t kParentId = 16;
constexpr std::size_t kFlags = 2;
constexpr std::size_t kTraceAt = kVersion + 1;
constexpr std::size_t kParentAt = kTraceAt + kTraceId + 1;
constexpr std::size_t kFlagsAt = kParentAt + kParentId + 1;
constexpr std::size_t kSize = kFlagsAt + kFlags;
static_assert(kSize == 55);

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }
bool is_all_hex(std::string_view text) { return std::ranges::all_of(text, is_hex); }
bool is_zero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

bool has_form(std::string_view text) {
  if (text.size() < kSize) return false;
  const bool has_hyphens =
      text[kTraceAt - 1] == '-' && text[kParentAt - 1] == '-' && text[kFlagsAt - 1] == '-';
  return has_hyphens && is_all_hex(text.substr(0, kVersion)) &&
         is_all_hex(text.substr(kTraceAt, kTraceId)) &&
         is_all_hex(text.substr(kParentAt, kParentId)) && is_all_hex(text.substr(kFlagsAt, kFlags));
}

}  // namespace

std::optional<TraceParent> parse_traceparent(std::string_view text) {
  if (!has_form(text)) return std::nullopt;
  const auto version = text.substr(0, kVersion);
  if (version == "ff") return std::nullopt;
  if (version == "00" && text.size() != kSize) return std::nullopt;
  if (text.size() > kSize && text[kSize] != '-') return std::nullopt;
  const auto trace_id = text.substr(kTraceAt, kTraceId);
  if (is_zero(trace_id) || is_zero(text.substr(kParentAt, kParentId))) return std::nullopt;
  const bool is_sampled = hex_value(text[kFlagsAt + 1]) % 2 == 1;
  return TraceParent{std::string(trace_id), is_sampled};
}

std::string child_of(const TraceParent& parent, std::uint64_t span) {
  return fmt::format("00-{}-{:016x}-{}",
                     parent.trace_id,
                     std::max<std::uint64_t>(span, 1),
                     parent.is_sampled ? "01" : "00");
}

}  // namespace quotecached
