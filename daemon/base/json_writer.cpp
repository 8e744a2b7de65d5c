#include "base/json_writer.hpp"

#include <cmath>
#include <iterator>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/json_text.hpp"

namespace quotecached {

void JsonWriter::separate() {
  if (needs_comma_) out_ += ',';
  needs_comma_ = true;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  out_ += '"';
  out_ += name;
  out_ += "\":";
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  append_json_string(out_, value);
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  separate();
  fmt::format_to(std::back_inserter(out_), "{}", value);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::null() {
  separate();
  out_ += "null";
  return *this;
}

JsonWriter& JsonWriter::time(TimePoint value) {
  separate();
  const auto whole = std::chrono::floor<std::chrono::seconds>(value);
  fmt::format_to(std::back_inserter(out_), "\"{:%Y-%m-%dT%H:%M:%SZ}\"", whole);
  return *this;
}

JsonWriter& JsonWriter::number(double value, int decimals) {
  if (!std::isfinite(value)) return null();
  separate();
  auto text = fmt::format("{:.{}f}", value, decimals);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  out_ += text == "-0" ? "0" : text;
  return *this;
}

JsonWriter& JsonWriter::integer(std::optional<std::int64_t> value) {
  return value ? integer(*value) : null();
}

JsonWriter& JsonWriter::time(std::optional<TimePoint> value) {
  return value ? time(*value) : null();
}

JsonWriter& JsonWriter::number(std::optional<double> value, int decimals) {
  return value ? number(*value, decimals) : null();
}

}  // namespace quotecached
