// Carries one batch out: calls upstream, splits the answer, has what it brought filed.
//
// Poison isolation lives here: names the provider refuses are taken out of the batch and the rest
// is asked again (refusals are not billed); what to ask after a refusal that names nothing,
// Narrowing says. Owned by Refill and used on the engine's loop only.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "cache/chain.hpp"
#include "cache/claims.hpp"
#include "calling/caller.hpp"
#include "pacing/spend_policy.hpp"
#include "refill/batch_asset.hpp"
#include "refill/counters.hpp"
#include "refill/failed_calls.hpp"
#include "refill/filing.hpp"
#include "refill/hold_off.hpp"
#include "refill/junk_gate.hpp"
#include "refill/lane.hpp"
#include "refill/late_filing.hpp"
#include "refill/narrowing.hpp"
#include "refill/neighbours.hpp"
#include "refill/pending.hpp"
#include "refill/renewals.hpp"
#include "refill/shares.hpp"
#include "refill/split.hpp"
#include "refill/suspects.hpp"

namespace quotecached::refill {

class BatchRunner {
 public:
  struct Options {
    EntryTimes times;
    std::chrono::milliseconds failure_throttle{30000};
    std::chrono::milliseconds request_deadline{20000};
    Neighbours::Options neighbours;
  };
  struct Parts {
    calling::Caller& caller;
    cache::Chain& chain;
    cache::Claims* claims;  // null: no other daemon shares the chain
    HoldOffs& hold_offs;
    JunkGate& junk;
    Renewals& renewals;
    Suspects& suspects;
    Counters& counters;
    provider::StatusForms& forms;
    const pacing::PublishedPolicy& policy;
    const Clock& clock;
  };

  BatchRunner(Parts parts, Options options, Log log);

  // Resolves every pending of `work` before it returns, but for what is left to late().
  asio::awaitable<void> run(BatchWork work);

  [[nodiscard]] LateFiling& late() noexcept { return late_; }

 private:
  using Assets = BatchAssets;

  // What an answer holds, taken apart; one of the two when it was well-formed.
  struct Taken {
    std::vector<bool> can_wait;
    std::optional<Split> split;
    std::optional<WholeSplit> whole;
  };

  // Those of entries that are filled now, as far as the spend policy stretches them.
  [[nodiscard]] Timing timing(const Lane& lane, TimePoint asked_at) const;
  void drop_held_off(BatchWork& work);
  void drop_abandoned(BatchWork& work);
  asio::awaitable<bool> run_all(Reason reason, std::vector<LaneWork> work);
  asio::awaitable<bool> run_assets(LanePtr lane, Reason reason, Assets assets);
  asio::awaitable<bool> run_narrowing(LanePtr lane,
                                      Reason reason,
                                      Assets assets,
                                      Narrowing* narrowing);
  // Asks for one after the other alone, while that may tell more; what to do with the others.
  asio::awaitable<Narrowing::Ask> try_alone(LanePtr lane,
                                            Reason reason,
                                            Assets* assets,
                                            Narrowing* narrowing);
  asio::awaitable<bool> run_by_convert(LanePtr lane, Reason reason, Assets assets);
  asio::awaitable<calling::CallResult> call(const Lane* lane,
                                            const Assets* assets,
                                            Reason reason,
                                            Taken* taken);

  // Fails with Invalid when the answer is not well-formed.
  Result<void> take_apart(const Lane& lane,
                          const Assets& assets,
                          std::string_view body,
                          TimePoint asked_at,
                          Taken& taken) const;
  void take_answer(const LanePtr& lane,
                   const calling::CallResult& result,
                   Taken taken,
                   Assets& assets);
  void end_refused(const Lane& lane,
                   const calling::CallResult& result,
                   Narrowing::Ask ask,
                   Assets& assets);

  Parts parts_;
  Options options_;
  Filing filing_;
  LateFiling late_{filing_};
  FailedCalls failed_calls_;
  Neighbours neighbours_;
  SplitLanes split_lanes_;
  Log log_;
};

}  // namespace quotecached::refill
