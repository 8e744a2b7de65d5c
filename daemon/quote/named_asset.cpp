#include "quote/named_asset.hpp"

#include <algorithm>
#include <charconv>

#include "base/ascii.hpp"

namespace quotecached::quote {
namespace {

constexpr std::size_t kNoPlace = std::string_view::npos;

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

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
  return kNoPlace;
}

// Past the value that begins at `at`.
std::size_t end_of_value(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) return kNoPlace;
  if (text[at] == '"') return end_of_string(text, at);
  if (text[at] == '{' || text[at] == '[') return end_of_nest(text, at);
  const auto end = text.find_first_of(",}] \t\r\n", at);
  return end == at ? kNoPlace : end;
}

std::size_t skip(std::string_view text, std::size_t at, char separator) noexcept {
  while (at < text.size() && (is_space(text[at]) || text[at] == separator)) ++at;
  return at;
}

// What stands between the quotes of a string without escapes; otherwise nothing.
std::string_view plain_text(std::string_view value) noexcept {
  if (value.size() < 2 || value.front() != '"' || value.find('\\') != kNoPlace) return {};
  return value.substr(1, value.size() - 2);
}

std::optional<std::uint64_t> number_in(std::string_view value) noexcept {
  if (const auto text = plain_text(value); !text.empty()) value = text;
  std::uint64_t number = 0;
  const auto* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

std::optional<bool> flag_in(std::string_view value) noexcept {
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  return std::nullopt;
}

// Reads members of one object, from its brace to past its end.
class ObjectReader {
 public:
  ObjectReader(std::string_view text, std::size_t begin) : text_(text), at_(begin + 1) {
    asset_.begin = begin;
  }

  std::optional<NamedAsset> read() {
    while (true) {
      at_ = skip(text_, at_, ',');
      if (at_ >= text_.size()) return std::nullopt;
      if (text_[at_] == '}') break;
      if (text_[at_] != '"' || !read_member()) return std::nullopt;
    }
    asset_.end = at_ + 1;
    return has_id_ ? std::optional(asset_) : std::nullopt;
  }

 private:
  bool read_member() {
    const auto name_end = end_of_string(text_, at_);
    if (name_end == kNoPlace) return false;
    const auto name = plain_text(text_.substr(at_, name_end - at_));
    const auto begin = skip(text_, name_end, ':');
    const auto end = end_of_value(text_, begin);
    if (end == kNoPlace) return false;
    take(name, text_.substr(begin, end - begin));
    at_ = end;
    return true;
  }

  void take(std::string_view name, std::string_view value) {
    if (name == "id") {
      const auto id = number_in(value);
      has_id_ = id.has_value();
      asset_.id = id.value_or(0);
    } else if (name == "symbol") {
      asset_.symbol = plain_text(value);
    } else if (name == "slug") {
      asset_.slug = plain_text(value);
    } else if (name == "is_active") {
      asset_.is_active = flag_in(value);
    }
  }

  const std::string_view text_;
  std::size_t at_;
  NamedAsset asset_;
  bool has_id_ = false;
};

}  // namespace

std::size_t end_of_string(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return kNoPlace;
}

std::optional<std::vector<NamedAsset>> assets_in(std::string_view text) {
  constexpr std::string_view kBetween = ":,[]";
  std::vector<NamedAsset> assets;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at);
      if (at == kNoPlace) return std::nullopt;
    } else if (c == '{') {
      const auto asset = ObjectReader(text, at).read();
      if (!asset) return std::nullopt;
      assets.push_back(*asset);
      at = asset->end;
    } else if (is_space(c) || kBetween.find(c) != kNoPlace) {
      ++at;
    } else {
      return std::nullopt;
    }
  }
  return assets;
}

}  // namespace quotecached::quote
