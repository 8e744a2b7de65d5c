#include "cache/tier_guard.hpp"

#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/on_exit.hpp"

namespace quotecached::cache {
namespace {

constexpr std::size_t kBatch = 100;
constexpr milliseconds kGather{2};  // how long a write waits for others

// What has no haste is written in small parts with a pause after each, so that whoever else uses
// the tier never waits long; unless that much waits that it would never end.
constexpr std::size_t kUnhurriedBatch = 16;
constexpr std::size_t kManyUnhurried = 1000;

using Steady = std::chrono::steady_clock;

bool is_trusted(const Entry& entry, TimePoint now) {
  return entry.fetched_at <= now + kClockTolerance;
}

}  // namespace

TierGuard::TierGuard(std::unique_ptr<Tier> tier, const Chain::Options& options, Log log)
    : tier_(std::move(tier)),
      log_(std::move(log)),
      reads_(options.breaker),
      writes_(options.breaker),
      queue_(options.max_queued_writes, options.max_queued_bytes) {}

asio::awaitable<std::vector<EntryPtr>> TierGuard::lookup(std::vector<std::string> keys,
                                                         TimePoint now) {
  const std::size_t count = keys.size();
  auto attempt = reads_.insist();
  const auto began = Steady::now();
  auto found = co_await tier_->lookup(std::move(keys), now);
  counters_.lookups.note(Steady::now() - began);
  note_read(attempt, found.outcome());
  if (!found) co_return std::vector<EntryPtr>(count);
  found->entries.resize(count);
  counters_.undecodable += found->undecodable;
  for (EntryPtr& entry : found->entries) {
    if (entry && !is_trusted(*entry, now)) {
      ++counters_.undecodable;
      entry = nullptr;
    } else if (entry && !is_usable(*entry, now)) {
      entry = nullptr;
    }
    ++(entry ? counters_.hits : counters_.misses);
  }
  co_return std::move(found->entries);
}

asio::awaitable<Result<Found>> TierGuard::peek(std::vector<std::string> keys, TimePoint now) {
  if (!is_up()) co_return fail(ErrorCode::Unavailable, std::string(name()) + " is down");
  const std::size_t count = keys.size();
  auto found = co_await tier_->lookup(std::move(keys), now);
  if (found) found->entries.resize(count);
  co_return found;
}

asio::awaitable<Result<void>> TierGuard::try_out(std::string key, TimePoint now) {
  if (!is_up()) co_return fail(ErrorCode::Unavailable, std::string(name()) + " is down");
  co_return co_await tier_->try_out(std::move(key), now);
}

bool TierGuard::enqueue(Item item, Haste haste) {
  if (!is_up()) {
    ++counters_.dropped_writes;
    return false;
  }
  counters_.dropped_writes += queue_.push(std::move(item), haste);
  if (is_flushing_ || queue_.is_empty()) return false;
  is_flushing_ = true;
  return true;
}

asio::awaitable<void> TierGuard::flush(const Clock* clock) {
  const OnExit ended([this] { is_flushing_ = false; });
  asio::steady_timer timer(co_await asio::this_coro::executor, kGather);
  if (queue_.size() < kBatch) co_await timer.async_wait(asio::use_awaitable);
  while (!queue_.is_empty()) {
    const bool has_haste = queue_.has_haste() || queue_.size() > kManyUnhurried;
    const bool goes_on = co_await write_batch(clock->now(), has_haste ? kBatch : kUnhurriedBatch);
    if (!goes_on) drop_writes();
    if (has_haste || queue_.is_empty()) continue;
    timer.expires_after(kGather);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

// False: writing makes no sense now.
asio::awaitable<bool> TierGuard::write_batch(TimePoint now, std::size_t most) {
  if (!is_up()) co_return false;
  auto attempt = writes_.allow(Steady::now());
  if (!attempt) co_return false;
  auto items = queue_.take(most);
  const std::size_t count = items.size();
  const auto began = Steady::now();
  auto stored = co_await tier_->store(std::move(items), now);
  counters_.writes.note(Steady::now() - began);
  // What was lost is not tried again: it costs freshness only, and newer entries wait.
  (stored ? counters_.stores : counters_.dropped_writes) += count;
  note_write(*attempt, stored);
  co_return is_up() && writes_.state() == Breaker::State::Closed;
}

void TierGuard::drop_writes() { counters_.dropped_writes += queue_.clear(); }

asio::awaitable<Result<void>> TierGuard::remove(std::vector<std::string> keys) {
  queue_.remove(keys);
  if (!is_up()) co_return fail(ErrorCode::Unavailable, std::string(name()) + " is down");
  auto attempt = reads_.insist();
  auto removed = co_await tier_->remove(std::move(keys));
  note_read(attempt, removed);
  co_return removed;
}

bool TierGuard::claim_probe() noexcept {
  if (is_up() || is_probing_) return false;
  is_probing_ = true;
  return true;
}

asio::awaitable<void> TierGuard::probe_until_up() {
  const OnExit ended([this] { is_probing_ = false; });
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (!is_up()) {
    timer.expires_at(reads_.probe_at());
    co_await timer.async_wait(asio::use_awaitable);
    auto attempt = reads_.allow(Steady::now());
    if (!attempt) continue;
    auto alive = co_await tier_->probe();
    note_read(*attempt, alive);
  }
}

void TierGuard::note_read(Breaker::Attempt& attempt, const Result<void>& result) {
  keep_error(result);
  if (result) {
    if (attempt.succeeded()) {
      // The tier is another now than the one the writes failed on.
      writes_.reset();
      log_.info("tier_up", {{"tier", name()}});
    }
  } else if (attempt.failed(Steady::now())) {
    log_.warn("tier_down", {{"tier", name()}, {"error", result.error().message}});
    drop_writes();
  }
  state_ = reads_.state();
}

void TierGuard::note_write(Breaker::Attempt& attempt, const Result<void>& result) {
  keep_error(result);
  if (result) {
    if (attempt.succeeded()) log_.info("tier_writes_work", {{"tier", name()}});
  } else if (attempt.failed(Steady::now())) {
    log_.warn("tier_writes_fail", {{"tier", name()}, {"error", result.error().message}});
  }
}

void TierGuard::keep_error(const Result<void>& result) {
  if (!result) ++counters_.failures;
  if (result && !has_error_) return;
  has_error_ = !result;
  const MutexLock lock(mutex_);
  last_error_ = result ? std::string() : result.error().message;
}

TierReport TierGuard::report() const {
  const MutexLock lock(mutex_);
  return {tier_->name(), state_, last_error_, &counters_};
}

}  // namespace quotecached::cache
