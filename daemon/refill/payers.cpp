#include "refill/payers.hpp"

#include <algorithm>
#include <cassert>

namespace quotecached::refill {

std::vector<credit::Payer> payers_of(const BatchAssets& assets) {
  std::vector<credit::Payer> payers;
  // Where nothing is left but assets that rode along, and that somebody asked for since, they pay.
  const bool all_ride = std::ranges::all_of(assets, rides);
  for (const auto& asset : assets) {
    if (rides(asset) && !all_ride) continue;
    const auto known = std::ranges::find(payers, client_of(asset), &credit::Payer::client);
    if (known == payers.end()) {
      payers.push_back({client_of(asset), 1});
    } else {
      ++known->assets;
    }
  }
  return payers;
}

void charge(const BatchAssets& assets, const std::vector<Credits>& parts) {
  if (parts.empty()) return;
  const auto payers = payers_of(assets);
  assert(parts.size() == payers.size());
  for (std::size_t i = 0; i < payers.size(); ++i) {
    const auto first = std::ranges::find(assets, payers[i].client, client_of);
    first->pendings.front()->cost += parts[i];
  }
}

}  // namespace quotecached::refill
