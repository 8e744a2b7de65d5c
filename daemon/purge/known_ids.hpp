// The ids that names of purged assets led to, of rules that gave way to others which do not tell.
//
// A purge by name may take with it whatever told the ids; the next one by that name covers them all
// the same, until the first would have ended. Of a rule of several names each leads to all its ids:
// too much is covered rather than too little. Bounded: what ends first makes room. Pure; not
// thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cache/purges.hpp"

namespace quotecached::purge {

// Adds the ids of `known` if that has a name of `pattern`, which is left unsorted. Requires: the
// names of `pattern` are sorted.
void add_ids(const cache::PurgePattern& known, cache::PurgePattern& pattern);

class KnownIds {
 public:
  // `most`: names and ids, all together.
  explicit KnownIds(std::size_t most) : most_(most) {}

  // What the rule tells; nothing when it has no names, or no ids.
  void note(const cache::PurgeRule& rule);
  // As above, of all that is known.
  void add_to(cache::PurgePattern& pattern) const;
  void expire(TimePoint now);

  [[nodiscard]] std::size_t words() const noexcept { return words_; }

 private:
  struct Known {
    cache::PurgePattern pattern;  // names and ids, nothing else
    TimePoint until;
  };
  using ByNames = std::map<std::string, Known>;

  ByNames::iterator erase(ByNames::iterator at);

  std::size_t most_;
  std::size_t words_ = 0;
  ByNames known_;
};

}  // namespace quotecached::purge
