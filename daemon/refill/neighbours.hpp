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
#include "refill/lane.hpp"
#include "refill/shares.hpp"

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

  // Shares out the keys of `assets` nobody was answered for: what another daemon is fetching is
  // theirs, the rest is claimed for us, by the keys in `claimed`.
  asio::awaitable<Shares> leave(LanePtr lane,
                                BatchAssets assets,
                                std::vector<std::string>* claimed);

  // Our fetch of what was claimed is over.
  asio::awaitable<void> release(std::vector<std::string> claimed, bool went_well);

  // Waits for copies of `theirs` to appear in the chain. Returns at once when a fetch of theirs has
  // failed: what it left is claimed for us then, the rest is theirs still. What did not come by
  // `end` is ours to fetch too, and nothing is theirs any more.
  using Steady = std::chrono::steady_clock;
  asio::awaitable<Shares> await(LanePtr lane,
                                BatchAssets theirs,
                                Steady::time_point end,
                                std::vector<std::string>* claimed);

  // Until when to wait for a neighbour.
  [[nodiscard]] Steady::time_point end_of_patience() const {
    return Steady::now() + options_.patience;
  }

 private:
  cache::Claims* claims_;
  cache::Chain& chain_;
  Options options_;
  const Clock& clock_;
};

}  // namespace quotecached::refill
