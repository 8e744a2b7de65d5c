#include "refill/call_intent.hpp"

#include <algorithm>

#include "ledger/ledger.hpp"

namespace quotecached::refill {
namespace {

using Steady = std::chrono::steady_clock;

// Of a call that nobody without a copy waits for.
ledger::Purpose purpose_of(Priority priority) noexcept {
  return priority == Priority::Warm || priority == Priority::Backfill ? ledger::Purpose::Ahead
                                                                      : ledger::Purpose::Refresh;
}

void set_price(credit::CallIntent& intent, const Lane& lane, const CallPrice& price) {
  intent.worst_case = price.worst_case;
  intent.predicted = price.predicted;
  intent.fixed = price.fixed;
  intent.step = lane.endpoint().price.step;
  intent.is_exact = price.is_exact;
}

// The assets by name, those that it was made for before those that ride along.
void name_assets(credit::CallIntent& intent, const Lane& lane, const BatchAssets& assets) {
  if (lane.is_whole()) return;
  intent.kind = to_string(lane.parts().kind);
  for (const auto& asset : assets) {
    if (!rides(asset)) intent.assets.push_back(asset.name);
  }
  intent.riding = assets.size() - intent.assets.size();
}

}  // namespace

Steady::time_point last_wanted(const BatchAssets& assets) {
  auto last = Steady::time_point::min();
  for (const auto& asset : assets) {
    for (const auto& one : asset.pendings) last = std::max(last, one->last_wanted);
  }
  return last;
}

credit::CallIntent intent_of(const Lane& lane,
                             const BatchAssets& assets,
                             Reason reason,
                             const credit::PriceCheck& prices,
                             std::chrono::milliseconds patience) {
  credit::CallIntent intent;
  intent.endpoint = lane.endpoint().name;
  intent.cause = reason.cause;
  intent.run = reason.run;
  intent.purpose =
      std::ranges::any_of(assets, is_needed) ? ledger::Purpose::Miss : purpose_of(reason.priority);
  intent.client = client_of(assets.front());
  intent.deadline = last_wanted(assets) + patience;
  name_assets(intent, lane, assets);
  set_price(intent, lane, price_of(lane, assets.size(), prices));
  return intent;
}

}  // namespace quotecached::refill
