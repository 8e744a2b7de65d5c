#include "metrics/process.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <system_error>

#include <sys/resource.h>
#include <unistd.h>

namespace quotecached::metrics {
namespace {

namespace fs = std::filesystem;

// Positions of the fields of /proc/self/stat that follow the name of the program (proc(5)).
constexpr std::size_t kUserTicks = 11;
constexpr std::size_t kSystemTicks = 12;
constexpr std::size_t kStarted = 19;
constexpr std::size_t kVirtual = 20;
constexpr std::size_t kResident = 21;
constexpr std::size_t kFields = kResident + 1;

std::string text_of(const char* path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

double seconds_of(clockid_t clock) {
  timespec time{};
  static_cast<void>(::clock_gettime(clock, &time));  // fails of no clock that there is
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// When the machine was started, in seconds since 1970: what the kernel counts the start of a
// process from. /proc/stat says it too, but is hidden from a service that sees processes only.
double booted_at() { return seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_BOOTTIME); }

std::optional<double> open_files() {
  std::error_code failure;
  fs::directory_iterator entries("/proc/self/fd", failure);
  double count = 0;
  while (!failure && entries != fs::directory_iterator()) {
    ++count;
    entries.increment(failure);
  }
  if (failure) return std::nullopt;
  return count - 1;  // one is open to read the folder
}

double most_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return std::numeric_limits<double>::infinity();
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

ProcessTimes parse_stat(std::string_view text, double ticks, double page_size) {
  const auto name_end = text.rfind(')');  // the name may have blanks and parentheses
  if (name_end == std::string_view::npos) return {};
  std::array<double, kFields> fields{};
  std::size_t at = name_end + 1;
  for (auto& field : fields) {
    at = text.find_first_not_of(' ', at);
    if (at == std::string_view::npos) return {};
    const auto end = std::min(text.find(' ', at), text.size());
    std::int64_t number = 0;  // the first one is a letter
    static_cast<void>(std::from_chars(text.data() + at, text.data() + end, number));
    field = static_cast<double>(number);
    at = end;
  }
  return {.cpu_seconds = (fields[kUserTicks] + fields[kSystemTicks]) / ticks,
          .started_seconds = fields[kStarted] / ticks,
          .virtual_bytes = fields[kVirtual],
          .resident_bytes = fields[kResident] * page_size};
}

void write_process(Page& page) {
  const auto times = parse_stat(text_of("/proc/self/stat"),
                                static_cast<double>(::sysconf(_SC_CLK_TCK)),
                                static_cast<double>(::sysconf(_SC_PAGESIZE)));
  page.counter("process_cpu_seconds_total",
               "Processor time used, in the kernel and outside.",
               times.cpu_seconds);
  page.gauge("process_resident_memory_bytes", "Memory in use.", times.resident_bytes);
  page.gauge("process_virtual_memory_bytes", "Memory addressed.", times.virtual_bytes);
  // Once: a wall clock that is set later must not look like a restart.
  static const double started_at = std::round(booted_at() + times.started_seconds);
  page.gauge("process_start_time_seconds",
             "When the process was started, in seconds since 1970.",
             started_at);
  if (const auto files = open_files())
    page.gauge("process_open_fds", "Files and sockets open now.", *files);
  page.gauge("process_max_fds", "Files and sockets that may be open.", most_files());
}

}  // namespace quotecached::metrics
