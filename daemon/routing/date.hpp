// The Date header's text, made once a second.
#pragma once

#include <array>
#include <ctime>
#include <string_view>

namespace quotecached::routing {

// Not thread-safe: one per I/O thread.
class DateText {
 public:
  // "Sun, 06 Nov 1994 08:49:37 GMT". Valid until the next call.
  [[nodiscard]] std::string_view at(std::time_t now) noexcept;

 private:
  std::time_t made_for_ = -1;
  std::array<char, 32> text_{};
  std::size_t size_ = 0;
};

}  // namespace quotecached::routing
