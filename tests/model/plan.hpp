// What a bed is: the daemons and servers of it, what happens to them, and how upstream behaves.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/finding.hpp"

namespace quotecached::model {

// How often, in percent of the rounds.
struct Events {
  std::size_t jump_forward = 30;
  std::size_t jump_back = 0;
  std::size_t next_day = 0;
  std::size_t lose_copies = 0;  // memory, or a tier below it, is emptied
  std::size_t restart = 0;
  std::size_t kill = 0;  // in the middle of answers
};

struct BedPlan {
  std::string name;
  std::vector<std::string> sets{};  // of each daemon
  std::size_t daemons = 1;
  bool has_redis = false;
  bool has_memcached = false;
  // By token: credits a day, 0 for no limit. Without any, access is open.
  std::map<std::string, std::int64_t> tokens{};
  std::optional<std::int64_t> credits_per_day{};  // of the account
  Events events{};
  std::size_t failing_calls = 0;  // in percent
  std::size_t lying_calls = 0;
  bool has_ticks = false;       // data is renewed each minute, and says of which it is
  std::size_t lying_times = 0;  // in percent of the calls: it is said to be of the future
  int assets = 120;
  bool forgets = false;  // has no room for what it buys
  bool rides = true;     // its calls carry more than they are made for
  // Faults that are known and not mended yet, by the rule they break: why they are let pass. An
  // entry goes when its fault is mended; the rule then holds for this bed as for the others.
  std::map<Rule, std::string> known{};
};

}  // namespace quotecached::model
