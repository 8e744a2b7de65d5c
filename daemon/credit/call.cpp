#include "credit/call.hpp"

namespace quotecached::credit {

std::string_view to_string(Cause cause) noexcept {
  switch (cause) {
    case Cause::Miss: return "miss";
    case Cause::Refresh: return "refresh";
    case Cause::Warm: return "warm";
    case Cause::Cron: return "cron";
    case Cause::Retry: return "retry";
    case Cause::Probe: return "probe";
    case Cause::Forward: return "forward";
  }
  return "unknown";
}

}  // namespace quotecached::credit
