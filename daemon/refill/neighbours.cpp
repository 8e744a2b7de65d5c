#include "refill/neighbours.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace quotecached::refill {
namespace {

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
      if (pending->resolved.is_set()) continue;  // by a call of our own
      if (!entry || !cache::is_fresh(*entry, now)) continue;
      pending->is_from_neighbour = true;
      resolve(*pending, entry, nullptr);
    }
  }
  std::erase_if(assets, is_resolved);
}

}  // namespace

asio::awaitable<Shares> Neighbours::leave(LanePtr lane,
                                          BatchAssets assets,
                                          std::vector<std::string>* claimed) {
  auto keys = open_keys(assets);
  std::vector<bool> ours(keys.size(), true);
  if (claims_ != nullptr && !keys.empty()) {
    ours = co_await claims_->claim(keys);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (ours[i]) claimed->push_back(std::move(keys[i]));
    }
  }
  co_return share(lane, std::move(assets), ours);
}

asio::awaitable<void> Neighbours::release(std::vector<std::string> claimed, bool went_well) {
  if (claims_ != nullptr) co_await claims_->release(std::move(claimed), went_well);
}

asio::awaitable<Shares> Neighbours::await(LanePtr lane,
                                          BatchAssets theirs,
                                          Steady::time_point end,
                                          std::vector<std::string>* claimed) {
  auto pause = kFirstLook;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  do {  // once in any case: our own calls may have taken longer than patience lasts
    timer.expires_after(pause);
    co_await timer.async_wait(asio::use_awaitable);
    pause = std::min(pause * 2, kLastLook);
    auto keys = keys_of(theirs);
    const auto hits = co_await chain_.lookup(std::move(keys));
    resolve_found(theirs, hits, clock_.now());
    auto shares = co_await leave(lane, std::move(theirs), claimed);
    if (!shares.ours.empty()) co_return shares;
    theirs = std::move(shares.theirs);
  } while (!theirs.empty() && Steady::now() < end);
  const std::vector<bool> all(open_keys(theirs).size(), true);
  co_return share(lane, std::move(theirs), all);
}

}  // namespace quotecached::refill
