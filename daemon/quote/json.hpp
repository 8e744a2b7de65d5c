// Walks an upstream body once, checking every byte it passes, and tells where values stand in it.
//
// simdjson's on-demand parser alone does not check what it skips; fragments are cut out as text, so
// everything is walked here. Numbers are checked as text: a supply too large for a machine word is
// still a number. Internal to quote. Members throw simdjson::simdjson_error on malformed input;
// cut() and whole() catch it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <simdjson.h>

namespace quotecached::quote {

namespace ondemand = simdjson::ondemand;

// Offsets of a piece of the body, past-the-end `end`.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

class Document {
 public:
  explicit Document(std::string_view body);

  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  [[nodiscard]] ondemand::object root();
  // Throws unless the root object is the whole body. Requires: all of it was walked.
  void expect_end();

  // Walks a value to its end, whatever it is.
  Span pass(ondemand::value& value) { return pass(value, 0); }

  // As pass(), with what the value says when it is a whole number, or a string of digits.
  std::optional<std::uint64_t> pass_id(ondemand::value& value);
  // As pass(), with the text when it is a string; valid while this lives.
  std::string_view pass_string(ondemand::value& value);
  // As pass(), with the text of the value itself when it is a number.
  std::optional<std::string_view> pass_number(ondemand::value& value);

  [[nodiscard]] std::size_t begin_of(ondemand::value& value) const;
  // Where the opening quote of a key stands. Requires: its name was not read yet.
  [[nodiscard]] std::size_t begin_of_key(const ondemand::field& field) const;
  // The end of the value walked last: white space after it left out.
  [[nodiscard]] std::size_t end_of_last();

  [[nodiscard]] std::string_view text() const noexcept { return copy_; }

 private:
  Span pass(ondemand::value& value, int depth);
  [[nodiscard]] std::size_t offset(const char* at) const;

  simdjson::padded_string copy_;
  ondemand::parser parser_;
  ondemand::document document_;
};

[[noreturn]] void throw_malformed();

// The value of a string of decimal digits without leading zeros, if it fits.
[[nodiscard]] std::optional<std::uint64_t> parse_id(std::string_view text) noexcept;

}  // namespace quotecached::quote
