#include "refill/shares.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "refill/grouping.hpp"

namespace quotecached::refill {
namespace {

// Adds an asset to the work of its lane, which is opened when need be.
void add(std::vector<LaneWork>& work, const LanePtr& lane, BatchAsset asset) {
  auto at = std::ranges::find(work, lane, &LaneWork::lane);
  if (at == work.end()) at = work.insert(work.end(), LaneWork{lane, {}});
  at->assets.push_back(std::move(asset));
}

}  // namespace

std::vector<std::string> open_keys(const BatchAssets& assets) {
  std::vector<std::string> keys;
  for (const auto& asset : assets) {
    for (const auto& pending : asset.pendings) {
      if (!pending->resolved.is_set()) keys.push_back(pending->key);
    }
  }
  return keys;
}

Shares share(const LanePtr& lane, BatchAssets assets, const std::vector<bool>& is_ours) {
  Shares shares;
  LanesLeft lanes(lane);
  std::size_t key = 0;
  for (auto& asset : assets) {
    BatchAsset ours{.name = asset.name, .pendings = {}};
    std::vector<std::size_t> converts;  // that are ours
    bool has_theirs = false;
    for (std::size_t convert = 0; convert < asset.pendings.size(); ++convert) {
      const auto& pending = asset.pendings[convert];
      if (pending->resolved.is_set()) continue;
      assert(key < is_ours.size());
      const bool is_theirs = !is_ours[key++];
      has_theirs = has_theirs || is_theirs;
      if (is_theirs) continue;
      converts.push_back(convert);
      ours.pendings.push_back(pending);
    }
    if (!converts.empty()) add(shares.ours, lanes.of(converts), std::move(ours));
    if (has_theirs) shares.theirs.push_back(std::move(asset));
  }
  return shares;
}

std::vector<std::string> take_dropped(std::vector<std::string>& claimed,
                                      const std::vector<PendingPtr>& all) {
  std::unordered_set<std::string_view> dropped;
  for (const auto& one : all) {
    if (is_dropped(*one)) dropped.insert(one->key);
  }
  const auto rest = std::ranges::stable_partition(
      claimed, [&dropped](const std::string& key) { return !dropped.contains(key); });
  std::vector<std::string> taken(std::make_move_iterator(rest.begin()),
                                 std::make_move_iterator(rest.end()));
  claimed.erase(rest.begin(), rest.end());
  return taken;
}

void drop_riders(Shares& shares) {
  std::unordered_set<const Pending*> ours;
  for (const auto& work : shares.ours) {
    for (const auto& asset : work.assets) {
      for (const auto& pending : asset.pendings) ours.insert(pending.get());
    }
  }
  std::erase_if(shares.theirs, [&ours](const BatchAsset& asset) {
    if (!is_riding(asset)) return false;
    for (const auto& pending : asset.pendings) {
      if (!ours.contains(pending.get())) resolve(*pending, nullptr, nullptr);
    }
    return true;
  });
}

}  // namespace quotecached::refill
