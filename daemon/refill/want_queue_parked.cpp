// What WantQueue does with assets that are parked.
#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "calling/call_policy.hpp"
#include "refill/want_queue.hpp"

namespace quotecached::refill {

bool WantQueue::must_park(const Lane& lane, const BatchAsset& asset, Time now) {
  if (lane.is_whole() || !is_needed(asset)) return false;
  if (parts_.junk.is_real(to_string(lane.parts().kind), asset.name)) return false;
  if (parts_.junk.opens(client_of(asset), now) > now) return true;
  parts_.junk.note_paid(client_of(asset), now);
  return false;
}

// What cannot have its turn in time is told so at once.
calling::FailurePtr WantQueue::park(const LanePtr& lane, BatchAsset asset, Time now) {
  const auto& junk = parts_.junk;
  const auto until = now + junk.longest_wait();
  const auto expected = next_turn(*lane, client_of(asset), now);
  const auto turn = turn_++;
  if (expected > until) {
    ++parts_.counters.turned_away;
    return calling::failure_out_of_turn(expected - now);
  }
  for (const auto& one : asset.pendings) {
    // Of its own: one may be taken over, and the others go on waiting here.
    const auto waits = std::make_shared<Waits>(Wait::Batch, now);
    if (one->waits) one->waits->follow(waits, now);
    one->waits = waits;
    one->parked_until = until;
  }
  const auto pendings = asset.pendings;
  const auto displaced = parking_.add({lane, std::move(asset), turn, until});
  if (!displaced) return nullptr;
  if (displaced->pendings != pendings) {
    turn_away(*displaced, now);
    return nullptr;
  }
  ++parts_.counters.turned_away;
  return out_of_turn(*displaced, now);
}

void WantQueue::turn_away(const BatchAsset& asset, Time now) {
  ++parts_.counters.turned_away;
  const auto why = out_of_turn(asset, now);
  for (const auto& one : asset.pendings) {
    pending_.erase(one);
    resolve(*one, nullptr, why);
  }
}

calling::FailurePtr WantQueue::out_of_turn(const BatchAsset& asset, Time now) const {
  return calling::failure_out_of_turn(parts_.junk.opens(client_of(asset), now) - now);
}

WantQueue::Time WantQueue::next_turn(const Lane& lane, const std::string& client, Time now) const {
  const auto calls_before = static_cast<int>(turn_ / lane.assets_per_call());
  return parts_.junk.opens(client, now) + calls_before * parts_.junk.window(client, now);
}

// What is refused at once is refused with all keys of its asset, and who waited would be with it.
bool WantQueue::may_take_over(const Want& want, std::size_t asset, Time now) const {
  if (is_closed_ || parking_.is_empty() || planner_.is_full()) return false;
  const auto is_held = [&](const std::string& name) {
    return parts_.hold_offs.held(name, false, now) != nullptr;
  };
  const auto width = want.lane->keys_per_asset();
  const auto keys = std::span(want.keys).subspan(asset * width, width);
  if (is_held(want.lane->name()) || std::ranges::any_of(keys, is_held, &WantedKey::key))
    return false;
  // Of several currencies it may be the only one that is not under way.
  for (std::size_t convert = 0; width > 1 && convert < width; ++convert) {
    if (is_held(narrowed(want.lane, {convert})->name())) return false;
  }
  return true;
}

// Of two gates that are closed, the one counts that opens first, but only for who has nothing else
// waiting: behind that, the key might come later than where it is.
bool WantQueue::is_sooner_for(const Want& want,
                              const std::string& name,
                              const PendingPtr& parked,
                              Time now) const {
  const auto& lane = *want.lane;
  if (parts_.junk.is_real(to_string(lane.parts().kind), name)) return true;
  if (parts_.junk.opens(want.client, now) <= now) return true;
  return !has_parked_ && next_turn(lane, want.client, now) < parts_.junk.opens(parked->client, now);
}

// Who waited for it goes on waiting, and gets the same answer. The client pays for it from here on,
// and it counts as its junk: else two clients would have more junk fetched than each may.
void WantQueue::take_over(const PendingPtr& parked, const std::string& client) {
  parking_.take_out(parked);
  pending_.erase(parked);
  parked->client = client;
  ++parked->owners;
  parked->parked_until = {};
}

void WantQueue::wait_along(const PendingPtr& parked, const std::string& client) {
  const auto turn = turn_++;
  if (parked->client == client) parking_.hasten(parked, turn);
}

// One lane for each opening of the gate: what waits in others needs a call of its own.
void WantQueue::release_parked(Time now) {
  if (parking_.is_empty()) return;
  while (const auto lane = parking_.open_lane(parts_.junk, now)) {
    for (auto& asset : parking_.take(lane->name(), lane->assets_per_call()))
      release(lane, std::move(asset), now);
  }
  for (const auto& asset : parking_.take_expired(now)) turn_away(asset, now);
}

void WantQueue::release(const LanePtr& lane, BatchAsset asset, Time now) {
  parts_.junk.note_paid(client_of(asset), now);
  const auto pendings = asset.pendings;
  const auto refused = enter(lane, std::move(asset), {}, now);
  if (!refused) return;
  for (const auto& one : pendings) {
    pending_.erase(one);
    resolve(*one, nullptr, refused);
  }
}

}  // namespace quotecached::refill
