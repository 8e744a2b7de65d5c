// Writes JSON text piece by piece; keeps the commas. Not thread-safe.
//
//   JsonWriter json(out);
//   json.begin_object().key("at").time(now).key("rows").begin_array() ...
//   .end_array().end_object();
//
// Numbers are plain decimals, never with an exponent. Times are ISO 8601 in UTC, whole seconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace quotecached {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  // Of the value that follows. Requires: `name` needs no escapes.
  JsonWriter& key(std::string_view name);

  JsonWriter& text(std::string_view value);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& time(TimePoint value);
  // Rounded to `decimals`, without zeros at the end; null when it is not finite.
  JsonWriter& number(double value, int decimals = 3);

  // Null when empty.
  JsonWriter& integer(std::optional<std::int64_t> value);
  JsonWriter& time(std::optional<TimePoint> value);
  JsonWriter& number(std::optional<double> value, int decimals = 3);

 private:
  void separate();
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace quotecached
