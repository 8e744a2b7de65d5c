#include "usage/recorder.hpp"

#include <chrono>

#include "store/writer.hpp"
#include "usage/rollup_period.hpp"
#include "usage/usage_rows.hpp"

namespace quotecached::usage {
namespace {

// What is counted until a flush is asked for belongs to the minute before.
constexpr milliseconds kAfterMinute{20};

}  // namespace

struct Recorder::Shared {
  explicit Shared(Log the_log) : log(std::move(the_log)) {}

  const Log log;
  Totals totals;
};

// A batch on its way into the database. The writer's thread reads it until it says how it went.
struct Recorder::PendingWrite {
  enum class State : std::uint8_t {
    Waiting,
    Abandoned,  // waiting, and nobody will take back what cannot be written
    Written,
    Failed,
  };

  Batch batch;
  std::string error;  // set before `state` says Failed
  std::atomic<State> state{State::Waiting};

  // The writer's thread; or the loop, for a job that was refused.
  void end(const Result<void>& result, Shared& shared) {
    ++shared.totals.flushes;
    if (!result) {
      ++shared.totals.failed;
      error = result.error().message;
    }
    const auto before = state.exchange(result ? State::Written : State::Failed);
    if (!result && before == State::Abandoned) tell_loss(shared);
  }
  void abandon(const Shared& shared) {
    auto found = State::Waiting;
    state.compare_exchange_strong(found, State::Abandoned);
    if (found == State::Failed) tell_loss(shared);
  }

 private:
  void tell_loss(const Shared& shared) const {
    shared.log.error("usage_is_lost", {{"error", error}});
  }
};

Recorder::Recorder(store::Writer& writer, Sources sources, TimePoint started, Log log)
    : writer_(writer),
      sources_(std::move(sources)),
      log_(std::move(log)),
      shared_(std::make_shared<Shared>(log_)),
      last_collected_(started) {}

Recorder::~Recorder() { abandon(); }

const Recorder::Totals& Recorder::totals() const noexcept { return shared_->totals; }

milliseconds Recorder::until_flush(TimePoint now) noexcept {
  return start_of(Period::Minute, now) + std::chrono::minutes(1) + kAfterMinute - now;
}

void Recorder::note(const credit::CallRecord& call) { batch_.add_call(call); }

void Recorder::flush(TimePoint now) {
  collect(now);
  take_back_failed();
  if (pending_.size() < kMostPending) submit();
}

void Recorder::finish(TimePoint now) {
  collect(now);
  take_back_failed();
  submit();
  abandon();
}

void Recorder::abandon() {
  for (const auto& write : pending_) write->abandon(*shared_);
  pending_.clear();
}

void Recorder::collect(TimePoint now) {
  const auto minute = minute_between(last_collected_, now);
  last_collected_ = now;
  collect_requests(minute);
  const auto day = start_of(Period::Day, minute);
  if (sources_.ages) collect_ages(day);
  if (!sources_.samples) return;
  for (const auto& sample : sources_.samples()) batch_.add_sample(day, sample);
}

void Recorder::collect_requests(TimePoint minute) {
  for (auto& row : sources_.requests()) {
    auto& seen = seen_[{row.endpoint, row.client}];
    auto news = row.counts;
    news -= seen;
    if (news == UsageCounts()) continue;
    seen = row.counts;
    batch_.add_requests({minute, std::move(row.endpoint), std::move(row.client)}, news);
  }
}

void Recorder::collect_ages(TimePoint day) {
  for (auto& row : sources_.ages()) {
    auto& seen = ages_seen_[row.endpoint];
    const auto sum = row.counts;
    row.counts -= seen;
    if (row.counts == AgeCounts()) continue;
    seen = sum;
    batch_.add_ages(day, row);
  }
}

void Recorder::take_back_failed() {
  std::erase_if(pending_, [this](const std::shared_ptr<PendingWrite>& write) {
    const auto state = write->state.load();
    if (state == PendingWrite::State::Waiting) return false;
    const bool has_failed = state == PendingWrite::State::Failed;
    if (has_failed && !is_failing_) log_.warn("usage_cannot_be_written", {{"error", write->error}});
    if (!has_failed && is_failing_) log_.info("usage_can_be_written_again");
    is_failing_ = has_failed;
    if (has_failed) batch_.merge(std::move(write->batch));
    return true;
  });
}

void Recorder::submit() {
  batch_.fold_assets();
  if (batch_.empty()) return;
  auto write = std::make_shared<PendingWrite>();
  write->batch = std::exchange(batch_, Batch());
  auto job = [write](SQLite::Database& database) { add_usage(database, write->batch); };
  auto done = [write, shared = shared_](const Result<void>& end) { write->end(end, *shared); };
  if (!writer_.submit(std::move(job), done, write->batch.weight()))
    done(fail(ErrorCode::Exhausted, "too many database writes queued"));
  pending_.push_back(std::move(write));
}

}  // namespace quotecached::usage
