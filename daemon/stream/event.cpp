#include "stream/event.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace quotecached::stream {
namespace {

constexpr std::size_t kMostMark = 32;

void append_event(std::string& out, std::string_view name, std::string_view data) {
  out.append("event: ").append(name).append("\ndata: ");
  const auto begin = static_cast<std::ptrdiff_t>(out.size());
  out.append(data);
  std::replace_if(
      out.begin() + begin, out.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  out += "\n\n";
}

}  // namespace

Text::Text(std::string_view payload) {
  text_.reserve(payload.size() + 12);
  fmt::format_to(std::back_inserter(text_), "{:x}\r\n", payload.size());
  begin_ = text_.size();
  text_.append(payload).append("\r\n");
}

std::optional<EventId> parse_event_id(std::string_view text) noexcept {
  const auto dash = text.find('-');
  if (dash == 0 || dash == std::string_view::npos || dash > kMostMark) return std::nullopt;
  EventId id{text.substr(0, dash), 0};
  const auto number = text.substr(dash + 1);
  const auto* const end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, id.version);
  if (error != std::errc{} || stop != end || !std::ranges::all_of(id.mark, is_alphanumeric))
    return std::nullopt;
  return id;
}

TextPtr make_event(std::string_view name, std::string_view data, const EventId& id) {
  auto text = fmt::format("id: {}-{}\n", id.mark, id.version);
  append_event(text, name, data);
  return std::make_shared<const Text>(text);
}

TextPtr make_event(std::string_view name, std::string_view data) {
  std::string text;
  append_event(text, name, data);
  return std::make_shared<const Text>(text);
}

TextPtr make_greeting(unsigned retry_ms) {
  return std::make_shared<const Text>(fmt::format(": quotecached\nretry: {}\n\n", retry_ms));
}

TextPtr make_comment() { return std::make_shared<const Text>(": still here\n\n"); }

}  // namespace quotecached::stream
