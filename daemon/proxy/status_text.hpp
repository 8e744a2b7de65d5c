// Writes the `status` object of an answer as the provider does, in the form of its endpoint:
// numbers and null on the classic endpoints, strings on the newer ones. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/types.hpp"

namespace quotecached::proxy {

struct StatusText {
  bool is_text = false;            // error_code "0" and error_message "" instead of 0 and null
  std::int64_t error_code = 0;     // 0: all went well, and there is no message
  std::string_view error_message;  // plain text; escaped here
  Credits credit_count;
};

// Appends `{"timestamp":...}`.
void append_status(std::string& out, const StatusText& status, TimePoint now);

}  // namespace quotecached::proxy
