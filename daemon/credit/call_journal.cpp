#include "credit/call_journal.hpp"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include "base/mutex.hpp"
#include "base/on_exit.hpp"
#include "io/handoff.hpp"

namespace quotecached::credit {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kLogInterval{60};

// Rows that could not be written; of more the oldest are given up. Such a call counts twice after a
// restart, which errs on the safe side.
constexpr std::size_t kMostUnwritten = 1000;

// A call's row, or that it is to be dropped.
struct Unwritten {
  std::uint64_t number = 0;
  CallRow row;
  bool is_dropped = false;
};

}  // namespace

struct CallJournal::Shared {
  Shared(std::string whose, std::string why, std::int64_t last_id, Log the_log)
      : account(std::move(whose)),
        log(std::move(the_log)),
        dead_up_to(last_id),
        error(std::move(why)) {}

  const std::string account;
  const Log log;
  const std::int64_t dead_up_to;  // calls up to this one are another daemon's
  std::atomic<std::uint64_t> unrecorded{0};
  mutable Mutex mutex;
  std::string error GUARDED_BY(mutex);
  Steady::time_point next_log GUARDED_BY(mutex){};
  std::deque<Unwritten> unwritten GUARDED_BY(mutex);
  std::uint64_t last_unwritten GUARDED_BY(mutex) = 0;
  // Of what is unwritten: by jobs that have not ended.
  std::uint64_t put_up_to GUARDED_BY(mutex) = 0;

  // In the same transaction, since the windows hold what was lost.
  void put_account(SQLite::Database& database, const Windows& windows) {
    mark_lost(database, account, dead_up_to);
    put_windows(database, account, {}, windows);
    put_unwritten(database);
  }

  // The loop waits for the mutex, so not while the disk does.
  void put_unwritten(SQLite::Database& database) {
    const std::vector<Unwritten> news = unwritten_news();
    for (const Unwritten& one : news) {
      if (one.is_dropped) {
        delete_call(database, account, one.row.id);
      } else {
        put_call(database, account, one.row);
      }
    }
    if (news.empty()) return;
    const MutexLock lock(mutex);
    put_up_to = news.back().number;
  }

  std::vector<Unwritten> unwritten_news() const {
    const MutexLock lock(mutex);
    const auto first = std::ranges::find_if(
        unwritten, [put = put_up_to](const Unwritten& one) { return one.number > put; });
    return {first, unwritten.end()};
  }

  void keep_unwritten(CallRow row, bool is_dropped) {
    const MutexLock lock(mutex);
    if (unwritten.size() >= kMostUnwritten) unwritten.pop_front();
    unwritten.push_back({++last_unwritten, std::move(row), is_dropped});
  }

  void keep_drop(std::int64_t id) {
    CallRow row;
    row.id = id;
    keep_unwritten(std::move(row), true);
  }

  // On the writer's thread, after the commit; on the loop for a job that was refused.
  void ended(const Result<void>& end) {
    if (!end) return fails(end.error().message);
    works();
  }

  void works() {
    const MutexLock lock(mutex);
    std::erase_if(unwritten, [put = put_up_to](const Unwritten& one) { return one.number <= put; });
    if (error.empty()) return;
    error.clear();
    next_log = {};
    log.info("upstream_calls_are_recorded_again");
  }

  void fails(const std::string& why) {
    const MutexLock lock(mutex);
    put_up_to = 0;
    error = why;
    if (Steady::now() < next_log) return;
    next_log = Steady::now() + kLogInterval;
    log.error("upstream_calls_are_not_recorded",
              {{"error", why}, {"unrecorded", unrecorded.load()}});
  }

  std::string last_error() const {
    const MutexLock lock(mutex);
    return error;
  }
};

CallJournal::CallJournal(
    store::Writer* writer, std::string why, std::int64_t last_id, Options options, Log log)
    : writer_(writer), options_(std::move(options)), breaker_(options_.breaker) {
  if (writer) why.clear();
  if (!writer && why.empty()) why = "there is no database";
  shared_ = std::make_shared<Shared>(options_.account, std::move(why), last_id, std::move(log));
}

asio::awaitable<Result<void>> CallJournal::commit_hold(CallRow row, Windows windows) {
  auto attempt = breaker_.allow(Steady::now());
  if (!writer_ || !attempt) co_return fail(ErrorCode::Unavailable, shared_->last_error());
  const std::int64_t id = row.id;
  const io::Handoff<void> committed;
  auto job = [shared = shared_, row = std::move(row), windows = std::move(windows)](
                 SQLite::Database& database) {
    put_call(database, shared->account, row);
    shared->put_account(database, windows);
  };
  auto done = [shared = shared_, committed](const Result<void>& end) {
    shared->ended(end);
    committed.deliver(end);
  };
  if (!writer_->submit_urgent(std::move(job), std::move(done), store::Writer::Sync::Full)) {
    committed.deliver(fail(ErrorCode::Exhausted, "too many rows wait for the database"));
  }
  // A commit that was not waited for to its end may still come.
  bool has_ended = false;
  const OnExit regret([this, id, &has_ended] {
    if (!has_ended) forget(id);
  });
  Result<void> end = co_await committed.receive(options_.commit_timeout);
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  has_ended = true;
  if (end) {
    attempt->succeeded();
    co_return end;
  }
  if (end.error().code != ErrorCode::Unavailable) shared_->fails(end.error().message);
  attempt->failed(Steady::now());
  co_return std::move(end).failure("the call could not be recorded");
}

void CallJournal::put(CallRow row, Windows windows) {
  auto work = [shared = shared_, row, windows = std::move(windows)](SQLite::Database& database) {
    put_call(database, shared->account, row);
    shared->put_account(database, windows);
  };
  auto failed = [shared = shared_, row = std::move(row)] {
    shared->unrecorded.fetch_add(1, std::memory_order_relaxed);
    shared->keep_unwritten(row, false);
  };
  write(std::move(work), std::move(failed));
}

void CallJournal::take_back(std::int64_t id, Windows windows) {
  auto work = [shared = shared_, id, windows = std::move(windows)](SQLite::Database& database) {
    delete_call(database, shared->account, id);
    shared->put_account(database, windows);
  };
  write(std::move(work), [shared = shared_, id] { shared->keep_drop(id); });
}

void CallJournal::keep(Windows windows) {
  write([shared = shared_, windows = std::move(windows)](SQLite::Database& database) {
    shared->put_account(database, windows);
  });
}

void CallJournal::keep(PlanReading plan, Windows windows) {
  write([shared = shared_, plan, windows = std::move(windows)](SQLite::Database& database) {
    put_plan(database, shared->account, plan);
    shared->put_account(database, windows);
  });
}

void CallJournal::keep_client(std::string client, Windows windows) {
  write(
      [shared = shared_, client = std::move(client), windows = std::move(windows)](
          SQLite::Database& database) { put_windows(database, shared->account, client, windows); });
}

void CallJournal::forget(std::int64_t id) {
  if (!writer_) return;
  write([shared = shared_,
         id](SQLite::Database& database) { delete_call(database, shared->account, id); },
        [shared = shared_, id] { shared->keep_drop(id); });
}

void CallJournal::write(Work work, std::function<void()> failed) {
  auto done = [shared = shared_, failed = std::move(failed)](const Result<void>& end) {
    if (!end && failed) failed();
    shared->ended(end);
  };
  if (!writer_) return done(fail(ErrorCode::Unavailable, shared_->last_error()));
  if (!writer_->submit_urgent(std::move(work), done, store::Writer::Sync::Normal)) {
    done(fail(ErrorCode::Exhausted, "too many rows wait for the database"));
  }
}

std::chrono::milliseconds CallJournal::rests() const {
  const auto now = Steady::now();
  if (breaker_.state() != Breaker::State::Open || breaker_.probe_at() <= now) {
    return std::chrono::milliseconds(0);
  }
  return std::chrono::ceil<std::chrono::milliseconds>(breaker_.probe_at() - now);
}

std::string CallJournal::error() const { return shared_->last_error(); }

const std::atomic<std::uint64_t>& CallJournal::unrecorded() const noexcept {
  return shared_->unrecorded;
}

}  // namespace quotecached::credit
