#include "cache/chain.hpp"

#include <algorithm>
#include <cassert>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/on_exit.hpp"
#include "base/tier_kind.hpp"
#include "cache/tier_guard.hpp"
#include "cache/trial_copy.hpp"
#include "cache/which_wins.hpp"
#include "io/event.hpp"
#include "io/task_group.hpp"

namespace quotecached::cache {
namespace {

// How long stop() waits for what was cancelled to end.
constexpr milliseconds kCancelLimit{1000};

// A lookup batch: the keys of one loop tick, which go down the tiers together.
struct LookupBatch {
  std::vector<std::string> keys;
  std::unordered_map<std::string, std::size_t> places;
  std::vector<Hit> hits;  // one per key
  io::Event done;

  std::size_t add(std::string key) {
    const auto [at, is_new] = places.try_emplace(key, keys.size());
    if (is_new) {
      keys.push_back(std::move(key));
      hits.emplace_back();
    }
    return at->second;
  }
};

// Waits for one key of a batch.
struct Waiter {
  std::shared_ptr<LookupBatch> batch;
  std::size_t place;
};

std::vector<std::string> keys_at(const LookupBatch& batch, const std::vector<std::size_t>& places) {
  std::vector<std::string> keys;
  keys.reserve(places.size());
  for (const std::size_t place : places) keys.push_back(batch.keys[place]);
  return keys;
}

std::string new_trial_key() {
  std::random_device random;
  return std::string(kTrialKeys) + std::to_string(random()) + '-' + std::to_string(random());
}

bool is_younger(const EntryPtr& entry, const EntryPtr& known) {
  return entry && (!known || entry->fetched_at > known->fetched_at);
}

}  // namespace

struct Chain::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor executor, MemoryTier& memory_tier, Options wanted, const Clock& time)
      : loop(std::move(executor)), memory(memory_tier), options(wanted), clock(time) {}

  const asio::any_io_executor loop;
  MemoryTier& memory;
  const Options options;
  const Clock& clock;
  const std::string trial_key = new_trial_key();  // no other daemon's
  std::vector<std::unique_ptr<TierGuard>> tiers;
  std::vector<FilledObserver> observers;
  std::shared_ptr<LookupBatch> open_batch;  // takes the keys of this tick
  std::unique_ptr<io::TaskGroup> work;
  std::unique_ptr<io::TaskGroup> probes;

  Waiter join_batch(std::string key);
  static asio::awaitable<std::vector<Hit>> lookup(std::shared_ptr<State> self,
                                                  std::vector<std::string> keys);
  static asio::awaitable<std::vector<Seen>> inspect(std::shared_ptr<State> self,
                                                    std::vector<std::string> keys);
  static asio::awaitable<void> run_batch(std::shared_ptr<State> self,
                                         std::shared_ptr<LookupBatch> batch);
  static asio::awaitable<void> descend(std::shared_ptr<State> self,
                                       std::shared_ptr<LookupBatch> batch);
  static asio::awaitable<void> flush(std::shared_ptr<State> self, std::size_t tier);
  static asio::awaitable<void> probe(std::shared_ptr<State> self, std::size_t tier);
  static asio::awaitable<Result<void>> remove(std::shared_ptr<State> self,
                                              std::vector<std::string> keys);
  static asio::awaitable<Result<void>> try_out(std::shared_ptr<State> self, std::size_t tier);
  static asio::awaitable<void> stop(std::shared_ptr<State> self, milliseconds limit);

  void drop_purged(LookupBatch& batch) const;
  void copy_up(const LookupBatch& batch, TimePoint now);
  void file_in_memory(const std::string& key, const EntryPtr& entry, TimePoint now);
  void write_behind(std::size_t tier, Item item, Haste haste = Haste::Usual);
  void write_behind(const std::vector<Item>& items, Haste haste);
  void probe_if_down(std::size_t tier);
};

// --- lookup ---

// Adds the key to the open batch, or to a new one when that is full.
Waiter Chain::State::join_batch(std::string key) {
  if (!open_batch || open_batch->keys.size() >= options.max_keys_per_lookup) {
    auto batch = std::make_shared<LookupBatch>();
    if (!work->spawn("lookup", run_batch(shared_from_this(), batch))) batch->done.set();
    open_batch = std::move(batch);
  }
  const std::size_t place = open_batch->add(std::move(key));
  return {open_batch, place};
}

asio::awaitable<std::vector<Hit>> Chain::State::lookup(std::shared_ptr<State> self,
                                                       std::vector<std::string> keys) {
  std::vector<Hit> hits(keys.size());
  if (self->tiers.empty()) co_return hits;
  std::vector<Waiter> waiters;
  waiters.reserve(keys.size());
  for (std::string& key : keys) waiters.push_back(self->join_batch(std::move(key)));
  const auto deadline = std::chrono::steady_clock::now() + self->options.lookup_limit;
  for (std::size_t i = 0; i < waiters.size(); ++i) {
    const Waiter& waiter = waiters[i];
    if (!waiter.batch->done.is_set()) {
      const auto left =
          std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
      (void)co_await waiter.batch->done.wait_for(std::max(left, milliseconds(0)));
    }
    hits[i] = waiter.batch->hits[waiter.place];
  }
  co_return hits;
}

asio::awaitable<std::vector<Chain::Seen>> Chain::State::inspect(std::shared_ptr<State> self,
                                                                std::vector<std::string> keys) {
  std::vector<Seen> all(1);
  all.front().tier = to_string(TierKind::Memory);
  for (const auto& key : keys) all.front().entries.push_back(self->memory.lookup(key));
  for (auto& tier : self->tiers) {
    auto found = co_await tier->peek(keys, self->clock.now());
    auto& seen = all.emplace_back();
    seen.tier = tier->name();
    seen.is_up = found.has_value();
    seen.entries = found ? std::move(found->entries) : std::vector<EntryPtr>(keys.size());
  }
  co_return all;
}

asio::awaitable<void> Chain::State::run_batch(std::shared_ptr<State> self,
                                              std::shared_ptr<LookupBatch> batch) {
  const OnExit ended([&batch] { batch->done.set(); });  // wakes the waiters
  // Behind everything that is ready now: keys of this tick join the batch meanwhile.
  co_await asio::post(self->loop, asio::use_awaitable);
  if (self->open_batch == batch) self->open_batch = nullptr;
  co_await descend(self, batch);
  self->drop_purged(*batch);
  self->copy_up(*batch, self->clock.now());
}

asio::awaitable<void> Chain::State::descend(std::shared_ptr<State> self,
                                            std::shared_ptr<LookupBatch> batch) {
  std::vector<std::size_t> wanted(batch->keys.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = i;
  for (std::size_t tier = 0; tier < self->tiers.size() && !wanted.empty(); ++tier) {
    if (!self->tiers[tier]->is_up()) continue;
    auto keys = keys_at(*batch, wanted);
    const TimePoint now = self->clock.now();
    auto entries = co_await self->tiers[tier]->lookup(std::move(keys), now);
    self->probe_if_down(tier);
    std::vector<std::size_t> still;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      Hit& hit = batch->hits[wanted[i]];
      // Here, so that the search goes on: a lower tier may have a younger copy.
      if (entries[i] && self->memory.purges().covers(batch->keys[wanted[i]], *entries[i]))
        entries[i] = nullptr;
      if (is_younger(entries[i], hit.entry)) hit = {std::move(entries[i]), tier};
      if (!hit.entry || !is_fresh(*hit.entry, now)) still.push_back(wanted[i]);
    }
    wanted = std::move(still);
  }
}

// What was found before a purge that came while the tiers below were asked.
void Chain::State::drop_purged(LookupBatch& batch) const {
  for (std::size_t i = 0; i < batch.hits.size(); ++i) {
    auto& hit = batch.hits[i];
    if (hit.entry && memory.purges().covers(batch.keys[i], *hit.entry)) hit = {};
  }
}

// The tiers above the one of a hit had no copy or an older one.
void Chain::State::copy_up(const LookupBatch& batch, TimePoint now) {
  for (std::size_t i = 0; i < batch.keys.size(); ++i) {
    const Hit& hit = batch.hits[i];
    if (!hit.entry) continue;
    file_in_memory(batch.keys[i], hit.entry, now);
    for (std::size_t tier = 0; tier < hit.tier; ++tier) {
      write_behind(tier, {batch.keys[i], hit.entry});
    }
  }
}

// An entry from the future (our clock was set back) must not keep newer ones out.
void Chain::State::file_in_memory(const std::string& key, const EntryPtr& entry, TimePoint now) {
  if (memory.store(key, entry)) return;
  const EntryPtr held = memory.lookup(key);
  if (!held || !may_replace(held->fetched_at, entry->fetched_at, now)) return;
  memory.remove(key);
  memory.store(key, entry);
}

// --- writes and probes ---

void Chain::State::write_behind(std::size_t tier, Item item, Haste haste) {
  if (tiers[tier]->enqueue(std::move(item), haste)) {
    // Refused when the chain has stopped.
    if (!work->spawn("write", flush(shared_from_this(), tier))) tiers[tier]->drop_writes();
  }
}

void Chain::State::write_behind(const std::vector<Item>& items, Haste haste) {
  for (const Item& item : items) {
    if (memory.purges().covers(item.key, *item.entry)) continue;
    for (std::size_t tier = 0; tier < tiers.size(); ++tier) write_behind(tier, item, haste);
  }
}

asio::awaitable<void> Chain::State::flush(std::shared_ptr<State> self, std::size_t tier) {
  co_await self->tiers[tier]->flush(&self->clock);
  self->probe_if_down(tier);
}

void Chain::State::probe_if_down(std::size_t tier) {
  if (tiers[tier]->claim_probe()) (void)probes->spawn("probe", probe(shared_from_this(), tier));
}

asio::awaitable<void> Chain::State::probe(std::shared_ptr<State> self, std::size_t tier) {
  co_await self->tiers[tier]->probe_until_up();
}

asio::awaitable<Result<void>> Chain::State::remove(std::shared_ptr<State> self,
                                                   std::vector<std::string> keys) {
  for (const std::string& key : keys) self->memory.remove(key);
  Result<void> outcome;
  for (std::size_t tier = 0; tier < self->tiers.size(); ++tier) {
    auto removed = co_await self->tiers[tier]->remove(keys);
    self->probe_if_down(tier);
    if (!removed) outcome = fail(ErrorCode::Unavailable, removed.error().message);
  }
  // Again: a lookup on its way may have copied up what it found in a lower tier.
  for (const std::string& key : keys) self->memory.remove(key);
  co_return outcome;
}

asio::awaitable<Result<void>> Chain::State::try_out(std::shared_ptr<State> self, std::size_t tier) {
  std::string key = self->trial_key;
  co_return co_await self->tiers.at(tier)->try_out(std::move(key), self->clock.now());
}

asio::awaitable<void> Chain::State::stop(std::shared_ptr<State> self, milliseconds limit) {
  self->probes->cancel();
  const bool is_done = co_await self->work->join(limit);
  self->work->cancel();
  for (auto& tier : self->tiers) tier->drop_writes();
  if (!is_done) (void)co_await self->work->join(kCancelLimit);
  (void)co_await self->probes->join(kCancelLimit);
}

// --- the chain ---

Chain::Chain(
    asio::any_io_executor loop, Tiers tiers, Options options, const Clock& clock, const Log& log)
    : state_(std::make_shared<State>(std::move(loop), tiers.memory, options, clock)) {
  for (auto& tier : tiers.lower) {
    state_->tiers.push_back(std::make_unique<TierGuard>(std::move(tier), state_->options, log));
  }
  state_->work = std::make_unique<io::TaskGroup>(state_->loop, log);
  state_->probes = std::make_unique<io::TaskGroup>(state_->loop, log);
}

Chain::~Chain() {
  state_->work->cancel();
  state_->probes->cancel();
}

asio::awaitable<std::vector<Hit>> Chain::lookup(std::vector<std::string> keys) {
  return State::lookup(state_, std::move(keys));
}

asio::awaitable<std::vector<Chain::Seen>> Chain::inspect(std::vector<std::string> keys) {
  return State::inspect(state_, std::move(keys));
}

EntryPtr Chain::in_memory(std::string_view key) const { return state_->memory.lookup(key); }

void Chain::fill(std::vector<Item> items, std::vector<Item> unhurried) {
  const TimePoint now = state_->clock.now();
  for (const auto* some : {&items, &unhurried}) {
    for (const Item& item : *some) {
      assert(item.entry);
      state_->file_in_memory(item.key, item.entry, now);
    }
  }
  state_->write_behind(items, Haste::Usual);
  state_->write_behind(unhurried, Haste::None);
  for (const auto& observer : state_->observers) {
    if (!items.empty()) observer(items);
    if (!unhurried.empty()) observer(unhurried);
  }
}

void Chain::on_filled(FilledObserver observer) {
  assert(observer);
  state_->observers.push_back(std::move(observer));
}

asio::awaitable<Result<void>> Chain::remove(std::vector<std::string> keys) {
  return State::remove(state_, std::move(keys));
}

asio::awaitable<Result<void>> Chain::try_out(std::size_t tier) {
  return State::try_out(state_, tier);
}

Result<void> Chain::try_out_memory() {
  if (state_->memory.try_out({state_->trial_key, trial_copy(state_->clock.now())})) return {};
  return fail(ErrorCode::Unavailable, "what is written does not come back");
}

std::vector<TierReport> Chain::report() const {
  std::vector<TierReport> reports;
  reports.reserve(state_->tiers.size());
  for (const auto& tier : state_->tiers) reports.push_back(tier->report());
  return reports;
}

std::string_view Chain::tier_name(std::size_t tier) const { return state_->tiers.at(tier)->name(); }

bool Chain::is_idle() const noexcept { return state_->work->running() == 0; }

asio::awaitable<bool> Chain::settle(std::chrono::milliseconds limit) {
  return state_->work->join(limit);
}

asio::awaitable<void> Chain::stop(std::chrono::milliseconds limit) {
  return State::stop(state_, limit);
}

}  // namespace quotecached::cache
