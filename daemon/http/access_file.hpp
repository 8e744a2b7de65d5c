// Where lines of the access log go: a file that is appended to, a pipe, or standard error.
//
// Owned by the thread that writes. A write to a file takes as long as the disk does; to a pipe or a
// terminal it never waits for the reader longer than kPatience at once, and kMostOfWrite in all.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/unique_fd.hpp"

namespace quotecached::http {

class AccessFile {
 public:
  static constexpr std::chrono::milliseconds kPatience{100};
  static constexpr std::chrono::seconds kMostOfWrite{1};

  // Lets go of what is open. `to`: "off", "stderr" or a file's name, which is opened when something
  // is written.
  void set(std::string to);
  // Fails with Unavailable; what cannot be opened is tried again by the next write.
  Result<void> open();
  void close();
  [[nodiscard]] bool is_standard_error() const { return to_ == "stderr"; }

  struct Written {
    std::uint64_t lines = 0;
    std::string error;  // why the rest was not; empty: all were
  };
  // Whole lines; none while it is off. One that was written in part is ended before the next ones.
  [[nodiscard]] Written write(std::string_view lines);

 private:
  using Steady = std::chrono::steady_clock;

  [[nodiscard]] int file() const noexcept;
  [[nodiscard]] bool is_ready(Steady::time_point until) const;
  [[nodiscard]] std::string put(std::string_view piece,
                                Steady::time_point until,
                                std::size_t& done) const;

  std::string to_ = "off";
  UniqueFd owned_;  // of a file
  bool is_regular_ = false;
  bool is_torn_ = false;
};

}  // namespace quotecached::http
