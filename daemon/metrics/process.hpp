// What the kernel says of this process, under the names that Prometheus has for that: processor
// time, memory, open files, the start.
//
// Reads /proc: what cannot be read there is left out. Any thread.
#pragma once

#include <string_view>

#include "metrics/registry.hpp"

namespace quotecached::metrics {

// Of /proc/self/stat.
struct ProcessTimes {
  double cpu_seconds = 0;
  double started_seconds = 0;  // since the machine did
  double virtual_bytes = 0;
  double resident_bytes = 0;
};

// Reads the text of /proc/self/stat; zeros when it is not such a text. Pure.
[[nodiscard]] ProcessTimes parse_stat(std::string_view text, double ticks, double page_size);

void write_process(Page& page);

}  // namespace quotecached::metrics
