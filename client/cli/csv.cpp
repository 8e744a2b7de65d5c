#include "cli/csv.hpp"

#include <fmt/format.h>

namespace quotecache::cli {

std::string tame(std::string_view text) {
  const bool is_wild =
      !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
  return (is_wild ? "'" : "") + std::string(text);
}

Csv::Csv(const std::vector<std::string_view>& header) {
  for (const auto name : header) field(tame(name));
  end_line();
}

void Csv::append(std::string_view raw) {
  if (!is_first_) text_ += ',';
  is_first_ = false;
  text_ += raw;
}

void Csv::end_line() {
  text_ += "\r\n";
  is_first_ = true;
}

Csv& Csv::field(std::string_view text) {
  if (text.find_first_of("\",\r\n") == std::string_view::npos) {
    append(text);
    return *this;
  }
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  append(quoted + '"');
  return *this;
}

Csv& Csv::field(std::int64_t value) {
  append(fmt::to_string(value));
  return *this;
}

Csv& Csv::field(double value) {
  std::string text = fmt::format("{:.6f}", value);
  text.resize(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  append(text == "-0" ? "0" : text);
  return *this;
}

Csv& Csv::field(TimePoint time) {
  append(to_iso8601(time));
  return *this;
}

}  // namespace quotecache::cli
