#include "health/recent_calls.hpp"

#include <algorithm>
#include <vector>

#include "health/thresholds.hpp"

namespace quotecached::health {

using std::chrono::milliseconds;

void RecentCalls::note(const Call& call) {
  calls_.push_back(call);
  if (calls_.size() > kRecentCalls) calls_.pop_front();
}

RecentCalls::Summary RecentCalls::summary(Time now) const {
  Summary summary;
  std::vector<milliseconds> times;
  for (const auto& call : calls_) {
    if (now - call.ended > kRecent) continue;
    ++summary.calls;
    if (call.is_failed) ++summary.failed;
    summary.failed_in_row = call.is_failed ? summary.failed_in_row + 1 : 0;
    summary.since_last = std::chrono::floor<milliseconds>(now - call.ended);
    if (call.is_answered) times.push_back(call.took);
  }
  if (times.empty()) return summary;
  std::ranges::sort(times);
  summary.median = times[(times.size() - 1) / 2];
  summary.slowest = times.back();
  return summary;
}

}  // namespace quotecached::health
