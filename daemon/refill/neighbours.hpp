// Other daemons that share the chain through Redis: what one of them is fetching is left to it, and
// its copies are waited for.
//
// Owned by the batch runner and used on the engine's loop only.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "cache/chain.hpp"
#include "cache/claims.hpp"
#include "refill/batch_asset.hpp"

namespace quotecached::refill {

namespace asio = boost::asio;

class Neighbours {
 public:
  struct Options {
    std::chrono::milliseconds patience{3000};  // with a fetch of theirs
  };

  // `claims` is null when no other daemon shares the chain: then nothing is left to anybody.
  Neighbours(cache::Claims* claims, cache::Chain& chain, Options options, const Clock& clock)
      : claims_(claims), chain_(chain), options_(options), clock_(clock) {}

  // Takes those that another daemon is fetching out of `assets` and returns them; the others are
  // claimed for us, under the names in `claimed`.
  asio::awaitable<BatchAssets> leave(BatchAssets* assets, std::vector<std::string>* claimed);

  // Our fetch of what was claimed is over.
  asio::awaitable<void> release(std::vector<std::string> claimed, bool went_well);

  // Waits for copies of `theirs` to appear in the chain; returns what did not come in time. Returns
  // at once when a fetch of theirs has failed: what it left is claimed for us then.
  asio::awaitable<BatchAssets> await(BatchAssets theirs, std::vector<std::string>* claimed);

 private:
  cache::Claims* claims_;
  cache::Chain& chain_;
  Options options_;
  const Clock& clock_;
};

}  // namespace quotecached::refill
