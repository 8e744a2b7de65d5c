#include "refill/refill.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <unordered_map>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "io/task_group.hpp"
#include "refill/batch_runner.hpp"
#include "refill/hold_off.hpp"
#include "refill/lone_calls.hpp"

namespace quotecached::refill {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kMaxHoldOffs = 20000;

// How long stop() waits for calls that it has given up, or cancelled, to end.
constexpr std::chrono::milliseconds kGiveUpLimit{1000};

BatchRunner::Options runner_options(const Refill::Options& options) {
  BatchRunner::Options wanted;
  wanted.times = options.times;
  wanted.failure_throttle = options.failure_throttle;
  wanted.abandon_after = options.abandon_after;
  return wanted;
}

Priority at_most(Priority priority, bool has_fallback) {
  return has_fallback ? std::max(priority, Priority::Refresh) : priority;
}

}  // namespace

struct Refill::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor executor,
        const Parts& parts,
        const Options& refill_options,
        const Clock& clock,
        const Log& event_log)
      : loop(std::move(executor)),
        options(refill_options),
        log(event_log),
        caller(parts.client, parts.book, counters, refill_options.caller, clock, event_log),
        planner(refill_options.planner),
        hold_offs(kMaxHoldOffs),
        runner({caller, parts.chain, parts.claims, hold_offs, counters, parts.policy, clock},
               runner_options(refill_options),
               event_log),
        timer(loop),
        tasks(loop, event_log),
        lone_calls(caller, tasks, refill_options.abandon_after) {}

  // Joins the fetch of `key` that is under way; null when there is none.
  PendingPtr join(const std::string& key, bool has_fallback);
  // Starts fetching the keys of one asset; settled at once when that is refused.
  void start(const Lane& lane, BatchAsset asset, Priority priority);
  void pump();
  void run_soon(Batch batch);
  asio::awaitable<void> run(BatchId id, BatchWork work);
  void end_batch(BatchId id, const std::vector<std::string>& keys);
  void arm_timer();

  asio::any_io_executor loop;
  Options options;
  Log log;
  Counters counters;
  Caller caller;
  Planner planner;
  HoldOffs hold_offs;
  BatchRunner runner;
  asio::steady_timer timer;
  io::TaskGroup tasks;  // one per batch in flight
  LoneCalls lone_calls;
  std::unordered_map<std::string, PendingPtr> pending;           // by key, until its batch ends
  std::unordered_map<BatchId, std::vector<BatchAsset>> batches;  // not started yet
  bool stopping = false;
};

PendingPtr Refill::State::join(const std::string& key, bool has_fallback) {
  const auto found = pending.find(key);
  if (found == pending.end()) return nullptr;
  // What its batch has given up may be tried anew, though that batch still runs for others.
  if (found->second->settled.is_set() && !found->second->entry) return nullptr;
  ++counters.coalesced;
  found->second->last_wanted = Steady::now();
  if (!has_fallback && !found->second->somebody_needs_it) {
    found->second->somebody_needs_it = true;
    planner.promote(found->second->batch, Priority::Foreground);
  }
  return found->second;
}

void Refill::State::start(const Lane& lane, BatchAsset asset, Priority priority) {
  const auto now = Steady::now();
  const auto name = lane_name(lane);
  const bool has_fallback = priority != Priority::Foreground;
  auto refused = hold_offs.held(name, has_fallback, now);
  for (const auto& key : asset.keys) {
    if (!refused) refused = hold_offs.held(key, has_fallback, now);
  }
  std::optional<BatchId> batch;
  if (refused) {
    ++counters.throttled;
  } else {
    batch = stopping ? std::nullopt : planner.add(lane, asset.name, priority, now);
    if (!batch) refused = failure_when_full();
  }
  for (std::size_t i = 0; i < asset.keys.size(); ++i) {
    auto& waiting = *asset.pendings[i];
    if (refused) {
      waiting.failure = refused;
      waiting.settled.set();
      continue;
    }
    waiting.batch = *batch;
    waiting.started = waiting.last_wanted = now;
    waiting.somebody_needs_it = !has_fallback;
    pending.insert_or_assign(asset.keys[i], asset.pendings[i]);
  }
  if (batch) batches[*batch].push_back(std::move(asset));
}

void Refill::State::pump() {
  planner.limit_calls(caller.allowed_calls());
  while (auto batch = planner.start(Steady::now())) run_soon(std::move(*batch));
  arm_timer();
}

void Refill::State::run_soon(Batch batch) {
  auto assets = batches.extract(batch.id);
  BatchWork work{std::move(batch.lane),
                 std::move(batch.lane_name),
                 batch.priority,
                 std::move(assets.mapped())};
  ++counters.batches;
  counters.batch_assets += work.assets.size();
  const auto bucket =
      std::lower_bound(kBatchBuckets.begin(), kBatchBuckets.end(), work.assets.size());
  ++counters.batch_sizes[static_cast<std::size_t>(bucket - kBatchBuckets.begin())];
  auto task = run(batch.id, std::move(work));
  tasks.spawn("refill", std::move(task));
}

asio::awaitable<void> Refill::State::run(BatchId id, BatchWork work) {
  const auto self = shared_from_this();
  std::vector<std::string> keys;
  std::vector<PendingPtr> waiting;
  for (const auto& asset : work.assets) {
    keys.insert(keys.end(), asset.keys.begin(), asset.keys.end());
    waiting.insert(waiting.end(), asset.pendings.begin(), asset.pendings.end());
  }
  std::exception_ptr bug;
  try {
    co_await runner.run(std::move(work));
  } catch (...) {
    bug = std::current_exception();
  }
  end_batch(id, keys);
  for (const auto& one : waiting) {
    if (one->settled.is_set()) continue;
    one->failure = failure_of(Error{ErrorCode::Unavailable, "refill failed"});
    one->settled.set();
  }
  if (bug) std::rethrow_exception(bug);
}

void Refill::State::end_batch(BatchId id, const std::vector<std::string>& keys) {
  for (const auto& key : keys) {
    const auto found = pending.find(key);
    if (found != pending.end() && found->second->batch == id) pending.erase(found);
  }
  planner.finish(id);
  pump();
}

void Refill::State::arm_timer() {
  const auto at = planner.wakeup();
  if (!at) return;
  timer.expires_at(*at);
  timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self) self->pump();
  });
}

Refill::Refill(
    asio::any_io_executor loop, Parts parts, Options options, const Clock& clock, Log log)
    : state_(std::make_shared<State>(std::move(loop), parts, options, clock, log)) {}

Refill::~Refill() { state_->timer.cancel(); }

std::vector<Wanted> Refill::want(const catalog::Request& request,
                                 std::span<const Missing> missing,
                                 Priority priority,
                                 std::string_view client) {
  std::vector<Wanted> wanted(missing.size());
  // What has to be started, by asset: the converts it misses decide its lane.
  struct ToStart {
    std::vector<std::size_t> converts;
    BatchAsset asset;
    bool has_fallback = true;
  };
  std::map<std::size_t, ToStart> to_start;
  state_->counters.wanted += missing.size();
  for (std::size_t i = 0; i < missing.size(); ++i) {
    const auto& one = missing[i];
    std::string key;
    catalog::append_key(key, request, one.asset, one.convert);
    wanted[i].pending = state_->join(key, one.has_fallback);
    if (wanted[i].pending) continue;
    wanted[i] = {std::make_shared<Pending>(), true};
    wanted[i].pending->client = client;
    auto& start = to_start[one.asset];
    start.converts.push_back(one.convert);
    start.asset.keys.push_back(std::move(key));
    start.asset.pendings.push_back(wanted[i].pending);
    start.has_fallback = start.has_fallback && one.has_fallback;
  }
  for (auto& [asset, start] : to_start) {
    start.asset.name = std::string(request.assets[asset]);
    state_->start(asset_lane(request, start.converts),
                  std::move(start.asset),
                  at_most(priority, start.has_fallback));
  }
  state_->pump();
  return wanted;
}

Wanted Refill::want_whole(const catalog::Request& request,
                          bool has_fallback,
                          Priority priority,
                          std::string_view client) {
  ++state_->counters.wanted;
  std::string key;
  catalog::append_whole_key(key, request);
  if (auto joined = state_->join(key, has_fallback)) return {std::move(joined), false};
  Wanted wanted{std::make_shared<Pending>(), true};
  wanted.pending->client = client;
  BatchAsset asset{.name = {}, .keys = {std::move(key)}, .pendings = {wanted.pending}};
  state_->start(whole_lane(request), std::move(asset), at_most(priority, has_fallback));
  state_->pump();
  return wanted;
}

bool Refill::is_held_off(const catalog::Request& request) const {
  Lane lane;
  if (request.kind == catalog::KeyKind::None) {
    lane = whole_lane(request);
  } else {
    std::vector<std::size_t> converts(request.converts.size());
    for (std::size_t i = 0; i < converts.size(); ++i) converts[i] = i;
    lane = asset_lane(request, converts);
  }
  return state_->hold_offs.held(lane_name(lane), true, Steady::now()) != nullptr;
}

asio::awaitable<CallResult> Refill::forward(upstream::Request request,
                                            std::string endpoint,
                                            CallPrice price,
                                            std::string client) {
  std::shared_ptr<LoneCalls> calls(state_, &state_->lone_calls);
  return LoneCalls::forward(
      std::move(calls), std::move(request), std::move(endpoint), price, std::move(client));
}

CallPrice Refill::price_of(const Lane& lane, std::size_t assets) const {
  return refill::price_of(lane, assets, state_->caller.prices());
}

asio::awaitable<CallResult> Refill::probe(upstream::Request request, std::string endpoint) {
  std::shared_ptr<LoneCalls> calls(state_, &state_->lone_calls);
  return LoneCalls::probe(std::move(calls), std::move(request), std::move(endpoint));
}

const Counters& Refill::counters() const noexcept { return state_->counters; }

UpstreamHealth Refill::upstream_health() const { return state_->caller.health(); }

asio::awaitable<void> Refill::stop(std::chrono::milliseconds limit) {
  const auto state = state_;
  state->stopping = true;
  state->lone_calls.stop();
  state->caller.stop_waiting();
  bool is_done = co_await state->tasks.join(limit);
  if (!is_done) {
    // What hangs is given up here, so that its tickets are settled while there is a book.
    state->caller.give_up();
    is_done = co_await state->tasks.join(kGiveUpLimit);
  }
  if (!is_done) {
    state->tasks.cancel();
    (void)co_await state->tasks.join(kGiveUpLimit);
  }
  state->timer.cancel();
}

}  // namespace quotecached::refill
