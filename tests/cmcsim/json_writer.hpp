// Writes JSON text in the provider's number style: shortest digits that give the same double back,
// exponents from 1e-7 down as JavaScript prints them (`7e-8`, never `7e-08`).
//
// Appends to a string owned by the caller and keeps track of commas. Nothing is validated: the
// caller opens and closes in the right order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cmcsim {

void append_quoted(std::string& out, std::string_view text);
void append_number(std::string& out, double number);
[[nodiscard]] std::string number_text(double number);

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& number(double value);
  JsonWriter& number(std::optional<double> value);  // null when absent
  JsonWriter& integer(std::int64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& raw(std::string_view json);  // A value, or a whole `"key": value` member.

 private:
  void separate();

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace cmcsim
