// One asset of a batch with the keys it is fetched for, and who waits for them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "refill/lane.hpp"
#include "refill/pending.hpp"
#include "refill/planner.hpp"

namespace quotecached::refill {

struct BatchAsset {
  std::string name;                  // empty for a whole answer
  std::vector<PendingPtr> pendings;  // one per convert of the lane
};

using BatchAssets = std::vector<BatchAsset>;

// What one call, or one after the other, shall bring.
struct BatchWork {
  LanePtr lane;
  Reason reason;
  BatchAssets assets;
};

// Answers those who wait for the key; the first answer counts.
void resolve(Pending& pending, cache::EntryPtr entry, calling::FailurePtr failure);
void resolve_all(const BatchAsset& asset,
                 const cache::EntryPtr& entry,
                 const calling::FailurePtr& failure);

// Keeps for those who still wait what came beside an answer.
void keep_headers(const BatchAssets& assets, const std::string& lines);

[[nodiscard]] bool is_resolved(const BatchAsset& asset);

// Somebody who waits has no stale copy to fall back to.
[[nodiscard]] bool is_needed(const BatchAsset& asset);

// It is fetched since there was room in a call.
[[nodiscard]] bool rides(const BatchAsset& asset);
// ... and nobody has asked for it since: it may be dropped without a word.
[[nodiscard]] bool is_riding(const BatchAsset& asset);

// There is nothing but what may be dropped.
[[nodiscard]] bool is_for_nobody(const BatchAssets& assets);

// No call was made for it, since nobody asked for it.
[[nodiscard]] bool is_dropped(const Pending& pending);

// Drops the assets that only ride along. Returns whether there were any.
bool drop_riders(BatchAssets& assets);

// Whose request has started its fetch; empty: nobody's.
[[nodiscard]] const std::string& client_of(const BatchAsset& asset);

[[nodiscard]] std::vector<PendingPtr> pendings_of(const BatchAssets& assets);
[[nodiscard]] std::vector<std::string> names_of(const BatchAssets& assets);
[[nodiscard]] std::vector<std::string> keys_of(const BatchAssets& assets);

// The last half of the assets, taken off `assets`.
[[nodiscard]] BatchAssets take_half(BatchAssets& assets);

// One of the assets, taken off them. Requires: there is one.
[[nodiscard]] BatchAssets take_one(BatchAssets& assets, std::size_t lot);

// The assets with their keys for one of the lane's converts only.
[[nodiscard]] BatchAssets take_convert(const BatchAssets& assets, std::size_t convert);

}  // namespace quotecached::refill
