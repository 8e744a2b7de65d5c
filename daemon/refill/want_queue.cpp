#include "refill/want_queue.hpp"

#include <algorithm>
#include <cassert>
#include <memory>
#include <utility>

#include "calling/call_policy.hpp"
#include "refill/grouping.hpp"

namespace quotecached::refill {
namespace {

// What a client holds a copy of is fetched for it without haste, as a refresh.
Reason reason_for(Reason reason, bool has_copy) {
  if (!has_copy || reason.priority != Priority::Foreground) return reason;
  return {Priority::Refresh, credit::Cause::Refresh};
}

// From now on the asset is of this batch: who waited for it while it was parked now waits for what
// the batch does.
void join_batch(const BatchAsset& asset,
                BatchId batch,
                const WaitsPtr& waits,
                WantQueue::Time now) {
  for (const auto& one : asset.pendings) {
    one->batch = batch;
    if (one->waits) one->waits->follow(waits, now);
    one->waits = waits;
    one->parked_until = {};
  }
}

// What a batch waits for: one record for all that are in it.
const WaitsPtr& waits_of(const BatchAssets& assets) {
  return assets.front().pendings.front()->waits;
}

}  // namespace

PendingPtr WantQueue::join(const WantedKey& one, Reason reason, Time now) {
  const auto found = pending_.find(std::string_view(one.key));
  if (found == pending_.end()) return nullptr;
  auto& joined = **found;
  // Its batch may still run for others. What that gave up may be tried anew; what it brought was
  // not good enough for who asks now, or is not any more.
  if (joined.resolved.is_set() && !joined.awaits_filing) {
    pending_.erase(found);
    return nullptr;
  }
  ++parts_.counters.coalesced;
  joined.is_wanted = true;
  joined.last_wanted = now;
  if (!joined.copy) joined.copy = one.copy;
  if (joined.awaits_filing) return *found;
  if (reason.priority == Priority::Foreground && !joined.is_needed) {
    joined.is_needed = true;
    planner_.promote(joined.batch, reason);
  }
  return *found;
}

Wanted WantQueue::join_or_make(
    WantedKey& one, const Want& want, const std::string& name, bool may_take, Time now) {
  const auto reason = reason_for(want.reason, one.copy != nullptr);
  auto joined = join(one, reason, now);
  const bool needs_it = reason.priority == Priority::Foreground;
  if (may_take && needs_it && joined && is_parked(*joined) &&
      is_sooner_for(want, name, joined, now)) {
    take_over(joined, want.client);
    joined->tag = want.tag;
    const auto owner = joined->owners;
    return {std::move(joined), true, owner};
  }
  if (joined) return {std::move(joined), false};
  auto made = std::make_shared<Pending>();
  made->key = std::move(one.key);
  made->copy = std::move(one.copy);
  made->client = want.client;
  made->tag = want.tag;
  return {std::move(made), true};
}

void WantQueue::add(Want want, Time now, std::vector<Wanted>& wanted) {
  const auto width = want.lane->keys_per_asset();
  assert(want.keys.size() == want.assets.size() * width);
  parts_.counters.wanted += want.keys.size();
  release_parked(now);  // nobody who comes now has his turn before those who wait
  turn_ = 0;
  has_parked_ = parking_.has_of(want.client);
  LanesLeft lanes(want.lane);
  std::vector<std::size_t> converts;  // of the asset at hand, to be fetched anew
  for (std::size_t i = 0; i < want.assets.size(); ++i) {
    BatchAsset asset{.name = std::move(want.assets[i]), .pendings = {}};
    bool has_copy = true;
    PendingPtr parked;  // one of its keys that goes on waiting
    const bool may_take = may_take_over(want, i, now);
    converts.clear();
    for (std::size_t convert = 0; convert < width; ++convert) {
      auto& one = want.keys[i * width + convert];
      const auto& part = wanted.emplace_back(join_or_make(one, want, asset.name, may_take, now));
      if (!part.started_it) {
        if (is_parked(*part.pending)) parked = part.pending;
        continue;
      }
      asset.pendings.push_back(part.pending);
      converts.push_back(convert);
      has_copy = has_copy && part.pending->copy && !part.pending->is_needed;
    }
    if (converts.empty()) {
      if (parked) wait_along(parked, want.client);
      continue;
    }
    begin(lanes.of(converts), std::move(asset), reason_for(want.reason, has_copy), now);
  }
}

void WantQueue::begin(const LanePtr& lane, BatchAsset asset, Reason reason, Time now) {
  for (const auto& one : asset.pendings) {
    one->started = one->last_wanted = now;
    one->is_needed = reason.priority == Priority::Foreground;
  }
  const auto pendings = asset.pendings;
  const auto refused = accept(lane, std::move(asset), reason, now);
  for (const auto& one : pendings) {
    if (refused) {
      resolve(*one, nullptr, refused);
      continue;
    }
    // Nothing waits in two batches.
    [[maybe_unused]] const bool is_new = pending_.insert(one).second;
    assert(is_new);
  }
}

calling::FailurePtr WantQueue::accept(const LanePtr& lane,
                                      BatchAsset asset,
                                      Reason reason,
                                      Time now) {
  auto held = held_off(*lane, asset, now);
  if (held) {
    ++parts_.counters.throttled;
    return held;
  }
  if (is_closed_) return calling::failure_when_full();
  if (must_park(*lane, asset, now)) return park(lane, std::move(asset), now);
  return enter(lane, std::move(asset), reason, now);
}

calling::FailurePtr WantQueue::held_off(const Lane& lane, const BatchAsset& asset, Time now) const {
  const bool has_copy = !is_needed(asset);
  auto held = parts_.hold_offs.held(lane.name(), has_copy, now);
  for (const auto& one : asset.pendings) {
    if (!held) held = parts_.hold_offs.held(one->key, has_copy, now);
  }
  return held;
}

calling::FailurePtr WantQueue::enter(const LanePtr& lane,
                                     BatchAsset asset,
                                     Reason reason,
                                     Time now) {
  const auto batch = planner_.add(lane, asset.name, reason, now);
  if (!batch) return calling::failure_when_full();
  auto& assets = batches_[*batch];
  if (assets.empty()) opened_.push_back(lane);
  const auto waits = assets.empty() ? std::make_shared<Waits>(Wait::Batch, now) : waits_of(assets);
  join_batch(asset, *batch, waits, now);
  assets.push_back(std::move(asset));
  return nullptr;
}

std::optional<WantQueue::Started> WantQueue::start(Time now) {
  release_parked(now);
  auto batch = planner_.start(now);
  if (!batch) return std::nullopt;
  auto collected = batches_.extract(batch->id);
  Started started{batch->id,
                  {std::move(batch->lane), batch->reason, std::move(collected.mapped())}};
  auto& work = started.work;
  const auto room = work.lane->assets_per_call() - work.assets.size();
  for (auto& rider : parking_.take(work.lane->name(), room)) {
    join_batch(rider, started.id, waits_of(work.assets), now);
    work.reason = {};  // a client waits for it
    work.assets.push_back(std::move(rider));
  }
  note_started(work.assets);
  return started;
}

bool WantQueue::is_busy(std::string_view key, Time now) const {
  return pending_.contains(key) || parts_.hold_offs.held(std::string(key), true, now) != nullptr;
}

void WantQueue::ride(Started& batch, std::vector<Rider> riders, const CopyOf& copy_of, Time now) {
  auto& assets = batch.work.assets;
  const auto waits = waits_of(assets);
  for (auto& rider : riders) {
    BatchAsset asset{.name = std::move(rider.asset), .pendings = {}};
    for (auto& key : rider.keys) {
      auto pending = std::make_shared<Pending>();
      pending->copy = copy_of(key);
      pending->key = std::move(key);
      pending->rides = true;
      pending->is_wanted = false;
      pending->started = pending->last_wanted = now;
      pending_.insert(pending);
      asset.pendings.push_back(std::move(pending));
    }
    join_batch(asset, batch.id, waits, now);
    assets.push_back(std::move(asset));
  }
  parts_.counters.riding += riders.size();
}

void WantQueue::note_started(const BatchAssets& assets) {
  ++parts_.counters.batches;
  parts_.counters.batch_assets += assets.size();
  const auto bucket = std::ranges::lower_bound(kBatchBuckets, assets.size());
  ++parts_.counters.batch_sizes[static_cast<std::size_t>(bucket - kBatchBuckets.begin())];
}

void WantQueue::finish(BatchId batch, std::span<const PendingPtr> ended) {
  forget(ended);
  planner_.finish(batch);
}

void WantQueue::forget(std::span<const PendingPtr> filed) {
  for (const auto& one : filed) {
    if (one->awaits_filing) continue;
    const auto found = pending_.find(one);
    if (found != pending_.end() && *found == one) pending_.erase(found);
  }
}

bool WantQueue::awaits_filing(std::string_view key) const {
  const auto found = pending_.find(key);
  return found != pending_.end() && (*found)->awaits_filing;
}

std::optional<WantQueue::Time> WantQueue::wakeup(Time now) const {
  auto at = planner_.wakeup();
  const auto parked = parking_.wakeup(parts_.junk, now);
  if (parked && (!at || *parked < *at)) at = parked;
  return at;
}

}  // namespace quotecached::refill
