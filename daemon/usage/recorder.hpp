// Keeps the history of usage: adds what was counted since the last flush to the database.
//
// Everything counted is added once: numbers whose job failed go with the next flush. Owned by the
// engine and used on its loop only; the writer's thread never touches it. May be destroyed while
// its jobs wait; must be destroyed before its sources.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "credit/call.hpp"
#include "usage/rollup.hpp"
#include "usage/rollup_batch.hpp"

namespace quotecached::store {
class Writer;
}

namespace quotecached::usage {

class Recorder {
 public:
  struct Sources {
    // The counts since the daemon began, each endpoint and client once. They never fall.
    std::function<std::vector<UsageRow>()> requests;
    // Samples of assets since this was called last. Empty: none are taken.
    std::function<std::vector<AssetSample>()> samples;
    // How old what clients were served was, since the daemon began, each endpoint once. Empty: that
    // is not kept.
    std::function<std::vector<AgeRow>()> ages;
  };
  struct Totals {  // any thread
    std::atomic<std::uint64_t> flushes{0};
    std::atomic<std::uint64_t> failed{0};  // kept for the next, but for the last one at the end
  };

  static constexpr std::size_t kMostPending = 4;

  Recorder(store::Writer& writer, Sources sources, TimePoint started, Log log);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // A call was settled.
  void note(const credit::CallRecord& call);

  // To be called shortly after each minute's end (see until_flush), so that what was counted stays
  // in its minute, and at any moment besides. While kMostPending earlier ones wait to be written,
  // numbers are only collected.
  void flush(TimePoint now);

  // The last flush: does not wait for an earlier one. Its failure is logged, and its numbers lost.
  void finish(TimePoint now);

  // How long until the next flush is due.
  [[nodiscard]] static milliseconds until_flush(TimePoint now) noexcept;

  [[nodiscard]] const Totals& totals() const noexcept;

 private:
  struct Shared;  // what a job's end touches, on the writer's thread
  struct PendingWrite;

  void collect(TimePoint now);
  void collect_requests(TimePoint minute);
  void collect_ages(TimePoint day);
  // Takes back what could not be written.
  void take_back_failed();
  void submit();
  // What cannot be written from here on is lost, and that is logged.
  void abandon();

  store::Writer& writer_;
  Sources sources_;
  Log log_;
  std::shared_ptr<Shared> shared_;
  std::vector<std::shared_ptr<PendingWrite>> pending_;  // being written, oldest first
  TimePoint last_collected_;
  std::map<std::pair<std::string, std::string>, UsageCounts> seen_;  // by endpoint and client
  std::map<std::string, AgeCounts> ages_seen_;                       // by endpoint
  Batch batch_;
  bool is_failing_ = false;
};

}  // namespace quotecached::usage
