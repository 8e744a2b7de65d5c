#include "proxy/funding.hpp"

#include <map>

#include "refill/lane.hpp"

namespace quotecached::proxy {
namespace {

bool may_pay(const Gather::Slot& slot,
             const credit::SpendRules& rules,
             const std::function<bool(const std::string&)>& is_asked_twice) {
  if (slot.standing == Standing::Missing) return rules.misses;
  switch (rules.refreshes) {
    case credit::Refreshes::All: return true;
    case credit::Refreshes::AskedTwice: return is_asked_twice(slot.key);
    case credit::Refreshes::None: break;
  }
  return false;
}

}  // namespace

std::vector<std::size_t> unpayable(const Gather& gather,
                                   const credit::SpendRules& rules,
                                   const std::function<bool(const std::string&)>& is_asked_twice) {
  std::vector<std::size_t> positions;
  for (const auto at : gather.stale()) {
    if (!may_pay(gather.slots()[at], rules, is_asked_twice)) positions.push_back(at);
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
