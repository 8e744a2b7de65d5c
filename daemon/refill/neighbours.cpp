#include "refill/neighbours.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace quotecached::refill {
namespace {

using Steady = std::chrono::steady_clock;

// How often the chain is asked for another daemon's copy: soon at first, then less and less.
constexpr std::chrono::milliseconds kFirstLook{10};
constexpr std::chrono::milliseconds kLastLook{100};

// Resolves what was found fresh (`hits` are in the order of keys_of()) and drops the assets that
// lack nothing any more.
void resolve_found(BatchAssets& assets, const std::vector<cache::Hit>& hits, TimePoint now) {
  std::size_t at = 0;
  for (const auto& asset : assets) {
    for (const auto& pending : asset.pendings) {
      const auto& entry = hits[at++].entry;
      if (entry && cache::is_fresh(*entry, now)) resolve(*pending, entry, nullptr);
    }
  }
  std::erase_if(assets, is_resolved);
}

// A fetch of some of an asset's keys is no fetch of all of them.
std::string claim_name(const BatchAsset& asset) {
  std::string name;
  for (const auto& pending : asset.pendings) name.append(pending->key).append("|");
  return name;
}

}  // namespace

asio::awaitable<BatchAssets> Neighbours::leave(BatchAssets* assets,
                                               std::vector<std::string>* claimed) {
  BatchAssets theirs;
  if (claims_ == nullptr || assets->empty()) co_return theirs;
  std::vector<std::string> names;
  for (const auto& asset : *assets) names.push_back(claim_name(asset));
  const auto ours = co_await claims_->claim(names);
  BatchAssets kept;
  for (std::size_t i = 0; i < names.size(); ++i) {
    (ours[i] ? kept : theirs).push_back(std::move((*assets)[i]));
    if (ours[i]) claimed->push_back(std::move(names[i]));
  }
  *assets = std::move(kept);
  co_return theirs;
}

asio::awaitable<void> Neighbours::release(std::vector<std::string> claimed, bool went_well) {
  if (claims_ != nullptr) co_await claims_->release(std::move(claimed), went_well);
}

asio::awaitable<BatchAssets> Neighbours::await(BatchAssets theirs,
                                               std::vector<std::string>* claimed) {
  const auto end = Steady::now() + options_.patience;
  auto pause = kFirstLook;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (!theirs.empty() && Steady::now() < end) {
    timer.expires_after(pause);
    co_await timer.async_wait(asio::use_awaitable);
    pause = std::min(pause * 2, kLastLook);
    auto keys = keys_of(theirs);
    const auto hits = co_await chain_.lookup(std::move(keys));
    resolve_found(theirs, hits, clock_.now());
    BatchAssets free = std::move(theirs);
    theirs = co_await leave(&free, claimed);
    if (free.empty()) continue;
    std::move(free.begin(), free.end(), std::back_inserter(theirs));
    break;
  }
  co_return theirs;
}

}  // namespace quotecached::refill
