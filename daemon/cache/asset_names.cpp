#include "cache/asset_names.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <span>

#include "base/ascii.hpp"

namespace quotecached::cache {
namespace {

constexpr std::array<std::string_view, 4> kIds{
    "id", "currency_id", "crypto_id", "cryptocurrency_id"};
constexpr std::array<std::string_view, 2> kSymbols{"symbol", "currency_symbol"};
constexpr std::array<std::string_view, 2> kSlugs{"slug", "currency_slug"};
constexpr std::array<std::string_view, 3> kPassedOver{"platform", "quote", "quotes"};

bool is_among(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// Goes through the members of a text. Positions never pass its end.
class MemberReader {
 public:
  explicit MemberReader(std::string_view text) : text_(text) {}

  // The name of the next member, whose value begins at position() then; false: there is none.
  bool next(std::string_view& name) {
    while (true) {
      at_ = std::min(text_.find('"', at_), text_.size());
      if (at_ == text_.size()) return false;
      const auto begin = at_ + 1;
      at_ = after_string(at_);
      name = text_.substr(begin, at_ - begin - (at_ > begin ? 1 : 0));
      const auto colon = after_space(at_);
      if (colon == text_.size() || text_[colon] != ':') continue;
      at_ = after_space(colon + 1);
      return true;
    }
  }

  // The value that begins here, without quotes; empty when it is no text and no number.
  [[nodiscard]] std::string_view scalar() const {
    if (at_ == text_.size()) return {};
    if (text_[at_] == '"') {
      const auto end = after_string(at_);
      return end > at_ + 1 ? text_.substr(at_ + 1, end - at_ - 2) : std::string_view();
    }
    auto end = at_;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }

  void skip_value() {
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        at_ = after_string(at_);
      } else {
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        if (depth < 0 || (depth == 0 && c == ',')) return;
        ++at_;
      }
      if (depth == 0 && (c == '}' || c == ']' || c == '"')) return;
    }
  }

 private:
  // Behind the string that begins at `at`.
  [[nodiscard]] std::size_t after_string(std::size_t at) const {
    for (++at; at < text_.size(); ++at) {
      if (text_[at] == '"') return at + 1;
      if (text_[at] == '\\') ++at;
    }
    return text_.size();
  }
  [[nodiscard]] std::size_t after_space(std::size_t at) const {
    while (at < text_.size() && is_space(text_[at])) ++at;
    return at;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool has_name(const std::vector<std::string>& sorted, std::string_view name) {
  return std::binary_search(sorted.begin(), sorted.end(), name, std::less<>());
}

bool has_symbol(const std::vector<std::string>& sorted, std::string_view symbol) {
  if (sorted.empty()) return false;
  std::string upper(symbol);
  std::ranges::transform(upper, upper.begin(), to_upper);
  return has_name(sorted, upper);
}

}  // namespace

bool tells_of_any(std::string_view text, const AssetNames& names) {
  if (names.ids.empty() && names.symbols.empty() && names.slugs.empty()) return false;
  MemberReader reader(text);
  for (std::string_view name; reader.next(name);) {
    if (is_among(kPassedOver, name)) {
      reader.skip_value();
    } else if (is_among(kIds, name)) {
      if (has_name(names.ids, reader.scalar())) return true;
    } else if (is_among(kSymbols, name)) {
      if (has_symbol(names.symbols, reader.scalar())) return true;
    } else if (is_among(kSlugs, name)) {
      if (has_name(names.slugs, reader.scalar())) return true;
    }
  }
  return false;
}

}  // namespace quotecached::cache
