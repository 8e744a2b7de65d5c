#include "refill/planner.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace quotecached::refill {
namespace {

constexpr std::array<std::int64_t, kPriorities> kWeights = {16, 4, 2, 1};

}  // namespace

std::optional<BatchId> Planner::add(const LanePtr& lane,
                                    std::string asset,
                                    Reason reason,
                                    Time now) {
  if (is_full()) return std::nullopt;
  auto found = open_.find(lane);
  if (found == open_.end()) {
    OpenBatch fresh{.batch = {.id = ++last_id_, .lane = lane, .assets = {}, .reason = reason},
                    .opened = now};
    found = open_.emplace(lane, std::move(fresh)).first;
  }
  Batch& batch = found->second.batch;
  if (reason.priority < batch.reason.priority) batch.reason = reason;
  batch.assets.push_back(std::move(asset));
  ++waiting_;
  const BatchId id = batch.id;
  if (batch.assets.size() >= lane->assets_per_call()) close(lane);
  return id;
}

void Planner::promote(BatchId id, Reason reason) {
  for (auto& [lane, open] : open_) {
    if (open.batch.id != id) continue;
    if (reason.priority < open.batch.reason.priority) open.batch.reason = reason;
    return;
  }
  for (auto level = static_cast<std::size_t>(reason.priority) + 1; level < kPriorities; ++level) {
    auto& queue = closed_[level];
    const auto at =
        std::find_if(queue.begin(), queue.end(), [&](const Batch& b) { return b.id == id; });
    if (at == queue.end()) continue;
    at->reason = reason;
    closed_[static_cast<std::size_t>(reason.priority)].push_back(std::move(*at));
    queue.erase(at);
    return;
  }
}

std::optional<Batch> Planner::start(Time now) {
  close_due(now);
  const auto queue = pick_queue();
  if (!queue) return std::nullopt;
  Batch batch = std::move(closed_[*queue].front());
  closed_[*queue].pop_front();
  waiting_ -= batch.assets.size();
  in_flight_.emplace(batch.id, batch.lane);
  ++lane_calls_[batch.lane];
  return batch;
}

const std::vector<std::string>* Planner::collecting(const LanePtr& lane) const {
  const auto found = open_.find(lane);
  return found == open_.end() ? nullptr : &found->second.batch.assets;
}

void Planner::finish(BatchId id) {
  const auto started = in_flight_.find(id);
  assert(started != in_flight_.end());
  const auto lane = lane_calls_.find(started->second);
  if (--lane->second == 0) lane_calls_.erase(lane);
  in_flight_.erase(started);
}

std::optional<Planner::Time> Planner::wakeup() const {
  std::optional<Time> soonest;
  for (const auto& [lane, open] : open_) {
    const Time at = closes_at(open);
    if (at != Time::max() && (!soonest || at < *soonest)) soonest = at;
  }
  return soonest;
}

void Planner::close_due(Time now) {
  std::vector<LanePtr> due;
  for (const auto& [lane, open] : open_) {
    if (closes_at(open) <= now) due.push_back(lane);
  }
  for (const auto& lane : due) close(lane);
}

void Planner::close(const LanePtr& lane) {
  const auto found = open_.find(lane);
  Batch batch = std::move(found->second.batch);
  open_.erase(found);
  closed_[static_cast<std::size_t>(batch.reason.priority)].push_back(std::move(batch));
}

// A lane with a call in flight keeps collecting: what arrives meanwhile shares the next call.
// Clients that wait are held up by that only so long; refreshes wait for the call's end, so that a
// lane whose upstream hangs is not tried again and again.
Planner::Time Planner::closes_at(const OpenBatch& open) const {
  if (!lane_calls_.contains(open.batch.lane)) return open.opened + options_.window;
  if (open.batch.reason.priority != Priority::Foreground) return Time::max();
  return open.opened + std::max(options_.window, options_.window_max);
}

// The last free call is kept for clients: whoever works ahead of demand may use all but one.
bool Planner::may_start(Priority priority) const {
  const bool is_foreground = priority == Priority::Foreground;
  const std::size_t limit =
      is_foreground || options_.max_calls == 1 ? options_.max_calls : options_.max_calls - 1;
  return in_flight_.size() < limit;
}

std::optional<std::size_t> Planner::pick_queue() {
  std::optional<std::size_t> best;
  std::int64_t weights = 0;
  for (std::size_t level = 0; level < kPriorities; ++level) {
    if (closed_[level].empty() || !may_start(static_cast<Priority>(level))) continue;
    turn_[level] += kWeights[level];
    weights += kWeights[level];
    if (!best || turn_[level] > turn_[*best]) best = level;
  }
  if (best) turn_[*best] -= weights;
  return best;
}

}  // namespace quotecached::refill
