// A line of the access log: what one request was, and what became of it.
//
// Pure. Nothing that a client sends can end a line, begin a field or stand for another one: what is
// not a plain word is quoted, and of other bytes than visible ASCII the number is written. Secrets
// that stand in a target are blanked.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/log.hpp"

namespace quotecached::http {

// With what it was answered; what is empty is not written.
struct AccessEntry {
  TimePoint at;  // when the answer was there
  std::string_view client;
  std::string_view peer;
  std::string_view method;
  std::string_view target;
  unsigned status = 0;
  std::uint64_t bytes = 0;   // of the answer, its head included
  std::string_view outcome;  // the word of metrics
  std::string_view detail;   // as in Cache-Status: which tier
  bool has_age = false;
  std::chrono::seconds age{0};
  std::int64_t credits = 0;
  std::string_view request_id;
  std::string_view trace_id;
  std::string_view user_agent;
};

// No longer than a pipe takes at once.
inline constexpr std::size_t kLongestAccessLine = 4096;

// Is the request written down? Answers that say no always are, of others so many as `share` (0 to
// 1) says; `draw`: of [0, 1).
[[nodiscard]] bool is_written(unsigned status, double share, double draw) noexcept;

// Appends the line, but for its end.
void append_access_line(std::string& out, const AccessEntry& entry, Log::Format format);
// The end. `took`: from the request's last byte to the answer's last. `is_gone`: not all
// of it could be sent.
void end_access_line(std::string& out,
                     std::chrono::microseconds took,
                     bool is_gone,
                     Log::Format format);

}  // namespace quotecached::http
