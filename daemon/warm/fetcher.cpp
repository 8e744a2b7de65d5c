#include "warm/fetcher.hpp"

#include <algorithm>
#include <utility>

namespace quotecached::warm {
namespace {

using Steady = std::chrono::steady_clock;

std::string key_of(const Task& task, const std::string& asset) {
  return refill::key_of(*task.lane, asset, 0);
}

}  // namespace

asio::awaitable<std::vector<Fetched>> Fetcher::fetch(Errand errand) {
  Progress progress;
  progress.errand = std::move(errand);
  Task& task = progress.errand.task;
  drop_unpayable(progress);
  drop_busy(progress);
  if (task.assets.empty()) co_return std::move(progress.done);
  co_await drop_fresh(&progress);
  if (progress.errand.is_dry) tell_planned(progress);
  if (task.assets.empty()) co_return std::move(progress.done);
  refill::Want want;
  want.lane = task.lane;
  want.assets = task.assets;
  want.keys = std::move(progress.wanted);
  want.reason = {refill::Priority::Warm, progress.errand.cause};
  std::vector<refill::Want> wants;
  wants.push_back(std::move(want));
  const auto wanted = parts_.refill.want(std::move(wants));
  co_await await(&wanted);
  take(progress, wanted);
  co_return std::move(progress.done);
}

// Asked of the book beforehand, since its refusal would hold the lane off for clients too.
void Fetcher::drop_unpayable(Progress& progress) {
  Task& task = progress.errand.task;
  const bool is_refused = parts_.book.refusal(ledger::Purpose::Ahead, task.price).has_value();
  if (!is_refused && !parts_.refill.is_held_off(*task.lane)) return;
  for (auto& asset : task.assets) {
    auto key = key_of(task, asset);
    progress.done.push_back({std::move(asset), std::move(key), Fetched::How::Refused, {}});
  }
  task.assets.clear();
}

void Fetcher::drop_busy(Progress& progress) {
  Task& task = progress.errand.task;
  std::erase_if(task.assets, [&](std::string& asset) {
    auto key = key_of(task, asset);
    if (!parts_.refill.is_busy(key)) return false;
    progress.done.push_back({std::move(asset), std::move(key), Fetched::How::Busy, {}});
    return true;
  });
}

void Fetcher::tell_planned(Progress& progress) {
  Task& task = progress.errand.task;
  for (std::size_t i = 0; i < task.assets.size(); ++i)
    progress.done.push_back(
        {std::move(task.assets[i]), std::move(progress.wanted[i].key), Fetched::How::Planned, {}});
  task.assets.clear();
}

// A client, or another daemon, may have been first.
asio::awaitable<void> Fetcher::drop_fresh(Progress* progress) {
  Task& task = progress->errand.task;
  std::vector<std::string> keys;
  for (const auto& asset : task.assets) keys.push_back(key_of(task, asset));
  auto names = keys;
  const auto hits = co_await parts_.chain.lookup(std::move(keys));
  const auto needed = parts_.clock.now() + progress->errand.left;
  std::vector<std::string> left;
  for (std::size_t i = 0; i < names.size(); ++i) {
    // What was found below is in memory now, unless that has something younger.
    auto copy = parts_.chain.in_memory(names[i]);
    if (!copy) copy = hits[i].entry;
    if (copy && cache::is_fresh(*copy, needed)) {
      parts_.refill.renewals().note_filed(names[i], *copy);
      if (hits[i].entry) ++counters_.shared;
      progress->done.push_back(
          {std::move(task.assets[i]), std::move(names[i]), Fetched::How::Fresh, copy->fresh_until});
      continue;
    }
    left.push_back(std::move(task.assets[i]));
    progress->wanted.push_back({std::move(names[i]), std::move(copy)});
  }
  task.assets = std::move(left);
}

// Until all is there or not to be had.
asio::awaitable<void> Fetcher::await(const std::vector<refill::Wanted>* wanted) const {
  const auto deadline = Steady::now() + request_deadline_;
  for (const auto& one : *wanted) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Steady::now());
    if (one.pending->resolved.is_set() || left.count() <= 0) continue;
    (void)co_await one.pending->resolved.wait_for(left);
  }
}

void Fetcher::take(Progress& progress, const std::vector<refill::Wanted>& wanted) {
  const auto now = parts_.clock.now();
  auto& renewals = parts_.refill.renewals();
  const Task& task = progress.errand.task;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto& pending = *wanted[i].pending;
    Fetched fetched{task.assets[i], pending.key, Fetched::How::Failed, {}};
    if (!pending.entry) {
      ++counters_.failed;
    } else {
      fetched.until = pending.entry->fresh_until;
      fetched.how = pending.entry->is_negative  ? Fetched::How::Absent
                    : pending.is_from_neighbour ? Fetched::How::Fresh
                                                : Fetched::How::Renewed;
      if (!pending.entry->is_negative)
        renewals.note_held(task.lane, task.assets[i], 0, pending.key, *pending.entry, now);
    }
    if (fetched.how == Fetched::How::Fresh) ++counters_.shared;
    if (fetched.how == Fetched::How::Renewed) {
      ++counters_.warmed;
      outcomes_.note(pending.key, progress.errand.run, fetched.until, renewals, now);
    }
    progress.done.push_back(std::move(fetched));
  }
}

}  // namespace quotecached::warm
