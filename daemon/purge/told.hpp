// How daemons tell each other of purges through their Redis: one hash, one script. Pure: the
// commands, and what the replies mean.
//
// The hash counts what was told. A daemon says how far it has heard, and hears the rest; one that
// has heard as much as there is holds all of these rules, since it says so after it took them over.
// What stands in the hash may be lost at any time (eviction, FLUSHALL): the count begins anew then,
// and everyone tells again what he holds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "cache/purges.hpp"
#include "purge/rule_book.hpp"
#include "redis/pipeline.hpp"
#include "redis/reply.hpp"

namespace quotecached::purge {

inline constexpr std::string_view kToldKey = "qc1-purges";

// A daemon that said nothing for so long is not waited for, and after five minutes no longer named
// (the script says so): one that was killed comes back under another name.
inline constexpr milliseconds kSilence{5000};

// Clocks that differ by more are wrong, not different.
inline constexpr milliseconds kMostLead{60'000};

struct Neighbour {
  std::string name;
  std::int64_t heard = 0;
  milliseconds silent{0};  // since it last said something
  milliseconds ahead{0};   // of its clock against that of Redis, at most; as it says
};

struct Heard {
  std::string epoch;  // another one: the hash was lost in between
  std::int64_t count = 0;
  TimePoint redis_time;  // of the Redis server's clock
  std::vector<Neighbour> neighbours;
  cache::PurgeRules rules;  // that were not heard yet
  std::size_t unknown = 0;  // rules that this version does not understand
};

struct Saying {
  std::string name;
  std::string epoch;  // in which it has heard so far; empty: in none
  std::int64_t heard = 0;
  milliseconds ahead{0};
  cache::PurgeRules rules;  // to be told
  bool is_brief = false;    // of the neighbours nothing is wanted unless there are new rules
};

// Rules end in Redis as far from `now` as they do here, whatever its clock says.
[[nodiscard]] redis::Command tell_command(const Saying& saying, TimePoint now);
// Fails with Unavailable on a reply that is none of the script's.
[[nodiscard]] Result<Heard> read_heard(const redis::Reply& reply, TimePoint now);

// Drops rules that others make needless, but for one that was ordered anew since.
[[nodiscard]] redis::Command withdraw_command(const std::vector<ReplacedRule>& rules);

// A daemon that ends is not waited for any more.
[[nodiscard]] redis::Command leave_command(const std::string& name);

// The names of others that hold all of the first `count` rules, and of those that may not.
struct Confirmation {
  std::vector<std::string> by;
  std::vector<std::string> lacking;
  bool is_worth_waiting = false;  // one of the latter was heard of a moment ago
};
[[nodiscard]] Confirmation confirmation_of(const Heard& heard,
                                           std::string_view self,
                                           std::int64_t count);

// How far the clock of any other may be ahead of ours, which is `ahead` of that of Redis at least;
// what is further than a minute is no difference of clocks.
[[nodiscard]] milliseconds lead_of_others(const Heard& heard,
                                          std::string_view self,
                                          milliseconds ahead);

}  // namespace quotecached::purge
