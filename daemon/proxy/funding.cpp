#include "proxy/funding.hpp"

#include <map>

#include "refill/lane.hpp"

namespace quotecached::proxy {
namespace {

using pacing::Refreshes;

bool is_missing(const Gather::Slot& slot) { return slot.standing == Standing::Missing; }

// Of copies that somebody pays for anyway, one more costs nothing.
bool is_refreshed(const Gather& gather,
                  const std::vector<std::size_t>& stale,
                  const pacing::SpendRules& rules,
                  const IsWorth& is_worth) {
  if (rules.refreshes != Refreshes::Worthwhile) return rules.refreshes == Refreshes::All;
  std::vector<pacing::StaleCopy> copies;
  for (const auto at : stale) {
    const Gather::Slot& slot = gather.slots()[at];
    if (!is_missing(slot)) {
      copies.push_back({slot.key, slot.entry->fetched_at});
    } else if (rules.misses) {
      return true;
    }
  }
  return copies.empty() || is_worth(copies);
}

}  // namespace

std::vector<std::size_t> unpayable(const Gather& gather,
                                   const pacing::SpendRules& rules,
                                   const IsWorth& is_worth) {
  const auto stale = gather.stale();
  const bool refreshes = is_refreshed(gather, stale, rules, is_worth);
  std::vector<std::size_t> positions;
  for (const auto at : stale) {
    if (!(is_missing(gather.slots()[at]) ? rules.misses : refreshes)) positions.push_back(at);
  }
  return positions;
}

Credits price_of(const catalog::Request& request, std::span<const refill::Missing> missing) {
  if (missing.empty()) return {};
  if (request.kind == catalog::KeyKind::None)
    return refill::worst_case(refill::whole_lane(request), 1);
  // As refill makes calls: assets that lack the same converts share one.
  std::map<std::size_t, std::vector<std::size_t>> converts_by_asset;
  for (const auto& one : missing) converts_by_asset[one.asset].push_back(one.convert);
  std::map<std::vector<std::size_t>, std::size_t> assets_by_converts;
  for (const auto& [asset, converts] : converts_by_asset) ++assets_by_converts[converts];
  Credits price;
  for (const auto& [converts, assets] : assets_by_converts)
    price += refill::worst_case(refill::asset_lane(request, converts), assets);
  return price;
}

}  // namespace quotecached::proxy
