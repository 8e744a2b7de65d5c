// What this daemon has counted and the fleet was not told yet: asks for keys, cut into batches with
// numbers of their own, by which Redis knows a batch that it has already.
//
// A batch is sent again under its number, with the same keys, until it is known to have arrived; so
// each ask is added once, whatever gets lost. Asks that wait decay like all others. What was told
// before a restart, or before Redis lost what it knew of this daemon, is told anew; that raises
// what is there rather than being added to it: it may be there still. Pure. Owned by the AskSharer
// and used on its loop only. Bounded: of more keys than it has room for, those that are asked for
// least are forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "pacing/ask_count.hpp"
#include "refill/target_asks.hpp"

namespace quotecached::refill {

class FleetAsks {
 public:
  struct Options {
    std::size_t most_keys = 10'000;    // that wait
    std::size_t keys_per_batch = 100;  // Redis serves nobody else while it adds one
  };
  enum class How : std::uint8_t { Add, Raise };
  struct Batch {
    std::uint64_t number = 0;  // 1, 2, 3 ... since it began anew
    How how = How::Add;
    std::vector<TargetAsks> asks;  // as many as are left of them now
  };

  explicit FleetAsks(const Options& options) : options_(options) {}

  // Clients have asked for these since the last time.
  void note(const std::vector<TargetAsks>& asks, TimePoint now);

  // Redis knows nothing of this daemon (any more): `all` is what it counted, what waits included.
  // What was sent and is not known to have arrived is not added any more.
  void begin_anew(const std::vector<TargetAsks>& all, TimePoint now);

  // What is to be sent now: what is not known to have arrived, else what was counted since.
  [[nodiscard]] std::vector<Batch> batches(TimePoint now);

  // The batch `number` is known to have arrived.
  void arrived(std::uint64_t number);

  // Keys that wait to be told.
  [[nodiscard]] std::size_t waiting() const;

 private:
  using Counts = std::vector<std::pair<std::string, pacing::AskCount>>;
  struct Flight {
    std::uint64_t number = 0;
    How how = How::Add;
    Counts counts;
  };
  using Pending = std::unordered_map<std::string, pacing::AskCount>;  // by target

  void cut(Counts counts, How how);
  void cut_pending();
  void forget_least(TimePoint now);

  Options options_;
  Pending pending_;              // counted since the flights were cut
  std::vector<Flight> flights_;  // not known to have arrived
  std::uint64_t number_ = 0;     // of the latest batch
};

}  // namespace quotecached::refill
