#include "purge/rule_book.hpp"

#include <algorithm>

#include "purge/covering.hpp"
#include "purge/rule_text.hpp"

namespace quotecached::purge {

RuleBook::Added RuleBook::add(const cache::PurgeRule& rule) {
  const auto is_known = [&](const auto& one) {
    return one.second.until >= rule.until && covers(one.second, rule);
  };
  if (const auto known = std::ranges::find_if(rules_, is_known); known != rules_.end()) {
    if (!known->second.pattern.names_assets()) known_ids_.note(rule);
    return Added::Known;
  }
  if (!has_room_for(rule, most_)) return Added::Full;
  auto text = to_text(rule.pattern);
  const auto same = rules_.find(text);
  auto merged = rule;
  if (same != rules_.end()) merged.before = std::max(rule.before, same->second.before);
  for (auto one = rules_.begin(); one != rules_.end();) {
    if (!covers(merged, one->second)) {
      ++one;
      continue;
    }
    merged.until = std::max(merged.until, one->second.until);
    if (!merged.pattern.names_assets()) known_ids_.note(one->second);
    if (one->first != text) replaced_.push_back({one->first, one->second.before});
    one = rules_.erase(one);
  }
  rules_.emplace(std::move(text), std::move(merged));
  return Added::Yes;
}

bool RuleBook::has_room_for(const cache::PurgeRule& rule, std::size_t most) const {
  if (rules_.size() < most || rules_.contains(to_text(rule.pattern))) return true;
  return std::ranges::any_of(rules_, [&](const auto& one) { return covers(rule, one.second); });
}

bool RuleBook::bound(TimePoint latest) {
  bool was_any = false;
  for (auto& [text, rule] : rules_) {
    if (rule.before <= latest) continue;
    rule.before = latest;
    was_any = true;
  }
  return was_any;
}

bool RuleBook::expire(TimePoint now) {
  known_ids_.expire(now);
  return std::erase_if(rules_, [now](const auto& one) { return one.second.until <= now; }) > 0;
}

void RuleBook::add_ids(cache::PurgePattern& pattern) const {
  for (const auto& [text, rule] : rules_) purge::add_ids(rule.pattern, pattern);
  known_ids_.add_to(pattern);
}

cache::PurgeRules RuleBook::rules() const {
  cache::PurgeRules rules;
  rules.reserve(rules_.size());
  for (const auto& [text, rule] : rules_) rules.push_back(rule);
  return rules;
}

TimePoint RuleBook::first_end() const noexcept {
  auto first = TimePoint::max();
  for (const auto& [text, rule] : rules_) first = std::min(first, rule.until);
  return first;
}

}  // namespace quotecached::purge
