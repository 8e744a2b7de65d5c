// The purge rules that hold: what was fetched before them and agrees with them is as if absent.
//
// Thread-safe. An entry that is younger than every rule, as almost all are, costs one comparison.
#pragma once

#include <atomic>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "cache/entry.hpp"
#include "cache/purge_pattern.hpp"

namespace quotecached::cache {

struct PurgeRule {
  PurgePattern pattern;
  TimePoint before;  // what was fetched then, or earlier, is purged: also by a call that began so
  TimePoint until;   // no tier holds such a copy any longer

  friend bool operator==(const PurgeRule&, const PurgeRule&) = default;
};
using PurgeRules = std::vector<PurgeRule>;

[[nodiscard]] bool covers(const PurgeRules& rules, std::string_view key, const Entry& entry);

class Purges {
 public:
  // From now on these hold, and no others.
  void set(PurgeRules rules);

  [[nodiscard]] bool covers(std::string_view key, const Entry& entry) const;
  [[nodiscard]] std::shared_ptr<const PurgeRules> rules() const;

 private:
  std::atomic<TimePoint::rep> newest_{TimePoint::min().time_since_epoch().count()};
  mutable Mutex mutex_;
  std::shared_ptr<const PurgeRules> rules_ GUARDED_BY(mutex_) = std::make_shared<PurgeRules>();
};

}  // namespace quotecached::cache
