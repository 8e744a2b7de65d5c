#include "cli/terminal.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace quotecache::cli {
namespace {

constexpr std::size_t kLeastWidth = 20;
constexpr std::size_t kMostWidth = 1000;

// Only read by main()'s thread, before any other.
std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? std::string_view{} : value;
}

std::size_t terminal_columns() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

std::size_t told_columns() {
  const auto text = variable("COLUMNS");
  std::size_t columns = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, columns);
  return error == std::errc() && stop == end ? columns : 0;
}

}  // namespace

Look look_of_output() {
  Look look;
  for (const std::size_t columns : {terminal_columns(), told_columns()}) {
    if (columns < kLeastWidth || columns > kMostWidth) continue;
    look.width = columns;
    break;
  }
  look.is_utf8 =
      std::string_view(::nl_langinfo(CODESET)) == "UTF-8";  // NOLINT(concurrency-mt-unsafe)
  look.is_terminal = ::isatty(STDOUT_FILENO) == 1;
  look.has_colour = look.is_terminal && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  return look;
}

}  // namespace quotecache::cli
