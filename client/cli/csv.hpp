// CSV as RFC 4180 has it: a header, lines that end with CR LF, quotes where they are needed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quotecache/time.hpp"

namespace quotecache::cli {

// A text from outside as a field: no spreadsheet takes it for a formula.
[[nodiscard]] std::string tame(std::string_view text);

class Csv {
 public:
  // Names of columns may come from outside too.
  explicit Csv(const std::vector<std::string_view>& header);

  // Fields of one line, in the order of the header; what is not known is an empty field. Numbers
  // are plain: a point, no separators, no exponent.
  Csv& field(std::string_view text);
  Csv& field(std::int64_t value);
  Csv& field(double value);
  Csv& field(TimePoint time);
  template <class T>
  Csv& field(const std::optional<T>& value) {
    return value ? field(*value) : field(std::string_view{});
  }
  void end_line();

  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  void append(std::string_view raw);

  std::string text_;
  bool is_first_ = true;
};

}  // namespace quotecache::cli
