#include "cli/terminal.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/environment.hpp"

namespace quotecache::cli {
namespace {

// 0 for all that is no number.
std::size_t number_in(std::string_view text) noexcept {
  std::size_t number = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, number);
  return error == std::errc() && stop == end ? number : 0;
}

}  // namespace

TerminalSize terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return {};
  return {size.ws_col, size.ws_row};
}

bool is_in_foreground() {
  const pid_t group = ::tcgetpgrp(STDOUT_FILENO);
  return group < 0 || group == ::getpgrp();
}

std::size_t width_of(std::string_view told, std::size_t terminal) noexcept {
  for (const std::size_t columns : {number_in(told), terminal})
    if (columns > 0) return std::clamp(columns, kLeastWidth, kMostWidth);
  return Look{}.width;
}

Look look_of_output() {
  Look look;
  look.width = width_of(variable("COLUMNS"), terminal_size().columns);
  look.is_utf8 =
      std::string_view(::nl_langinfo(CODESET)) == "UTF-8";  // NOLINT(concurrency-mt-unsafe)
  look.is_terminal = ::isatty(STDOUT_FILENO) == 1;
  const std::string kind = variable("TERM");
  look.has_colour = look.is_terminal && variable("NO_COLOR").empty() && kind != "dumb";
  look.is_drawable = look.is_terminal && !kind.empty() && kind != "dumb";
  return look;
}

}  // namespace quotecache::cli
