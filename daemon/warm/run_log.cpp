#include "warm/run_log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "warm/run_rows.hpp"

namespace quotecached::warm {
namespace {

using How = Outcome::How;

constexpr std::chrono::minutes kKeepEvery{1};

}  // namespace

RunLog::RunLog(store::Writer* writer, const Clock& clock, std::vector<Run> before, const Log& log)
    : writer_(writer), clock_(clock), log_(log) {
  for (auto& run : before) runs_.push_back({std::make_shared<Run>(std::move(run))});
}

RunPtr RunLog::begin(Run run, Credits most) {
  run.id = runs_.empty() ? 1 : runs_.front().run->id + 1;
  run.began = clock_.now();
  // Outcomes are of the last order alone: they may be many.
  for (auto& entry : runs_) {
    if (run.begun_by == Run::By::Order) entry.run->outcomes.clear();
  }
  const auto& entry = runs_.emplace_front(Entry{std::make_shared<Run>(std::move(run))});
  const RunPtr begun = entry.run;
  keep(runs_.front());
  forget_oldest();
  log_.info("warm_run_begins",
            {{"run", begun->id},
             {"what", begun->what},
             {"begun_by", to_string(begun->begun_by)},
             {"assets", begun->assets},
             {"credits_at_most", most.count}});
  return begun;
}

void RunLog::end(Run& run) {
  run.state = state_of(run);
  run.ended = clock_.now();
  if (Entry* const entry = find(run.id)) keep(*entry);
  log_.info("warm_run_ended",
            {{"run", run.id},
             {"what", run.what},
             {"state", to_string(run.state)},
             {"renewed", run.count(How::Renewed)},
             {"calls", run.calls},
             {"credits_estimated", run.estimated.count},
             {"credits_spent", run.spent.count},
             {"stopped_by", run.stopped_by},
             {"failure", run.failure}});
}

void RunLog::note(const credit::CallRecord& call) {
  Entry* const entry = find(call.intent.run);
  if (entry == nullptr) return;
  ++entry->run->calls;
  entry->run->spent += call.outcome.charge.credits;
  entry->has_changed = true;
}

void RunLog::note_outcome(std::int64_t run, Outcome::How how) {
  Entry* const entry = find(run);
  if (entry == nullptr) return;
  ++entry->run->how[static_cast<std::size_t>(how)];
  entry->has_changed = true;
}

void RunLog::note_asks(std::int64_t run, double asks) {
  if (run == 0 || asks == 0) return;
  if (Entry* const entry = find(run)) entry->run->asks_fresh += asks;
  if (writer_ != nullptr) keep_asks(*writer_, run, asks, log_);
}

void RunLog::keep_changed() {
  const auto now = clock_.now();
  for (auto& entry : runs_) {
    const bool is_due = now >= entry.kept_at + kKeepEvery || now < entry.kept_at;
    if (entry.has_changed && is_due) keep(entry);
  }
}

void RunLog::keep(Entry& entry) {
  entry.has_changed = false;
  entry.kept_at = clock_.now();
  if (writer_ != nullptr && !entry.run->is_dry) keep_run(*writer_, *entry.run, log_);
}

// A window may be open for longer than fifty runs take.
void RunLog::forget_oldest() {
  if (runs_.size() <= kRemembered) return;
  const auto oldest = std::find_if(runs_.rbegin(), runs_.rend(), [](const Entry& entry) {
    return entry.run->state != Run::State::Running;
  });
  if (oldest != runs_.rend()) runs_.erase(std::next(oldest).base());
}

RunLog::Entry* RunLog::find(std::int64_t run) {
  if (run == 0) return nullptr;
  const auto found = std::ranges::find(runs_, run, [](const Entry& one) { return one.run->id; });
  return found == runs_.end() ? nullptr : &*found;
}

std::vector<Run> RunLog::last() const {
  std::vector<Run> last;
  for (const auto& entry : runs_) {
    last.push_back(*entry.run);
    // Not all are known yet.
    if (last.back().state == Run::State::Running) last.back().outcomes.clear();
  }
  return last;
}

}  // namespace quotecached::warm
