// A trace: the requests that clients made, and when. One line for each, as text:
//
//   quotecached-trace 1 2026-11-01T00:00:00Z
//   # comments and empty lines are skipped
//   1250<TAB>/v2/cryptocurrency/quotes/latest?id=1,1027
//   1250<TAB>/v1/cryptocurrency/listings/latest?limit=50<TAB>bot
//
// The first line says the version and the moment that the milliseconds in front of each request are
// counted from; requests stand in the order of time. The target is what the client sent: endpoint,
// kind of key, assets and converts, without credentials. Who asked may follow.
//
// Pure; read as a stream, a line at a time, so that a trace of any length takes the memory of one
// line.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace quotecached::trace {

struct TracedRequest {
  milliseconds at{0};  // since the trace's start
  std::string target;
  std::string client;  // empty: not told

  bool operator==(const TracedRequest&) const = default;
};

// The longest trace, and the longest line of one.
inline constexpr milliseconds kLongestTrace{std::chrono::hours(24 * 400)};
inline constexpr std::size_t kLongestTraceLine = 64 * 1024;

class TraceReader {
 public:
  // Reads the first line. Fails with Invalid when it is none of a trace. `in` must outlive it.
  static Result<TraceReader> open(std::istream& in);

  // What the requests' times are counted from.
  [[nodiscard]] TimePoint start() const noexcept { return start_; }

  // The next request; nothing at the end. Fails with Invalid, naming the line: a line of another
  // form or too long, a time before that of the line above; with Unavailable when the stream breaks
  // off. After a failure nothing more is to be read. A last line without an end that is of another
  // form was cut short, and is none.
  Result<std::optional<TracedRequest>> next();

  // The number of the line read last, from 1.
  [[nodiscard]] std::uint64_t line() const noexcept { return line_; }

 private:
  TraceReader(std::istream& in) : in_(&in) {}

  // Into text_; false at the end. Fails as next() does.
  Result<bool> read_line();
  // What the line asks. Fails with Invalid as next() does.
  Result<TracedRequest> read_request();
  [[nodiscard]] tl::unexpected<Error> wrong(std::string_view what) const;

  std::istream* in_;
  std::string text_ = std::string(kLongestTraceLine, '\0');
  std::string_view read_;  // the line, in text_
  TimePoint start_;
  milliseconds last_{0};
  std::uint64_t line_ = 0;
};

// The lines of a trace, each with its end.
[[nodiscard]] std::string trace_head(TimePoint start);
// Requires: the target and the client's name hold no control characters and no blanks.
void append_trace_line(std::string& out, const TracedRequest& request);

}  // namespace quotecached::trace
