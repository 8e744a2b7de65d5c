// Assets of a batch.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "refill/batch_asset.hpp"

namespace quotecached::test {

// That a client's request has started; "" stands for nobody.
inline refill::BatchAsset asked_by(const std::string& client,
                                   const std::string& name,
                                   std::size_t converts = 1) {
  refill::BatchAsset asset{.name = name, .pendings = {}};
  for (std::size_t convert = 0; convert < converts; ++convert) {
    auto pending = std::make_shared<refill::Pending>();
    pending->client = client;
    pending->is_needed = true;
    asset.pendings.push_back(std::move(pending));
  }
  return asset;
}

// That rides along.
inline refill::BatchAsset riding(const std::string& name, std::size_t converts = 1) {
  auto asset = asked_by("", name, converts);
  for (const auto& one : asset.pendings) {
    one->rides = true;
    one->is_wanted = one->is_needed = false;
  }
  return asset;
}

}  // namespace quotecached::test
