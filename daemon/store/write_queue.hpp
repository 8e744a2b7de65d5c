// Jobs that wait for the writer's thread, in two lanes: ordinary ones, bounded in number and in
// bytes, and urgent ones, which go first but leave ordinary ones their turn now and then.
//
// Thread-safe: anybody pushes, the writer's thread takes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/mutex.hpp"
#include "base/types.hpp"
#include "store/writer.hpp"

namespace quotecached::store {

struct QueuedJob {
  Writer::Job job;
  Writer::Done done;
  Bytes weight;
  Writer::Sync sync = Writer::Sync::Normal;
};

class WriteQueue {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Stats {
    std::size_t jobs = 0;
    Bytes bytes;                // of ordinary ones
    std::uint64_t refused = 0;  // since the start
  };

  explicit WriteQueue(const Writer::Options& options);

  // False when the lane is full or the queue has ended.
  [[nodiscard]] bool push(QueuedJob job);
  [[nodiscard]] bool push_urgent(QueuedJob job);

  // Waits for jobs until `until`, and takes those of one transaction: of one lane, in order; none
  // when the time is over. False when the queue has ended and is empty. One thread only.
  [[nodiscard]] bool take(std::vector<QueuedJob>& group, Time until);
  // All that wait, urgent ones first.
  [[nodiscard]] std::deque<QueuedJob> take_all();

  // No further jobs are taken in, and nobody waits.
  void end();
  [[nodiscard]] bool has_ended() const;
  [[nodiscard]] Stats stats() const;

 private:
  const std::size_t max_jobs_;
  const std::size_t max_urgent_;
  const std::size_t max_group_;
  const Bytes max_bytes_;

  mutable Mutex mutex_;
  std::condition_variable changed_;
  std::deque<QueuedJob> urgent_ GUARDED_BY(mutex_);
  std::deque<QueuedJob> ordinary_ GUARDED_BY(mutex_);
  Bytes bytes_ GUARDED_BY(mutex_);  // of ordinary_
  std::uint64_t refused_ GUARDED_BY(mutex_) = 0;
  int urgent_in_a_row_ GUARDED_BY(mutex_) = 0;
  bool has_ended_ GUARDED_BY(mutex_) = false;
};

}  // namespace quotecached::store
