// The members of a JSON object and the elements of a JSON array, as text.
//
// Pure. Reads fragments and whole answers, which cut(), whole() or a tier's checksum vouch for;
// anything else ends the walk early, never past the text. Views point into the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace quotecached::quote {

// What may stand between JSON's tokens.
[[nodiscard]] constexpr bool is_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Past the JSON string whose opening quote stands at `at`; npos when it does not end.
[[nodiscard]] std::size_t end_of_string(std::string_view text, std::size_t at) noexcept;

// What stands between the quotes of a string without escapes; otherwise nothing.
[[nodiscard]] std::string_view plain_text(std::string_view value) noexcept;

// A whole number, or a string that holds one.
[[nodiscard]] std::optional<std::uint64_t> whole_number(std::string_view value) noexcept;

class Members {
 public:
  // Of the object that begins at `begin`. Where none does, there are no members.
  explicit Members(std::string_view text, std::size_t begin = 0) noexcept;

  // Goes on to the next member; false at the end, and where the text is malformed.
  bool next() noexcept;
  // Without its quotes, escapes kept.
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] std::string_view value() const noexcept { return value_; }

  // Past the closing brace, once next() returned false; nothing when the text is malformed.
  [[nodiscard]] std::optional<std::size_t> end() const noexcept;

 private:
  std::string_view text_;
  std::size_t at_;
  bool has_ended_ = false;
  std::string_view name_;
  std::string_view value_;
};

class Elements {
 public:
  // Of the array that begins at `begin`. Where none does, there are no elements.
  explicit Elements(std::string_view text, std::size_t begin = 0) noexcept;

  bool next() noexcept;
  [[nodiscard]] std::string_view value() const noexcept { return value_; }

 private:
  std::string_view text_;
  std::size_t at_;
  std::string_view value_;
};

}  // namespace quotecached::quote
