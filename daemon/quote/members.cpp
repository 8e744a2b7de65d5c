#include "quote/members.hpp"

#include <charconv>

namespace quotecached::quote {
namespace {

constexpr std::size_t kNoEnd = std::string_view::npos;

// Past the object or list that begins at `at`.
std::size_t end_of_nest(std::string_view text, std::size_t at) noexcept {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at);
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return kNoEnd;
}

// Past the value that begins at `at`.
std::size_t end_of_value(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) return kNoEnd;
  if (text[at] == '"') return end_of_string(text, at);
  if (text[at] == '{' || text[at] == '[') return end_of_nest(text, at);
  const auto end = text.find_first_of(",}] \t\r\n", at);
  return end == at ? kNoEnd : end;
}

std::size_t skip(std::string_view text, std::size_t at, char separator) noexcept {
  while (at < text.size() && (is_space(text[at]) || text[at] == separator)) ++at;
  return at;
}

// Past the bracket at `begin`; npos when that stands elsewhere.
std::size_t behind(std::string_view text, std::size_t begin, char bracket) noexcept {
  return begin < text.size() && text[begin] == bracket ? begin + 1 : kNoEnd;
}

}  // namespace

std::size_t end_of_string(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return kNoEnd;
}

std::string_view plain_text(std::string_view value) noexcept {
  if (value.size() < 2 || value.front() != '"' || value.find('\\') != kNoEnd) return {};
  return value.substr(1, value.size() - 2);
}

std::optional<std::uint64_t> whole_number(std::string_view value) noexcept {
  if (const auto text = plain_text(value); !text.empty()) value = text;
  std::uint64_t number = 0;
  const auto* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

Members::Members(std::string_view text, std::size_t begin) noexcept
    : text_(text), at_(behind(text, begin, '{')) {}

bool Members::next() noexcept {
  if (at_ == kNoEnd || has_ended_) return false;
  at_ = skip(text_, at_, ',');
  if (at_ < text_.size() && text_[at_] == '}') {
    ++at_;
    has_ended_ = true;
    return false;
  }
  const auto name_begin = at_;
  const bool is_name = name_begin < text_.size() && text_[name_begin] == '"';
  const auto name_end = is_name ? end_of_string(text_, name_begin) : kNoEnd;
  at_ = kNoEnd;
  if (name_end == kNoEnd) return false;
  const auto begin = skip(text_, name_end, ':');
  const auto end = end_of_value(text_, begin);
  if (end == kNoEnd) return false;
  name_ = text_.substr(name_begin + 1, name_end - name_begin - 2);
  value_ = text_.substr(begin, end - begin);
  at_ = end;
  return true;
}

std::optional<std::size_t> Members::end() const noexcept {
  return has_ended_ ? std::optional(at_) : std::nullopt;
}

Elements::Elements(std::string_view text, std::size_t begin) noexcept
    : text_(text), at_(behind(text, begin, '[')) {}

bool Elements::next() noexcept {
  if (at_ == kNoEnd) return false;
  const auto begin = skip(text_, at_, ',');
  at_ = kNoEnd;
  if (begin >= text_.size() || text_[begin] == ']') return false;
  const auto end = end_of_value(text_, begin);
  if (end == kNoEnd) return false;
  value_ = text_.substr(begin, end - begin);
  at_ = end;
  return true;
}

}  // namespace quotecached::quote
