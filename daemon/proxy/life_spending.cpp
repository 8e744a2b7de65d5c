// What Life counts of requests, and what it has paid for them.
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "pacing/age.hpp"
#include "proxy/funding.hpp"
#include "proxy/life.hpp"
#include "refill/renewals.hpp"

namespace quotecached::proxy {

// Asks for a name are asks for what it leads to.
void Life::count_asks(const catalog::Request& request, Gather& gather, Translation& translation) {
  if (auto* by_id = translation.by_id()) count_asks(translation.fetched(), *by_id);
  if (!translation.applies()) return count_asks(request, gather);
  const auto lane = refill::lane_of(request);
  const auto width = lane->keys_per_asset();
  const auto now = parts_.clock.now();
  for (std::size_t at = 0; at < gather.slots().size(); ++at) {
    auto& slot = gather.slots()[at];
    if (slot.counted || !slot.entry || slot.entry->is_negative) continue;
    slot.counted = true;
    parts_.refill.renewals().note_named({.lane = lane,
                                         .name = request.assets[at / width],
                                         .convert = at % width,
                                         .key = slot.key,
                                         .copy = *slot.entry,
                                         .told_at = told_at(translation, at / width),
                                         .counts_parts = !translation.leads(at / width)},
                                        now);
  }
}

// When the provider told what the name of an asset leads to; 1970: that is not at hand.
TimePoint Life::told_at(const Translation& translation, std::size_t asset) const {
  auto alias = translation.alias(asset);
  if (!alias) alias = parts_.memory.lookup(translation.alias_key(asset));
  return alias ? alias->fetched_at : TimePoint{};
}

void Life::count_asks(const catalog::Request& request, Gather& gather) {
  auto& renewals = parts_.refill.renewals();
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
    renewals.note_asked(lane, asset, at % width, key, *slot.entry, now);
    const auto hash = hash64(key);
    if (key != slot.key) renewals.note_name(slot.key, {&hash, 1});
  }
}

// Ages are those of what the client gets.
void Life::count_served(const catalog::Request& request,
                        const Gather& gather,
                        const Answer& answer) {
  auto& led = request.kind == catalog::KeyKind::Slug ? names_led_.slugs : names_led_.symbols;
  led += gather.made_of_parts();
  const auto now = parts_.clock.now();
  auto& renewals = parts_.refill.renewals();
  for (const auto& copy : answer.owners) {
    if (copy && !copy->is_negative) renewals.note_served(*request.endpoint, *copy, now);
  }
}

Translation::IsBusy Life::is_busy() const {
  return [this](std::string_view key) { return parts_.refill.is_busy(key); };
}

bool Life::decides_to_renew(Gather& gather, Translation& translation) {
  const auto& policy = parts_.policy.get();
  const auto renewal = renewal_of(gather, policy.rules);
  if (renewal != Renewal::IfWorth) return renewal == Renewal::Yes;
  const auto now = parts_.clock.now();
  translation.divide(gather, is_busy(), now);
  auto groups = gather.lanes();
  if (const auto* by_id = translation.by_id()) {
    for (auto& group : by_id->lanes()) groups.push_back(std::move(group));
  }
  if (groups.empty()) return false;
  std::vector<refill::LanePtr> lanes;
  Credits credits;
  for (const auto& group : groups) {
    lanes.push_back(group.lane);
    credits += parts_.refill.price_of(*group.lane, group.assets()).predicted;
  }
  const auto price = policy.price * static_cast<double>(credits.count);
  return parts_.refill.renewals().is_worth(lanes, price, now);
}

}  // namespace quotecached::proxy
