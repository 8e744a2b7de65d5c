// The purge rules that a daemon holds: bounded, none twice, and none that another makes needless.
// Pure; not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "cache/purges.hpp"
#include "purge/known_ids.hpp"

namespace quotecached::purge {

// A rule that another took the place of: the text of its pattern, and its moment.
struct ReplacedRule {
  std::string text;
  TimePoint before;
};

class RuleBook {
 public:
  enum class Added : std::uint8_t {
    Yes,
    Known,  // a rule that is held covers as much already, for as long
    Full,   // there are `most` others
  };

  explicit RuleBook(std::size_t most) : most_(most) {}

  // Of two rules of one pattern the later moments hold. A rule takes the place of all that it
  // covers (purge/covering.hpp), and holds as long as any of them. Requires: the pattern is
  // normalised.
  Added add(const cache::PurgeRule& rule);
  // Whether a new rule would be Full.
  [[nodiscard]] bool has_room_for(const cache::PurgeRule& rule, std::size_t most) const;

  // Adds the ids that rules by one of the pattern's names led to, also of those that others took
  // the place of; leaves it unsorted. Requires: it is normalised.
  void add_ids(cache::PurgePattern& pattern) const;

  // Those that others took the place of since this was called last.
  [[nodiscard]] std::vector<ReplacedRule> take_replaced() { return std::exchange(replaced_, {}); }

  // No rule covers what is fetched after `latest`; whether any did. Such a rule (a clock was set
  // back) would keep all that is fetched out of every tier, and each request would be paid for.
  bool bound(TimePoint latest);

  // Drops what no tier can hold a copy of any more; whether there was any.
  bool expire(TimePoint now);

  [[nodiscard]] cache::PurgeRules rules() const;
  // By the texts of their patterns (purge/rule_text.hpp).
  [[nodiscard]] const std::map<std::string, cache::PurgeRule>& by_text() const noexcept {
    return rules_;
  }
  [[nodiscard]] std::size_t size() const noexcept { return rules_.size(); }
  // When the first rule ends. Requires: there is one.
  [[nodiscard]] TimePoint first_end() const noexcept;

 private:
  static constexpr std::size_t kMostKnown = 50'000;

  std::size_t most_;
  std::map<std::string, cache::PurgeRule> rules_;
  std::vector<ReplacedRule> replaced_;
  KnownIds known_ids_{kMostKnown};
};

}  // namespace quotecached::purge
