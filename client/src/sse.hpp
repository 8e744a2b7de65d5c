// Server-sent events out of the bytes of a stream, however they are cut. Pure.
//
// As the WHATWG's standard has it: lines end with LF, CR or CRLF, a blank line ends an event, one
// without data is none, and an event that the stream's end cuts off is dropped.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quotecache {

struct SseEvent {
  std::string name;  // "message" where it has none
  std::string data;
  std::string id;  // the last that the stream gave, by this event or before
};

class SseParser {
 public:
  // A line or an event that is longer ends the reading.
  static constexpr std::size_t kLongest = std::size_t{1} << 20U;

  // Appends the events that end within `bytes`. False, from then on always: something was too long.
  bool read(std::string_view bytes, std::vector<SseEvent>& events);

  // The pause before coming back that the stream asked for last.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry() const noexcept { return retry_; }

 private:
  void take_line(std::vector<SseEvent>& events);
  void take_field(std::string_view name, std::string_view value);

  std::string line_;
  std::string name_;
  std::string data_;
  std::string id_;
  std::optional<std::chrono::milliseconds> retry_;
  bool is_first_line_ = true;
  bool has_data_ = false;
  bool was_cr_ = false;  // an LF that follows is of the same end of line
  bool is_broken_ = false;
};

}  // namespace quotecache
