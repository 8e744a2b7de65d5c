// The last report on the daemon, for any thread: who makes it publishes it, who is asked for it
// reads what was published and asks nobody.
//
// A document that was read is read again for kKept, so that whoever asks often costs nothing. What
// was published long ago tells so by itself: by the check of the engine. Time is an argument.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "health/checks.hpp"

namespace quotecached::health {

inline constexpr std::chrono::seconds kKept{1};

// May clients be sent here?
enum class Readiness : std::uint8_t {
  Ready,
  NothingToServe,  // upstream is not asked, and there is no copy
  Stopping,
};

struct Document {
  Status status = Status::Pass;
  std::vector<Check> checks;
  std::string names;    // see to_json(), with Detail::None
  std::string times;    // Time
  std::string brief;    // Trouble
  std::string verbose;  // All
};
using DocumentPtr = std::shared_ptr<const Document>;

class PublishedReport {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit PublishedReport(std::string_view version) noexcept : version_(version) {}

  // About once a second, by the engine, of which a check is added.
  void publish(std::vector<Check> checks, bool can_serve, TimePoint at, Time now);
  // For good: nobody is to be sent here any more.
  void begin_stop() noexcept { is_stopping_ = true; }

  // Without checks while nothing was published.
  [[nodiscard]] DocumentPtr document(Time now) const;
  // Not kept: as of the last report.
  [[nodiscard]] Readiness readiness() const noexcept;

 private:
  struct Last {
    std::vector<Check> checks;
    TimePoint at;  // for people
    Time looked_at;
  };
  [[nodiscard]] DocumentPtr written(Time now) const REQUIRES(mutex_);

  std::string_view version_;  // a literal
  std::atomic<bool> can_serve_{true};
  std::atomic<bool> is_stopping_{false};
  mutable Mutex mutex_;
  std::optional<Last> last_ GUARDED_BY(mutex_);
  mutable DocumentPtr document_ GUARDED_BY(mutex_);
  mutable Time written_at_ GUARDED_BY(mutex_);
};

// What /health/ready says: {"status":"pass"}, or "fail" and why.
[[nodiscard]] std::string to_json(Readiness readiness);

}  // namespace quotecached::health
