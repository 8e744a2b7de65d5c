#include "refill/parking.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <numeric>
#include <string_view>
#include <tuple>
#include <utility>

namespace quotecached::refill {
namespace {

// Tokens' names have no line breaks.
std::string flow_of(const ParkedAsset& parked) {
  return client_of(parked.asset) + '\n' + parked.lane->name();
}

}  // namespace

bool Parking::has_of(const std::string& client) const {
  return std::ranges::any_of(
      parked_, [&](const ParkedAsset& parked) { return client_of(parked.asset) == client; });
}

std::optional<BatchAsset> Parking::add(ParkedAsset parked) {
  parked_.push_back(std::move(parked));
  if (parked_.size() <= most_) return std::nullopt;
  const auto last = parked_.begin() + static_cast<std::ptrdiff_t>(in_turn().back());
  auto displaced = std::move(last->asset);
  parked_.erase(last);
  return displaced;
}

void Parking::take_out(const PendingPtr& key) {
  const auto at = find(key);
  auto& pendings = at->asset.pendings;
  std::vector<std::size_t> left;  // converts
  for (std::size_t i = 0; i < pendings.size(); ++i) {
    if (pendings[i] != key) left.push_back(i);
  }
  if (left.empty()) {
    parked_.erase(at);
    return;
  }
  at->lane = narrowed(at->lane, left);
  std::erase(pendings, key);
}

void Parking::hasten(const PendingPtr& key, std::size_t turn) {
  const auto at = find(key);
  at->turn = std::min(at->turn, turn);
}

std::deque<ParkedAsset>::iterator Parking::find(const PendingPtr& key) {
  const auto at = std::ranges::find_if(parked_, [&](const ParkedAsset& parked) {
    const auto& pendings = parked.asset.pendings;
    return std::ranges::find(pendings, key) != pendings.end();
  });
  assert(at != parked_.end());
  return at;
}

LanePtr Parking::open_lane(const JunkGate& gate, Time now) const {
  const auto is_open = [&](const ParkedAsset& parked) {
    return gate.opens(client_of(parked.asset), now) <= now;
  };
  if (std::ranges::none_of(parked_, is_open)) return nullptr;
  const ParkedAsset* next = nullptr;
  std::tuple<std::uint64_t, std::uint64_t> least;
  for (const auto at : in_turn()) {
    const auto& parked = parked_[at];
    if (!is_open(parked)) continue;
    const std::tuple turn{last_turn(client_of(parked.asset)), last_turn(flow_of(parked))};
    if (next != nullptr && turn >= least) continue;
    next = &parked;
    least = turn;
  }
  return next == nullptr ? nullptr : next->lane;
}

std::optional<Parking::Time> Parking::wakeup(const JunkGate& gate, Time now) const {
  std::optional<Time> soonest;
  for (const auto& parked : parked_) {
    const auto at = std::min(gate.opens(client_of(parked.asset), now), parked.until);
    if (!soonest || at < *soonest) soonest = at;
  }
  return soonest;
}

BatchAssets Parking::take(const std::string& lane, std::size_t most) {
  BatchAssets taken;
  if (parked_.empty() || most == 0) return taken;
  std::vector<bool> leaves(parked_.size());
  for (const auto at : in_turn()) {
    if (taken.size() == most) break;
    if (parked_[at].lane->name() != lane) continue;
    note_turn(parked_[at]);
    taken.push_back(std::move(parked_[at].asset));
    leaves[at] = true;
  }
  std::size_t at = 0;
  std::erase_if(parked_, [&](const ParkedAsset&) { return leaves[at++]; });
  return taken;
}

BatchAssets Parking::take_expired(Time now) {
  BatchAssets taken;
  const auto expired = [now](const ParkedAsset& parked) { return parked.until <= now; };
  for (auto& parked : parked_) {
    if (expired(parked)) taken.push_back(std::move(parked.asset));
  }
  std::erase_if(parked_, expired);
  return taken;
}

std::vector<std::size_t> Parking::in_turn() const {
  std::vector<std::size_t> order(parked_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [this](std::size_t at) { return parked_[at].turn; });
  // The first of each client, then the second of each, ...
  std::unordered_map<std::string_view, std::size_t> counts;
  std::vector<std::size_t> round(parked_.size());
  for (const auto at : order) round[at] = counts[client_of(parked_[at].asset)]++;
  std::ranges::stable_sort(order, {}, [&](std::size_t at) { return round[at]; });
  return order;
}

std::uint64_t Parking::last_turn(const std::string& whose) const {
  const auto found = had_turn_.find(whose);
  return found == had_turn_.end() ? 0 : found->second;
}

void Parking::note_turn(const ParkedAsset& parked) {
  if (had_turn_.size() > 2 * most_) had_turn_.clear();
  ++turns_;
  had_turn_[client_of(parked.asset)] = turns_;
  had_turn_[flow_of(parked)] = turns_;
}

}  // namespace quotecached::refill
