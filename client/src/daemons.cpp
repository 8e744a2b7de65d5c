#include "src/daemons.hpp"

#include <algorithm>

namespace quotecache {
namespace {

// Of `shortest`, doubled `times`.
milliseconds doubled(milliseconds shortest, milliseconds longest, int times) noexcept {
  milliseconds pause = std::min(shortest, longest);
  for (int time = 0; time < times && pause < longest; ++time) pause = std::min(pause * 2, longest);
  return pause;
}

milliseconds share(milliseconds pause, double of) noexcept {
  return milliseconds(static_cast<milliseconds::rep>(static_cast<double>(pause.count()) * of));
}

}  // namespace

milliseconds backoff(milliseconds shortest,
                     milliseconds longest,
                     int round,
                     double chance) noexcept {
  return share(doubled(shortest, longest, round), chance);
}

Daemons::Daemons(std::size_t count, milliseconds shortest_pause, milliseconds longest_pause)
    : count_(count),
      shortest_pause_(shortest_pause),
      longest_pause_(longest_pause),
      standings_(count) {}

std::optional<std::size_t> Daemons::choose(const std::vector<bool>& tried, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  std::optional<std::size_t> soonest;
  for (std::size_t daemon = 0; daemon < count_; ++daemon) {
    if (tried[daemon]) continue;
    Standing& standing = standings_[daemon];
    if (standing.failures == 0) return daemon;
    if (standing.alone_until <= now) {
      standing.alone_until = now + standing.pause;  // this call tries it, others do not
      return daemon;
    }
    if (!soonest || standing.alone_until < standings_[*soonest].alone_until) soonest = daemon;
  }
  return soonest;
}

void Daemons::worked(std::size_t daemon) {
  const std::lock_guard lock(mutex_);
  standings_[daemon].failures = 0;
}

void Daemons::failed(std::size_t daemon, SteadyTime now, double chance) {
  const std::lock_guard lock(mutex_);
  Standing& standing = standings_[daemon];
  // Calls that were under way together fail as one.
  if (standing.failures > 0 && now < standing.alone_until) return;
  const milliseconds whole = doubled(shortest_pause_, longest_pause_, standing.failures);
  ++standing.failures;
  standing.pause = share(whole, 0.5 + chance / 2);
  standing.alone_until = now + standing.pause;
}

void RetryBudget::note_call() noexcept {
  const std::lock_guard lock(mutex_);
  tenths_ = std::min(tenths_ + 1, kMost);
}

bool RetryBudget::take() noexcept {
  const std::lock_guard lock(mutex_);
  if (tenths_ < kOfRetry) return false;
  tenths_ -= kOfRetry;
  return true;
}

}  // namespace quotecache
