#include "refill/batch_asset.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace quotecached::refill {

void resolve(Pending& pending, cache::EntryPtr entry, calling::FailurePtr failure) {
  if (pending.resolved.is_set()) return;
  pending.entry = std::move(entry);
  pending.failure = std::move(failure);
  pending.resolved.set();
}

void resolve_all(const BatchAsset& asset,
                 const cache::EntryPtr& entry,
                 const calling::FailurePtr& failure) {
  for (const auto& pending : asset.pendings) resolve(*pending, entry, failure);
}

void keep_headers(const BatchAssets& assets, const std::string& lines) {
  const auto kept = lines.empty() ? nullptr : std::make_shared<const std::string>(lines);
  for (const auto& asset : assets) {
    for (const auto& one : asset.pendings) {
      if (!one->resolved.is_set()) one->headers = kept;
    }
  }
}

bool is_resolved(const BatchAsset& asset) {
  return std::all_of(asset.pendings.begin(), asset.pendings.end(), [](const PendingPtr& pending) {
    return pending->resolved.is_set();
  });
}

const std::string& client_of(const BatchAsset& asset) { return asset.pendings.front()->client; }

bool is_needed(const BatchAsset& asset) {
  return std::any_of(asset.pendings.begin(), asset.pendings.end(), [](const PendingPtr& pending) {
    return pending->is_needed;
  });
}

bool rides(const BatchAsset& asset) { return asset.pendings.front()->rides; }

bool is_riding(const BatchAsset& asset) {
  return std::none_of(asset.pendings.begin(), asset.pendings.end(), [](const PendingPtr& pending) {
    return pending->is_wanted;
  });
}

bool is_for_nobody(const BatchAssets& assets) { return std::ranges::all_of(assets, is_riding); }

bool is_dropped(const Pending& pending) {
  return pending.resolved.is_set() && !pending.entry && !pending.failure;
}

bool drop_riders(BatchAssets& assets) {
  return std::erase_if(assets, [](const BatchAsset& asset) {
           if (!is_riding(asset)) return false;
           resolve_all(asset, nullptr, nullptr);
           return true;
         }) > 0;
}

std::vector<PendingPtr> pendings_of(const BatchAssets& assets) {
  std::vector<PendingPtr> all;
  for (const auto& asset : assets)
    all.insert(all.end(), asset.pendings.begin(), asset.pendings.end());
  return all;
}

std::vector<std::string> names_of(const BatchAssets& assets) {
  std::vector<std::string> names;
  names.reserve(assets.size());
  for (const auto& asset : assets) names.push_back(asset.name);
  return names;
}

std::vector<std::string> keys_of(const BatchAssets& assets) {
  std::vector<std::string> keys;
  for (const auto& asset : assets) {
    for (const auto& pending : asset.pendings) keys.push_back(pending->key);
  }
  return keys;
}

BatchAssets take_half(BatchAssets& assets) {
  const auto middle = assets.begin() + static_cast<std::ptrdiff_t>(assets.size() / 2);
  BatchAssets half(std::make_move_iterator(middle), std::make_move_iterator(assets.end()));
  assets.erase(middle, assets.end());
  return half;
}

BatchAssets take_one(BatchAssets& assets, std::size_t lot) {
  const auto at = assets.begin() + static_cast<std::ptrdiff_t>(lot % assets.size());
  BatchAssets one;
  one.push_back(std::move(*at));
  assets.erase(at);
  return one;
}

BatchAssets take_convert(const BatchAssets& assets, std::size_t convert) {
  BatchAssets part;
  part.reserve(assets.size());
  for (const auto& asset : assets) part.push_back({asset.name, {asset.pendings[convert]}});
  return part;
}

}  // namespace quotecached::refill
