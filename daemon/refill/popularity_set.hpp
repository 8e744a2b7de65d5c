// How the fleet's asks stand in Redis: in the sorted set `symbol_popularity`, to which every daemon
// adds what it counted.
//
// A member is the target that asks the provider for one key alone. Its score is the day (since
// 1970, with its fraction) on which a single ask weighs as much as all asks for it do: d + log2(n)
// for n asks at the time d. Asks lose half their weight in a day, all alike; so no score ever has
// to be written anew for it, scores of different times compare and add up, and none overflows.
// Days are those of the server's clock, so that daemons need not agree on the time.
// Pure: makes commands and reads replies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "redis/pipeline.hpp"
#include "redis/reply.hpp"
#include "refill/fleet_asks.hpp"
#include "refill/target_asks.hpp"

namespace quotecached::refill {

inline constexpr const char* kPopularityKey = "symbol_popularity";

// Adds a batch, unless `mark`, a key that only this daemon uses, says that it has been added.
[[nodiscard]] redis::Command merge_command(const FleetAsks::Batch& batch, const std::string& mark);

enum class Merged : std::uint8_t {
  Yes,
  Unknown,  // the batches before it are not known: Redis has lost them
};
// Fails with Unavailable: Redis would not add it.
[[nodiscard]] Result<Merged> read_merge(const redis::Reply& reply);

struct Popularity {
  std::int64_t members = 0;      // of the set
  std::vector<TargetAsks> asks;  // of a day, decayed; the most asked first
  std::size_t senseless = 0;     // members with scores that nobody's asks make
};
// Asks for the number of members, and for the `most` asked ones.
[[nodiscard]] std::vector<redis::Command> read_commands(std::size_t most);
// Requires: a reply to each of these commands. Fails with Unavailable.
[[nodiscard]] Result<Popularity> read_popularity(std::span<const redis::Reply> replies);

}  // namespace quotecached::refill
