// Names of client requests: what a client may call its own, and names made here.
//
// Pure, but for the random beginning of a maker. A maker is one thread's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quotecached {

inline constexpr std::size_t kLongestRequestId = 128;

// May it stand in a header, a log line and a row as it is: 1 to 128 letters, digits and any of
// `-._~:/+=@`?
[[nodiscard]] bool is_request_id(std::string_view text) noexcept;

// Makes names that no other maker makes: sixteen random hexadecimal digits, a hyphen, and how many
// it has made.
class RequestIdMaker {
 public:
  explicit RequestIdMaker(std::uint64_t beginning) noexcept : beginning_(beginning) {}

  // Writes the next one over `out`, whose room is used again.
  void make(std::string& out);

 private:
  std::uint64_t beginning_;
  std::uint64_t made_ = 0;
};

}  // namespace quotecached
