// Carries one batch out: calls upstream, splits the answer, fills the chain, settles the waiters.
//
// Poison isolation lives here: names the provider refuses are taken out of the batch and the rest
// is asked again (refusals are not billed); a refusal that names nothing halves the batch. Owned by
// Refill and used on the engine's loop only.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "cache/chain.hpp"
#include "refill/caller.hpp"
#include "refill/counters.hpp"
#include "refill/hold_off.hpp"
#include "refill/lane.hpp"
#include "refill/pending.hpp"
#include "refill/split.hpp"

namespace quotecached::refill {

// One asset of a batch with the keys it is fetched for, one per convert of the lane.
struct BatchAsset {
  std::string name;  // empty for a whole answer
  std::vector<std::string> keys;
  std::vector<PendingPtr> pendings;
};

struct BatchWork {
  Lane lane;
  std::string lane_name;
  Priority priority = Priority::Foreground;
  std::vector<BatchAsset> assets;
};

class BatchRunner {
 public:
  struct Options {
    EntryTimes times;
    std::chrono::milliseconds failure_throttle{30000};
  };

  BatchRunner(Caller& caller,
              cache::Chain& chain,
              HoldOffs& hold_offs,
              Counters& counters,
              Options options,
              Log log);

  // Settles every pending of `work` before it returns.
  asio::awaitable<void> run(BatchWork work);

 private:
  using Assets = std::vector<BatchAsset>;

  asio::awaitable<void> run_assets(Lane lane,
                                   std::string lane_name,
                                   Priority priority,
                                   Assets assets);
  asio::awaitable<CallResult> call(const Lane* lane, const Assets* assets, Priority priority);

  void take_answer(const Lane& lane, const CallResult& result, Assets& assets);
  void take_whole(const Lane& lane, const CallResult& result, BatchAsset& asset);
  Assets take_out_unknown(const Lane& lane, const CallResult& result, Assets assets);
  void take_failure(const Lane& lane,
                    const std::string& lane_name,
                    const CallResult& result,
                    Assets& assets);
  void doubt(const BatchAsset& asset, const FailurePtr& failure, HoldOffs::Binds binds);

  Caller& caller_;
  cache::Chain& chain_;
  HoldOffs& hold_offs_;
  Counters& counters_;
  Options options_;
  Log log_;
};

}  // namespace quotecached::refill
