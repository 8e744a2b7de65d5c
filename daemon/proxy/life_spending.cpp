// What Life counts of requests, and what it has paid for them.
#include <string_view>
#include <vector>

#include "pacing/age.hpp"
#include "proxy/funding.hpp"
#include "proxy/life.hpp"
#include "refill/renewals.hpp"

namespace quotecached::proxy {

void Life::count_asks(const catalog::Request& request, Gather& gather) {
  const auto* page = gather.page();
  // All pages of one answer are asks for that.
  const auto lane = page != nullptr ? page->lane() : refill::lane_of(request);
  const auto width = lane->keys_per_asset();
  const auto now = parts_.clock.now();
  for (std::size_t at = 0; at < gather.slots().size(); ++at) {
    auto& slot = gather.slots()[at];
    if (slot.counted || !slot.entry || slot.entry->is_negative) continue;
    slot.counted = true;
    const auto asset = lane->is_whole() ? std::string_view() : request.assets[at / width];
    const std::string_view key = page != nullptr ? std::string_view(page->key()) : slot.key;
    parts_.refill.renewals().note_asked(lane, asset, at % width, key, *slot.entry, now);
    parts_.refill.renewals().note_name(slot.key, key);
  }
}

// Ages are those of what the client gets.
void Life::count_served(const Answer& answer) const {
  const auto now = parts_.clock.now();
  for (const auto& copy : answer.owners) {
    if (copy && !copy->is_negative) parts_.refill.renewals().note_served(*copy, now);
  }
}

bool Life::decides_to_renew(const Gather& gather) {
  const auto& policy = parts_.policy.get();
  const auto renewal = renewal_of(gather, policy.rules);
  if (renewal != Renewal::IfWorth) return renewal == Renewal::Yes;
  const auto groups = gather.lanes();
  if (groups.empty()) return false;
  std::vector<refill::LanePtr> lanes;
  for (const auto& group : groups) lanes.push_back(group.lane);
  const auto price = policy.price * static_cast<double>(refill::worst_case(groups).count);
  return parts_.refill.renewals().is_worth(lanes, price, parts_.clock.now());
}

// Leaves out what the spend mode does not pay for.
void Life::exclude_unpayable(Gather& gather, bool renews) {
  const auto positions = unpayable(gather, parts_.policy.get().rules, renews);
  if (positions.empty()) return;
  calling::FailurePtr why;
  const auto refusal = parts_.book.refusal(ledger::Purpose::Miss, Credits{1});
  if (refusal) why = failure_of(*refusal);
  for (const auto at : positions) gather.exclude(at, why);
}

}  // namespace quotecached::proxy
