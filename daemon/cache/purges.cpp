#include "cache/purges.hpp"

#include <algorithm>
#include <utility>

namespace quotecached::cache {

bool covers(const PurgeRules& rules, std::string_view key, const Entry& entry) {
  return std::ranges::any_of(rules, [&](const PurgeRule& rule) {
    return entry.fetched_at <= rule.before && covers(rule.pattern, key, entry);
  });
}

void Purges::set(PurgeRules rules) {
  auto newest = TimePoint::min();
  for (const auto& rule : rules) newest = std::max(newest, rule.before);
  auto shared = std::make_shared<const PurgeRules>(std::move(rules));
  const MutexLock lock(mutex_);
  rules_ = std::move(shared);
  newest_ = newest.time_since_epoch().count();
}

std::shared_ptr<const PurgeRules> Purges::rules() const {
  const MutexLock lock(mutex_);
  return rules_;
}

bool Purges::covers(std::string_view key, const Entry& entry) const {
  if (entry.fetched_at.time_since_epoch().count() > newest_) return false;
  return cache::covers(*rules(), key, entry);
}

}  // namespace quotecached::cache
