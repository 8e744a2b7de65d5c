#include "store/write_queue.hpp"

#include <iterator>
#include <utility>

namespace quotecached::store {
namespace {

// Ordinary jobs get a transaction after so many urgent ones in a row.
constexpr int kUrgentInARow = 16;

}  // namespace

WriteQueue::WriteQueue(const Writer::Options& options)
    : max_jobs_(options.max_queued_jobs),
      max_urgent_(options.max_queued_urgent),
      max_group_(options.max_group),
      max_bytes_(options.max_queued_bytes) {}

// A job that is heavier than all together may be is taken in when it is alone.
bool WriteQueue::push(QueuedJob job) {
  {
    const MutexLock lock(mutex_);
    const bool is_too_heavy = bytes_.count + job.weight.count > max_bytes_.count;
    if (has_ended_ || ordinary_.size() >= max_jobs_ || (is_too_heavy && !ordinary_.empty())) {
      ++refused_;
      return false;
    }
    bytes_.count += job.weight.count;
    ordinary_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

bool WriteQueue::push_urgent(QueuedJob job) {
  {
    const MutexLock lock(mutex_);
    if (has_ended_ || urgent_.size() >= max_urgent_) {
      ++refused_;
      return false;
    }
    job.weight = {};  // bounded in number only
    urgent_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

bool WriteQueue::take(std::vector<QueuedJob>& group, Time until) {
  group.clear();
  MutexLock lock(mutex_);
  bool is_in_time = true;
  while (!has_ended_ && ordinary_.empty() && urgent_.empty() && is_in_time)
    is_in_time = lock.wait_until(changed_, until);
  const bool is_urgent =
      !urgent_.empty() && (ordinary_.empty() || urgent_in_a_row_ < kUrgentInARow);
  urgent_in_a_row_ = is_urgent ? urgent_in_a_row_ + 1 : 0;
  auto& lane = is_urgent ? urgent_ : ordinary_;
  while (!lane.empty() && group.size() < max_group_) {
    bytes_.count -= lane.front().weight.count;
    group.push_back(std::move(lane.front()));
    lane.pop_front();
  }
  return !group.empty() || !has_ended_;
}

std::deque<QueuedJob> WriteQueue::take_all() {
  const MutexLock lock(mutex_);
  std::deque<QueuedJob> all;
  all.swap(urgent_);
  std::move(ordinary_.begin(), ordinary_.end(), std::back_inserter(all));
  ordinary_.clear();
  bytes_ = {};
  return all;
}

void WriteQueue::end() {
  {
    const MutexLock lock(mutex_);
    has_ended_ = true;
  }
  changed_.notify_all();
}

bool WriteQueue::has_ended() const {
  const MutexLock lock(mutex_);
  return has_ended_;
}

WriteQueue::Stats WriteQueue::stats() const {
  const MutexLock lock(mutex_);
  return {ordinary_.size() + urgent_.size(), bytes_, refused_};
}

}  // namespace quotecached::store
