#include "purge/rule_book.hpp"

#include <algorithm>

#include "purge/rule_text.hpp"

namespace quotecached::purge {

RuleBook::Added RuleBook::add(const cache::PurgeRule& rule) {
  const auto text = to_text(rule.pattern);
  const auto found = rules_.find(text);
  if (found == rules_.end()) {
    if (rules_.size() >= most_) return Added::Full;
    rules_.emplace(text, rule);
    return Added::Yes;
  }
  auto& held = found->second;
  if (held.before >= rule.before && held.until >= rule.until) return Added::Known;
  held.before = std::max(held.before, rule.before);
  held.until = std::max(held.until, rule.until);
  return Added::Yes;
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
  return std::erase_if(rules_, [now](const auto& one) { return one.second.until <= now; }) > 0;
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
