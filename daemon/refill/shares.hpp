// Which keys of a batch are ours to fetch and which another daemon fetches already; and by which
// lanes ours are asked for.
//
// Pure. Claims are made key by key: of an asset asked for in two currencies a neighbour may be
// fetching one. Ours are the others, by a lane that is narrower.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "refill/batch_asset.hpp"
#include "refill/lane.hpp"

namespace quotecached::refill {

// Assets that one call may ask for, each with one pending per convert of the lane.
struct LaneWork {
  LanePtr lane;
  BatchAssets assets;
};

struct Shares {
  std::vector<LaneWork> ours;
  BatchAssets theirs;  // those with a key that is another daemon's, as wide as they were
};

// The keys that nobody was answered for yet, asset by asset.
[[nodiscard]] std::vector<std::string> open_keys(const BatchAssets& assets);

// `is_ours`: for each of open_keys(assets), in order. Requires: the assets are as wide as the lane.
[[nodiscard]] Shares share(const LanePtr& lane,
                           BatchAssets assets,
                           const std::vector<bool>& is_ours);

// The claimed keys for which no call was made, taken off `claimed`. `all`: pendings of the batch.
[[nodiscard]] std::vector<std::string> take_dropped(std::vector<std::string>& claimed,
                                                    const std::vector<PendingPtr>& all);

// Drops what of the assets that only ride along is another daemon's; what is ours of them stays.
void drop_riders(Shares& shares);

}  // namespace quotecached::refill
