// Which lanes are renewed ahead of their clients now: those with popular copies that are about to
// end, when that is worth the price of a credit.
//
// A call for a lane is made so long before the first copy ends as calls of the lane take, so that
// clients never meet a stale one; where the provider's tick is clear, hardly before the turn of its
// data, on which the copies end. Pure: no clock, no I/O. Owned by the Warmer and used on its loop
// only. How it decides: docs/warming.md.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/types.hpp"
#include "pacing/spend_policy.hpp"
#include "refill/lane.hpp"
#include "refill/renewals.hpp"
#include "warm/roster.hpp"

namespace quotecached::warm {

// An asset to be renewed, and the run that its call is put down to; 0: none.
struct TaskAsset {
  std::string name;  // of a whole answer empty
  std::int64_t run = 0;
};

// What one call, or several of the same lane, shall renew.
struct Task {
  refill::LanePtr lane;
  std::vector<TaskAsset> assets;  // the most valuable first
  Credits price;                  // foretold
};

class Ahead {
 public:
  struct Options {
    double fewest_asks = 5;            // while a copy is fresh, of what is popular
    std::chrono::seconds calm{60};     // after the start or an outage nothing is renewed ahead ...
    std::chrono::seconds gentle{300};  // ... and until then one lane at a time
    std::size_t most_lanes = 4;        // at a time later
    // After this a lane is looked at again of which nothing could be renewed.
    std::chrono::milliseconds pause{1000};
    std::chrono::milliseconds failure_throttle{30000};  // ... or whose call has failed
  };
  using PriceOf = std::function<Credits(const refill::LanePtr& lane, std::size_t assets)>;
  // What is told by whoever has the state.
  struct View {
    const pacing::SpendPolicy& policy;
    PriceOf price_of;
  };
  struct Plan {
    std::vector<Task> tasks;
    TimePoint next;  // something else may be due from then on
  };

  Ahead(const Options& options, TimePoint now) : options_(options), began_(now) {}

  // The provider does not answer.
  void note_outage(TimePoint now) noexcept { began_ = now; }

  // May anything be renewed now?
  [[nodiscard]] bool is_ready(const pacing::SpendPolicy& policy, TimePoint now);
  // What to renew now, `picks` of the roster among it. Each lane that is told counts as under way
  // until end().
  [[nodiscard]] Plan plan(refill::Renewals& renewals,
                          const std::vector<Roster::Pick>& picks,
                          const View& view,
                          TimePoint now);

  enum class End : std::uint8_t {
    Renewed,  // after `took`
    Nothing,  // there was nothing to do for it, or it could not be done
    Failed,
  };
  void end(const refill::Lane& lane, End how, std::chrono::milliseconds took, TimePoint now);

  // So much earlier than its copies end a call of the lane is made; with a tick just after the turn
  // of the data.
  [[nodiscard]] std::chrono::milliseconds lead(const refill::Lane& lane, bool has_tick) const;

 private:
  struct LaneState {
    bool is_under_way = false;
    TimePoint rests_until{};
    std::chrono::milliseconds took{0};  // calls of the lane, smoothed
  };

  // What is due of a lane.
  struct Due {
    refill::LanePtr lane;
    std::vector<TaskAsset> assets;
    double asks = 0;
  };

  [[nodiscard]] std::vector<Due> due(refill::Renewals& renewals,
                                     const std::vector<Roster::Pick>& picks,
                                     const View& view,
                                     TimePoint now,
                                     TimePoint& next) const;
  void begin(Due due, refill::Renewals& renewals, const View& view, TimePoint now, Plan& plan);
  [[nodiscard]] std::optional<milliseconds> lead_of(const refill::LanePtr& lane,
                                                    pacing::Age debt,
                                                    bool has_tick,
                                                    const View& view,
                                                    TimePoint now) const;
  void forget_idle(TimePoint now);

  Options options_;
  TimePoint began_;
  std::size_t under_way_ = 0;
  std::unordered_map<std::string, LaneState> lanes_;  // by name
};

// As many of `assets` as `debt` pays for at `price`; all of them at no price.
[[nodiscard]] std::size_t affordable(std::size_t assets,
                                     const refill::LanePtr& lane,
                                     pacing::Age debt,
                                     pacing::Age price,
                                     const Ahead::PriceOf& price_of);

}  // namespace quotecached::warm
