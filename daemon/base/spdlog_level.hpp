// A log level as spdlog calls it. For the sources of the log alone: nobody else sees spdlog.
#pragma once

#include <spdlog/common.h>

#include "base/log.hpp"

namespace quotecached {

[[nodiscard]] inline spdlog::level::level_enum to_spdlog(Log::Level level) {
  switch (level) {
    case Log::Level::Debug: return spdlog::level::debug;
    case Log::Level::Info: return spdlog::level::info;
    case Log::Level::Warn: return spdlog::level::warn;
    case Log::Level::Error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace quotecached
