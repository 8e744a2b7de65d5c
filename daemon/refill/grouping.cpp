#include "refill/grouping.hpp"

#include "catalog/request.hpp"

namespace quotecached::refill {

std::vector<LaneGroup> lanes_of(const catalog::Request& request,
                                std::span<const std::size_t> lacking) {
  std::vector<LaneGroup> groups;
  if (lacking.empty()) return groups;
  if (request.kind == catalog::KeyKind::None) {
    groups.push_back({whole_lane(request), {0}});
    return groups;
  }
  const auto width = request.converts.size();
  std::map<std::vector<std::size_t>, std::size_t> group_by_converts;
  std::vector<std::size_t> converts;  // that the asset at hand lacks
  for (std::size_t begin = 0; begin < lacking.size(); begin += converts.size()) {
    const auto asset = lacking[begin] / width;
    converts.clear();
    for (auto at = begin; at < lacking.size() && lacking[at] / width == asset; ++at)
      converts.push_back(lacking[at] % width);
    const auto [found, is_new] = group_by_converts.try_emplace(converts, groups.size());
    if (is_new) groups.push_back({asset_lane(request, converts), {}});
    auto& keys = groups[found->second].keys;
    for (const auto convert : converts) keys.push_back(asset * width + convert);
  }
  return groups;
}

Credits worst_case(std::span<const LaneGroup> groups) noexcept {
  Credits sum;
  for (const auto& group : groups) sum += worst_case(*group.lane, group.assets());
  return sum;
}

LanePtr LanesLeft::of(const std::vector<std::size_t>& converts) {
  if (converts.size() == lane_->keys_per_asset()) return lane_;
  auto& lane = narrow_[converts];
  if (!lane) lane = narrowed(lane_, converts);
  return lane;
}

}  // namespace quotecached::refill
