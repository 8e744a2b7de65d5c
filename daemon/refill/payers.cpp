#include "refill/payers.hpp"

#include <algorithm>
#include <cassert>

namespace quotecached::refill {

std::vector<credit::Payer> payers_of(const BatchAssets& assets) {
  std::vector<credit::Payer> payers;
  for (const auto& asset : assets) {
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
