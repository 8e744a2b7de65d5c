// Turns an upstream answer into entries with their times.
//
// Pure: the time of asking and the jitter draw are arguments.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "cache/entry.hpp"
#include "pacing/tick.hpp"
#include "quote/checked_answer.hpp"
#include "refill/aliasing.hpp"
#include "refill/lane.hpp"

namespace quotecached::refill {

struct EntryTimes {
  // The fresh time of all entries of one call is shortened by up to this share. One draw per call,
  // not per entry: what was fetched together expires together and is fetched together again.
  double ttl_jitter = 0.05;
  milliseconds negative{60000};  // how long "no such asset" is believed
  double stretch = 1;            // of the fresh time of all other entries
  // How long the meaning of a symbol or slug is believed; 0: names are not learned.
  milliseconds names{0};
};

// What the times of one call's entries follow from.
struct Timing {
  TimePoint asked_at{};
  EntryTimes times{};
  double jitter_draw = 0;                            // 0 to 1
  std::optional<pacing::TickClock::Tick> tick = {};  // of the endpoint's data
};

// Until when what such a call brings is fresh. `data_at`: what the youngest of what came together
// is of.
[[nodiscard]] TimePoint fresh_until(const catalog::Freshness& freshness,
                                    const Timing& timing,
                                    std::optional<TimePoint> data_at) noexcept;

struct SplitEntry {
  std::size_t asset = 0;  // positions in the lane's batch and converts
  std::size_t convert = 0;
  cache::EntryPtr entry;
  bool is_flawed = false;  // a price in it is none
  // Of one by symbol or slug: its assets by id (refill/aliasing.hpp).
  std::vector<ItemById> by_id{};
  AliasesTold aliases{};  // of the first convert
};

// What the entry of `asset` is good for besides, and what it tells of names: sets its origins, and
// the by_id and aliases of `part`, of whose convert it is.
void learn_names(const Lane& lane,
                 std::string_view asset,
                 cache::Entry& entry,
                 SplitEntry& part,
                 const EntryTimes& times);

struct Split {
  quote::CheckedAnswer answer;
  cache::Entry timed{};  // the times of all entries
  std::vector<SplitEntry> entries{};
  std::vector<std::size_t> later{};    // assets that can wait: there, and not cut out yet
  std::vector<std::size_t> absent{};   // assets the provider does not know
  std::vector<std::size_t> refused{};  // assets whose part was malformed
  std::vector<std::string> reasons{};  // why, for the log
  std::size_t flawed_prices = 0;
  std::optional<TimePoint> data_at{};  // the youngest of them
};

// Fails with Invalid when the answer as a whole is not well-formed. `can_wait`: the assets whose
// entries are made by cut_later(), asset by asset; empty: none.
Result<Split> split_answer(const Lane& lane,
                           const std::vector<std::string>& assets,
                           std::string_view body,
                           const Timing& timing,
                           const std::vector<bool>& can_wait = {});

// Cuts one asset of `split.later`, called `name`, out of the answer as split_answer() does with all
// others. Adds to the split's refusals and flawed prices.
[[nodiscard]] std::vector<SplitEntry> cut_later(const Lane& lane,
                                                std::string_view name,
                                                const EntryTimes& times,
                                                std::size_t asset,
                                                Split& split);

struct WholeSplit {
  cache::EntryPtr entry;
  std::string_view contradiction;  // why it contradicts the copy, or itself; empty: it does not
  std::optional<TimePoint> data_at{};
};

// The entry of a whole answer; of an empty one, believed as shortly as "no such asset". `copy`:
// what is held; may be null. Fails with Invalid when the answer is not well-formed, or answers
// another question.
Result<WholeSplit> split_whole(const Lane& lane,
                               std::string_view body,
                               const Timing& timing,
                               const cache::Entry* copy);

// The entry that says the provider knows no such asset.
cache::EntryPtr negative_entry(TimePoint asked_at, const EntryTimes& times);

}  // namespace quotecached::refill
