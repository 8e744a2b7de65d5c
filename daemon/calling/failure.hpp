// Why a call brought nothing, or not what somebody waits for.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/refused_by.hpp"

namespace quotecached::calling {

// As a client without any copy is told.
struct Failure {
  unsigned http_status = 502;
  std::int64_t error_code = 502;
  std::string message;
  std::chrono::seconds retry_after{0};
  bool is_of_asset = false;   // the rest of the answer was good: a list can be answered without it
  RefusedBy refused_by = {};  // where it is no failure of the provider, but we that say no
};
using FailurePtr = std::shared_ptr<const Failure>;

}  // namespace quotecached::calling
