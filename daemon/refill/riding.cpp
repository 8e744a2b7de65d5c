#include "refill/riding.hpp"

#include <chrono>
#include <utility>

#include "refill/call_intent.hpp"

namespace quotecached::refill {
namespace {

using Steady = std::chrono::steady_clock;

}  // namespace

void Riding::choose(const LanePtr& lane) {
  const auto* const assets = parts_.queue.collecting(lane);
  if (!rides_ || assets == nullptr) return;
  const auto room = parts_.renewals.room(lane, *assets);
  if (room == 0) return;
  const auto busy = [this](std::string_view key) { return is_busy(key); };
  auto chosen = parts_.renewals.riders(lane, room, busy, parts_.clock.now());
  choices_.put(*lane, std::move(chosen), Steady::now());
}

void Riding::fill_up(WantQueue::Started& batch) {
  const auto& [lane, reason, assets] = batch.work;
  parts_.renewals.note_called(lane, parts_.clock.now());
  if (!rides_) return;
  const auto room = parts_.renewals.room(lane, names_of(assets));
  auto chosen = riders(lane, room);
  if (chosen.empty()) return;
  if (!may_bear(*lane, assets.size() + chosen.size())) return;
  const auto copies = [this](std::string_view key) { return copy_of(key); };
  parts_.queue.ride(batch, std::move(chosen), copies, Steady::now());
}

std::vector<Rider> Riding::riders(const LanePtr& lane, std::size_t room) {
  const auto busy = [this](std::string_view key) { return is_busy(key); };
  auto chosen = choices_.take(*lane, room, busy, Steady::now());
  if (room == 0 || !parts_.renewals.may_ride(lane, parts_.clock.now())) return {};
  if (chosen) return std::move(*chosen);
  return parts_.renewals.riders(lane, room, busy, parts_.clock.now());
}

bool Riding::may_bear(const Lane& lane, std::size_t assets) {
  if (has_room_for_riders(lane)) return true;
  return !parts_.book.refusal(ledger::Purpose::Miss, worst_case(lane, assets));
}

cache::EntryPtr Riding::copy_of(std::string_view key) const {
  auto copy = parts_.chain.in_memory(key);
  return copy && cache::is_usable(*copy, parts_.clock.now()) ? std::move(copy) : nullptr;
}

bool Riding::is_busy(std::string_view key) {
  if (parts_.queue.is_busy(key, Steady::now())) return true;
  if (copy_of(key)) return false;
  parts_.renewals.note_lost(key);
  return true;
}

}  // namespace quotecached::refill
