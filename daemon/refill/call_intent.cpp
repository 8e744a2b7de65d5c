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

// Those that it is priced for. What rides makes no call dearer: of names that are billed by the
// coins that share them there are as many as a credit covers, by what is known of them.
std::size_t priced(const credit::CallIntent& intent, const Lane& lane, const BatchAssets& assets) {
  if (lane.is_whole() || has_room_for_riders(lane)) return assets.size();
  return std::max<std::size_t>(1, intent.assets.size());
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
  intent.tag = assets.front().pendings.front()->tag;
  intent.deadline = last_wanted(assets) + patience;
  name_assets(intent, lane, assets);
  set_price(intent, lane, price_of(lane, priced(intent, lane, assets), prices));
  return intent;
}

}  // namespace quotecached::refill
