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

std::size_t terminal_columns() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

// 0 for all that is no number.
std::size_t number_in(std::string_view text) noexcept {
  std::size_t number = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, number);
  return error == std::errc() && stop == end ? number : 0;
}

}  // namespace

std::size_t width_of(std::string_view told, std::size_t terminal) noexcept {
  for (const std::size_t columns : {number_in(told), terminal})
    if (columns > 0) return std::clamp(columns, kLeastWidth, kMostWidth);
  return Look{}.width;
}

Look look_of_output() {
  Look look;
  look.width = width_of(variable("COLUMNS"), terminal_columns());
  look.is_utf8 =
      std::string_view(::nl_langinfo(CODESET)) == "UTF-8";  // NOLINT(concurrency-mt-unsafe)
  look.is_terminal = ::isatty(STDOUT_FILENO) == 1;
  look.has_colour = look.is_terminal && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  return look;
}

}  // namespace quotecache::cli
