// What a session has to write down of answers that are not written yet, while there is an access
// log.
#pragma once

#include <string>
#include <vector>

#include "base/log.hpp"

namespace quotecached::http {

struct AccessNotes {
  struct Line {
    std::string text;  // but for its end
    Log::Format format = Log::Format::Text;
  };

  std::string peer;  // its address, or "unix"
  std::vector<Line> lines;
};

}  // namespace quotecached::http
