#include "refill/refill.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
#include <unordered_map>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "io/task_group.hpp"
#include "refill/batch_runner.hpp"
#include "refill/grouping.hpp"
#include "refill/hold_off.hpp"
#include "refill/lone_calls.hpp"
#include "refill/parking.hpp"
#include "refill/verification.hpp"

namespace quotecached::refill {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kMaxHoldOffs = 20000;
constexpr std::size_t kMaxParked = 1000;

// How long stop() waits for calls that it has given up, or cancelled, to end.
constexpr std::chrono::milliseconds kGiveUpLimit{1000};

BatchRunner::Options runner_options(const Refill::Options& options) {
  BatchRunner::Options wanted;
  wanted.times = options.times;
  wanted.failure_throttle = options.failure_throttle;
  wanted.request_deadline = options.request_deadline;
  return wanted;
}

// What a client holds a copy of is fetched for it without haste, as a refresh.
Reason reason_for(Reason reason, bool has_copy) {
  if (!has_copy || reason.priority != Priority::Foreground) return reason;
  return {Priority::Refresh, credit::Cause::Refresh};
}

}  // namespace

struct Refill::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor executor,
        const Parts& parts,
        const Options& refill_options,
        const Clock& wall_clock,
        const Log& event_log)
      : loop(std::move(executor)),
        clock(wall_clock),
        options(refill_options),
        log(event_log),
        caller({parts.client, parts.book, parts.dialect, counters, wall_clock, parts.clients},
               refill_options.caller,
               event_log),
        planner(refill_options.planner),
        hold_offs(kMaxHoldOffs),
        junk(refill_options.junk),
        suspects(kMaxHoldOffs),
        parking(kMaxParked),
        runner({caller,
                parts.chain,
                parts.claims,
                hold_offs,
                junk,
                suspects,
                counters,
                parts.forms,
                parts.policy,
                wall_clock},
               runner_options(refill_options),
               event_log),
        timer(loop),
        tasks(loop, event_log),
        lone_calls(caller, hold_offs, tasks, refill_options.request_deadline),
        verification(caller, parts.dialect, tasks) {
    caller.on_doubt([this] {
      if (!stopping) verification.doubt({shared_from_this(), &lone_calls});
    });
  }

  // Joins the fetch of the key that is under way; null when there is none.
  PendingPtr join(const WantedKey& one, Reason reason, Steady::time_point now);
  // Otherwise makes one, which is to be started, and takes the key.
  Wanted join_or_make(WantedKey& one, const Want& want, Steady::time_point now);
  void want(Want want, Steady::time_point now, std::vector<Wanted>& wanted);
  // Starts fetching the keys of one asset; resolved at once when that is refused.
  void start(const LanePtr& lane, BatchAsset asset, Reason reason, Steady::time_point now);
  // Whether it has to wait until its name may be paid for.
  bool must_park(const Lane& lane, const BatchAsset& asset, Steady::time_point now);
  // Puts it into its lane's batch; empty when too much waits.
  std::optional<BatchId> enter(const LanePtr& lane, BatchAsset asset, Reason reason);
  void release_parked(Steady::time_point now);
  // What the batch waits for: one record for all that are in it.
  [[nodiscard]] WaitsPtr waits_of(BatchId batch, Steady::time_point now) const;
  void pump();
  void run_soon(Batch batch);
  asio::awaitable<void> run(BatchId id, BatchWork work);
  void end_batch(BatchId id, const std::vector<PendingPtr>& ended);
  void arm_timer();

  asio::any_io_executor loop;
  const Clock& clock;
  Options options;
  Log log;
  Counters counters;
  Caller caller;
  Planner planner;
  HoldOffs hold_offs;
  JunkGate junk;
  Suspects suspects;
  Parking parking;  // what the gate does not let through yet
  BatchRunner runner;
  asio::steady_timer timer;
  io::TaskGroup tasks;  // one per batch in flight
  LoneCalls lone_calls;
  Verification verification;
  PendingSet pending;                                            // until its batch ends
  std::unordered_map<BatchId, std::vector<BatchAsset>> batches;  // not started yet
  bool stopping = false;
};

PendingPtr Refill::State::join(const WantedKey& one, Reason reason, Steady::time_point now) {
  const auto found = pending.find(std::string_view(one.key));
  if (found == pending.end()) return nullptr;
  auto& joined = **found;
  // What its batch has given up may be tried anew, though that batch still runs for others.
  if (joined.resolved.is_set() && !joined.entry) {
    pending.erase(found);
    return nullptr;
  }
  ++counters.coalesced;
  joined.last_wanted = now;
  if (!joined.copy) joined.copy = one.copy;
  if (reason.priority == Priority::Foreground && !joined.is_needed) {
    joined.is_needed = true;
    planner.promote(joined.batch, reason);
  }
  return *found;
}

Wanted Refill::State::join_or_make(WantedKey& one, const Want& want, Steady::time_point now) {
  auto joined = join(one, reason_for(want.reason, one.copy != nullptr), now);
  if (joined) return {std::move(joined), false};
  auto made = std::make_shared<Pending>();
  made->key = std::move(one.key);
  made->copy = std::move(one.copy);
  made->client = want.client;
  return {std::move(made), true};
}

void Refill::State::want(Want want, Steady::time_point now, std::vector<Wanted>& wanted) {
  const auto width = want.lane->keys_per_asset();
  assert(want.keys.size() == want.assets.size() * width);
  counters.wanted += want.keys.size();
  LanesLeft lanes(want.lane);
  std::vector<std::size_t> converts;  // of the asset at hand, to be fetched anew
  for (std::size_t i = 0; i < want.assets.size(); ++i) {
    BatchAsset asset{.name = std::move(want.assets[i]), .pendings = {}};
    bool has_copy = true;
    converts.clear();
    for (std::size_t convert = 0; convert < width; ++convert) {
      auto& one = want.keys[i * width + convert];
      const auto& part = wanted.emplace_back(join_or_make(one, want, now));
      if (!part.started_it) continue;
      asset.pendings.push_back(part.pending);
      converts.push_back(convert);
      has_copy = has_copy && part.pending->copy;
    }
    if (converts.empty()) continue;
    start(lanes.of(converts), std::move(asset), reason_for(want.reason, has_copy), now);
  }
}

void Refill::State::start(const LanePtr& lane,
                          BatchAsset asset,
                          Reason reason,
                          Steady::time_point now) {
  const bool has_copy = reason.priority != Priority::Foreground;
  auto refused = hold_offs.held(lane->name(), has_copy, now);
  for (const auto& one : asset.pendings) {
    if (!refused) refused = hold_offs.held(one->key, has_copy, now);
  }
  if (refused) ++counters.throttled;
  for (const auto& one : asset.pendings) {
    one->started = one->last_wanted = now;
    one->is_needed = !has_copy;
  }
  const auto pendings = asset.pendings;
  if (!refused && stopping) refused = failure_when_full();
  if (!refused && must_park(*lane, asset, now)) {
    if (parking.is_full()) {
      refused = failure_when_full();
    } else {
      const auto waits = std::make_shared<Waits>(Wait::Batch, now);
      for (const auto& one : pendings) one->waits = waits;
      parking.add(lane, std::move(asset));
    }
  } else if (!refused && !enter(lane, std::move(asset), reason)) {
    refused = failure_when_full();
  }
  for (const auto& one : pendings) {
    if (refused) {
      resolve(*one, nullptr, refused);
      continue;
    }
    // Nothing waits in two batches.
    [[maybe_unused]] const bool is_new = pending.insert(one).second;
    assert(is_new);
  }
}

bool Refill::State::must_park(const Lane& lane, const BatchAsset& asset, Steady::time_point now) {
  const auto& client = asset.pendings.front()->client;
  if (lane.is_whole() || !is_needed(asset)) return false;
  if (junk.is_real(to_string(lane.parts().kind), asset.name)) return false;
  if (junk.opens(client, now) > now) return true;
  junk.note_paid(client, now);
  return false;
}

std::optional<BatchId> Refill::State::enter(const LanePtr& lane, BatchAsset asset, Reason reason) {
  const auto now = Steady::now();
  const auto batch = planner.add(lane, asset.name, reason, now);
  if (!batch) return batch;
  const auto waits = waits_of(*batch, now);
  for (const auto& one : asset.pendings) {
    one->batch = *batch;
    // Who waited for it while it was parked now waits for what the batch does.
    if (one->waits) one->waits->follow(waits, now);
    one->waits = waits;
  }
  batches[*batch].push_back(std::move(asset));
  return batch;
}

// One lane for each opening of the gate: what waits in others needs a call of its own.
void Refill::State::release_parked(Steady::time_point now) {
  while (const auto lane = parking.open_lane(junk, now)) {
    for (auto& asset : parking.take(lane->name(), lane->assets_per_call())) {
      junk.note_paid(asset.pendings.front()->client, now);
      const auto pendings = asset.pendings;
      if (enter(lane, std::move(asset), {})) continue;
      for (const auto& one : pendings) {
        pending.erase(one);
        resolve(*one, nullptr, failure_when_full());
      }
    }
  }
}

WaitsPtr Refill::State::waits_of(BatchId batch, Steady::time_point now) const {
  const auto open = batches.find(batch);
  if (open != batches.end()) return open->second.front().pendings.front()->waits;
  return std::make_shared<Waits>(Wait::Batch, now);
}

void Refill::State::pump() {
  planner.limit_calls(caller.allowed_calls());
  release_parked(Steady::now());
  while (auto batch = planner.start(Steady::now())) run_soon(std::move(*batch));
  arm_timer();
}

void Refill::State::run_soon(Batch batch) {
  auto assets = batches.extract(batch.id);
  BatchWork work{std::move(batch.lane), batch.reason, std::move(assets.mapped())};
  const auto waits = work.assets.front().pendings.front()->waits;
  const auto room = work.lane->assets_per_call() - work.assets.size();
  for (auto& rider : parking.take(work.lane->name(), room)) {
    for (const auto& one : rider.pendings) {
      one->batch = batch.id;
      one->waits = waits;
    }
    work.assets.push_back(std::move(rider));
  }
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
  std::vector<PendingPtr> waiting;
  for (const auto& asset : work.assets)
    waiting.insert(waiting.end(), asset.pendings.begin(), asset.pendings.end());
  std::exception_ptr bug;
  try {
    co_await runner.run(std::move(work));
  } catch (...) {
    bug = std::current_exception();
  }
  end_batch(id, waiting);
  for (const auto& one : waiting) {
    if (one->resolved.is_set()) continue;
    one->failure = failure_of(Error{ErrorCode::Unavailable, "refill failed"});
    one->resolved.set();
  }
  if (bug) std::rethrow_exception(bug);
}

void Refill::State::end_batch(BatchId id, const std::vector<PendingPtr>& ended) {
  for (const auto& one : ended) {
    const auto found = pending.find(one);
    if (found != pending.end() && *found == one) pending.erase(found);
  }
  planner.finish(id);
  pump();
}

void Refill::State::arm_timer() {
  auto at = planner.wakeup();
  const auto opens = parking.opens(junk, Steady::now());
  if (opens && (!at || *opens < *at)) at = opens;
  if (!at) return;
  timer.expires_at(*at);
  timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self) self->pump();
  });
}

Refill::Refill(asio::any_io_executor loop,
               const Parts& parts,
               const Options& options,
               const Clock& clock,
               const Log& log)
    : state_(std::make_shared<State>(std::move(loop), parts, options, clock, log)) {}

Refill::~Refill() { state_->timer.cancel(); }

std::vector<Wanted> Refill::want(std::vector<Want> wants) {
  const auto now = Steady::now();
  std::vector<Wanted> wanted;
  if (!wants.empty()) wanted.reserve(wants.front().keys.size());
  for (auto& one : wants) state_->want(std::move(one), now, wanted);
  state_->pump();
  return wanted;
}

bool Refill::is_held_off(const Lane& lane) const {
  return state_->hold_offs.held(lane.name(), true, Steady::now()) != nullptr;
}

asio::awaitable<CallResult> Refill::forward(ForwardedCall call) {
  std::shared_ptr<LoneCalls> calls(state_, &state_->lone_calls);
  return LoneCalls::forward(std::move(calls), std::move(call));
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

std::optional<alert::Contradiction> Refill::contradiction() const {
  return state_->suspects.worst(state_->clock.now());
}

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
