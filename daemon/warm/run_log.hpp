// The last runs, those that go on among them, in memory and in rows: what each cost, and what came
// of it. Runs are ordered, or are a window from when it opens until it closes.
//
// Owned by the app and used on the engine's loop only. Bounded: the last kRemembered in memory,
// kRunsKept rows. A kill loses what came of an open window within the last minute.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "credit/call.hpp"
#include "warm/run.hpp"

namespace quotecached::store {
class Writer;
}

namespace quotecached::warm {

using RunPtr = std::shared_ptr<Run>;

class RunLog {
 public:
  static constexpr std::size_t kRemembered = 50;

  // `writer` may be null: runs are kept in memory alone. It and the clock must outlive the log.
  // `before`: runs of earlier times, the newest first.
  RunLog(store::Writer* writer, const Clock& clock, std::vector<Run> before, const Log& log);

  // Begins a run now, under a number of its own. It may cost `most`.
  RunPtr begin(Run run, Credits most);
  // Ends it now, in the state that came of its assets.
  void end(Run& run);

  // These are nothing for run 0, and for one that is not remembered.
  // A call was settled (Book::on_settled).
  void note(const credit::CallRecord& call);
  void note_outcome(std::int64_t run, Outcome::How how);
  // So many asks found a copy of the run fresh, which may have ended.
  void note_asks(std::int64_t run, double asks);

  // Writes the rows of runs that go on, as far as they changed. Cheap otherwise.
  void keep_changed();

  // The newest first.
  [[nodiscard]] std::vector<Run> last() const;

 private:
  struct Entry {
    RunPtr run;
    bool has_changed = false;  // since its row was written
    TimePoint kept_at{};
  };

  [[nodiscard]] Entry* find(std::int64_t run);
  void keep(Entry& entry);
  void forget_oldest();

  store::Writer* writer_;
  const Clock& clock_;
  Log log_;
  std::deque<Entry> runs_;  // the newest first
};

}  // namespace quotecached::warm
