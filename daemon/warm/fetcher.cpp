#include "warm/fetcher.hpp"

#include <algorithm>
#include <utility>

#include "quote/alias.hpp"

namespace quotecached::warm {
namespace {

using Steady = std::chrono::steady_clock;

// At a time: one lookup of all tiers, which clients' lookups of the same moment share.
constexpr std::size_t kMostTakenOver = 250;

std::string key_of(const Task& task, const TaskAsset& asset) {
  return refill::key_of(*task.lane, asset.name, 0);
}

// What the copy says of the asset.
void take_copy(Fetched& fetched, const refill::Lane& lane, const cache::Entry& copy) {
  fetched.until = copy.fresh_until;
  if (lane.parts().kind == catalog::KeyKind::Symbol && !copy.is_negative)
    fetched.assets = std::max<std::size_t>(1, quote::spell_by_id(copy.fragment).size());
}

}  // namespace

Outcome::How outcome_of(Fetched::How how) noexcept {
  using How = Outcome::How;
  switch (how) {
    case Fetched::How::Renewed: return How::Renewed;
    case Fetched::How::Fresh: return How::Fresh;
    case Fetched::How::Absent: return How::Absent;
    case Fetched::How::Busy: return How::Busy;
    case Fetched::How::Planned: return How::Planned;
    case Fetched::How::Refused: return How::NotTried;
    case Fetched::How::Failed: break;
  }
  return How::Failed;
}

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
  auto wants = wants_of(progress);
  const auto wanted = parts_.refill.want(std::move(wants));
  co_await await(&wanted);
  take(progress, wanted);
  co_return std::move(progress.done);
}

// One for each run in turn: a call is put down to that of its first asset. Refill lets them share
// calls all the same.
std::vector<refill::Want> Fetcher::wants_of(Progress& progress) {
  const Task& task = progress.errand.task;
  std::vector<refill::Want> wants;
  for (std::size_t i = 0; i < task.assets.size(); ++i) {
    const auto& asset = task.assets[i];
    if (wants.empty() || wants.back().reason.run != asset.run) {
      refill::Want want;
      want.lane = task.lane;
      want.reason = {refill::Priority::Warm, progress.errand.cause, asset.run};
      wants.push_back(std::move(want));
    }
    wants.back().assets.push_back(asset.name);
    wants.back().keys.push_back(std::move(progress.wanted[i]));
  }
  return wants;
}

void Fetcher::end(Progress& progress,
                  TaskAsset& asset,
                  std::string key,
                  Fetched::How how,
                  const cache::Entry* copy) {
  Fetched fetched{std::move(asset.name), asset.run, std::move(key), how};
  fetched.was_asked = how == Fetched::How::Planned;
  if (copy != nullptr) take_copy(fetched, *progress.errand.task.lane, *copy);
  progress.done.push_back(std::move(fetched));
}

asio::awaitable<void> Fetcher::take_over() {
  auto& renewals = parts_.refill.renewals();
  const auto wanted = renewals.asked_of_others(kMostTakenOver, parts_.clock.now());
  if (wanted.empty()) co_return;
  std::vector<std::string> keys;
  for (const auto& one : wanted) keys.push_back(one.key);
  const auto hits = co_await parts_.chain.lookup(std::move(keys));
  const auto now = parts_.clock.now();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto& copy = hits[i].entry;
    if (!copy || copy->is_negative) continue;
    if (cache::is_fresh(*copy, now)) ++counters_.shared;
    renewals.note_held(wanted[i].lane, wanted[i].asset, 0, wanted[i].key, *copy, now);
  }
}

// Why nothing of the task may be fetched now; empty: it may. Asked of the book beforehand, since
// its refusal would hold the lane off for clients too.
std::string Fetcher::why_not(const Task& task) const {
  const auto most = parts_.refill.price_of(*task.lane, task.assets.size()).worst_case;
  if (const auto refusal = parts_.book.refusal(ledger::Purpose::Ahead, most))
    return refusal->error.message;
  const auto held = parts_.refill.held_off(*task.lane);
  return held ? held->message : std::string();
}

void Fetcher::drop_unpayable(Progress& progress) {
  Task& task = progress.errand.task;
  const auto why = why_not(task);
  if (why.empty()) return;
  for (auto& asset : task.assets) {
    auto key = key_of(task, asset);
    end(progress, asset, std::move(key), Fetched::How::Refused);
    progress.done.back().why = why;
  }
  task.assets.clear();
}

void Fetcher::drop_busy(Progress& progress) {
  Task& task = progress.errand.task;
  std::erase_if(task.assets, [&](TaskAsset& asset) {
    auto key = key_of(task, asset);
    if (!parts_.refill.is_busy(key)) return false;
    end(progress, asset, std::move(key), Fetched::How::Busy);
    return true;
  });
}

void Fetcher::tell_planned(Progress& progress) {
  Task& task = progress.errand.task;
  for (std::size_t i = 0; i < task.assets.size(); ++i)
    end(progress, task.assets[i], std::move(progress.wanted[i].key), Fetched::How::Planned);
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
  std::vector<TaskAsset> left;
  for (std::size_t i = 0; i < names.size(); ++i) {
    // What was found below is in memory now, unless that has something younger.
    auto copy = parts_.chain.in_memory(names[i]);
    if (!copy) copy = hits[i].entry;
    if (copy && cache::is_fresh(*copy, needed)) {
      parts_.refill.renewals().note_filed(names[i], *copy);
      if (hits[i].entry) ++counters_.shared;
      const auto how = copy->is_negative ? Fetched::How::Absent : Fetched::How::Fresh;
      end(*progress, task.assets[i], std::move(names[i]), how, copy.get());
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
    const auto& asset = task.assets[i];
    Fetched fetched{asset.name, asset.run, pending.key, Fetched::How::Failed};
    fetched.was_asked = !pending.is_from_neighbour;
    if (!pending.entry) {
      ++counters_.failed;
      if (pending.failure) fetched.why = pending.failure->message;
    } else {
      take_copy(fetched, *task.lane, *pending.entry);
      fetched.how = pending.entry->is_negative  ? Fetched::How::Absent
                    : pending.is_from_neighbour ? Fetched::How::Fresh
                                                : Fetched::How::Renewed;
      if (!pending.entry->is_negative)
        renewals.note_held(task.lane, asset.name, 0, pending.key, *pending.entry, now);
    }
    if (fetched.how == Fetched::How::Fresh) ++counters_.shared;
    if (fetched.how == Fetched::How::Renewed) {
      ++counters_.warmed;
      outcomes_.note(pending.key, asset.run, fetched.until, renewals, now);
    }
    progress.done.push_back(std::move(fetched));
  }
}

}  // namespace quotecached::warm
