#include "refill/refill.hpp"

#include <exception>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/on_exit.hpp"
#include "io/task_group.hpp"
#include "refill/batch_runner.hpp"
#include "refill/hold_off.hpp"
#include "refill/lone_calls.hpp"
#include "refill/renewals.hpp"
#include "refill/riding.hpp"
#include "refill/verification.hpp"
#include "refill/want_queue.hpp"

namespace quotecached::refill {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kMaxHoldOffs = 20000;

// How long stop() waits for calls that it has given up, or cancelled, to end.
constexpr std::chrono::milliseconds kGiveUpLimit{1000};

constexpr std::chrono::milliseconds kSettlePause{1};

// Before what nobody waits for is prepared.
constexpr std::chrono::milliseconds kFilingPause{2};

BatchRunner::Options runner_options(const Refill::Options& options) {
  BatchRunner::Options wanted;
  wanted.times = options.times;
  wanted.failure_throttle = options.failure_throttle;
  wanted.request_deadline = options.request_deadline;
  return wanted;
}

Renewals::Options renewal_options(const Refill::Options& options) {
  auto wanted = options.renewals;
  wanted.names = options.times.names;
  return wanted;
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
        caller({parts.client, parts.book, parts.dialect, counters, wall_clock, parts.clients},
               refill_options.caller,
               event_log),
        hold_offs(kMaxHoldOffs),
        junk(refill_options.junk),
        suspects(kMaxHoldOffs),
        renewals(renewal_options(refill_options)),
        queue(refill_options.planner, {hold_offs, junk, counters}),
        riding({parts.chain, parts.book, renewals, queue, wall_clock}, refill_options.rides),
        runner({caller,
                parts.chain,
                parts.claims,
                hold_offs,
                junk,
                renewals,
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
        verification(caller, parts.dialect, tasks, refill_options.verification_rest) {
    caller.on_doubt([this] {
      if (!stopping) verification.doubt({shared_from_this(), &lone_calls});
    });
    runner.late().observe(
        {[this] { file_late(); },
         [this](const BatchAssets& assets) { queue.forget(pendings_of(assets)); }});
  }

  void pump();
  void choose_soon(const LanePtr& lane);
  void run_soon(WantQueue::Started batch);
  asio::awaitable<void> run(WantQueue::Started batch);
  void arm_timer();
  void file_late();
  asio::awaitable<void> file_in_steps();

  asio::any_io_executor loop;
  const Clock& clock;
  Counters counters;
  calling::Caller caller;
  HoldOffs hold_offs;
  JunkGate junk;
  Suspects suspects;
  Renewals renewals;
  WantQueue queue;
  Riding riding;
  BatchRunner runner;
  asio::steady_timer timer;
  io::TaskGroup tasks;  // one per batch in flight
  LoneCalls lone_calls;
  Verification verification;
  bool stopping = false;
  bool is_pumping = false;
  bool is_filing = false;
};

// A batch that ends without waiting comes back here: what it made room for the loop that started it
// finds, so that thousands of them do not stand on one stack.
void Refill::State::pump() {
  if (std::exchange(is_pumping, true)) return;
  const OnExit done([this] { is_pumping = false; });
  queue.limit_calls(caller.allowed_calls());
  while (auto batch = queue.start(Steady::now())) {
    riding.fill_up(*batch);
    run_soon(std::move(*batch));
  }
  for (const auto& lane : queue.take_opened()) choose_soon(lane);
  arm_timer();
}

// Once all that is ready to join the batch has joined it.
void Refill::State::choose_soon(const LanePtr& lane) {
  if (queue.collecting(lane) == nullptr) return;
  asio::post(loop, [weak = weak_from_this(), lane] {
    if (const auto self = weak.lock()) self->riding.choose(lane);
  });
}

void Refill::State::run_soon(WantQueue::Started batch) {
  auto task = run(std::move(batch));
  tasks.spawn("refill", std::move(task));
}

asio::awaitable<void> Refill::State::run(WantQueue::Started batch) {
  const auto self = shared_from_this();
  const auto waiting = pendings_of(batch.work.assets);
  std::exception_ptr bug;
  try {
    co_await runner.run(std::move(batch.work));
    // Whoever waited is answered before another call is prepared.
    co_await asio::post(loop, asio::use_awaitable);
  } catch (...) {
    bug = std::current_exception();
  }
  queue.finish(batch.id, waiting);
  pump();
  for (const auto& one : waiting) {
    if (one->resolved.is_set() || one->awaits_filing) continue;
    one->failure = calling::failure_of(Error{ErrorCode::Unavailable, "refill failed"});
    one->resolved.set();
  }
  if (bug) std::rethrow_exception(bug);
}

void Refill::State::file_late() {
  if (std::exchange(is_filing, true)) return;
  auto task = file_in_steps();
  if (tasks.spawn("file", std::move(task))) return;
  is_filing = false;  // everything ends
  runner.late().file_all();
}

// Whoever was answered first reads and sends that on a thread of its own, which may have to share
// this core; between two steps others on the loop have their turn.
asio::awaitable<void> Refill::State::file_in_steps() {
  const auto self = shared_from_this();
  const OnExit ended([this] { is_filing = false; });
  try {
    asio::steady_timer pause(loop, kFilingPause);
    co_await pause.async_wait(asio::use_awaitable);
    do {
      co_await asio::post(loop, asio::use_awaitable);
    } while (runner.late().step());
  } catch (...) {
    runner.late().file_all();
    throw;
  }
}

void Refill::State::arm_timer() {
  const auto at = queue.wakeup(Steady::now());
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
    : state_(std::make_shared<State>(std::move(loop), parts, options, clock, log)) {
  parts.chain.on_filled([weak = std::weak_ptr(state_)](std::span<const cache::Item> items) {
    const auto state = weak.lock();
    if (!state) return;
    for (const auto& item : items) state->renewals.note_filed(item.key, *item.entry);
  });
}

Refill::~Refill() { state_->timer.cancel(); }

std::vector<Wanted> Refill::want(std::vector<Want> wants) {
  const auto now = Steady::now();
  std::vector<Wanted> wanted;
  if (!wants.empty()) wanted.reserve(wants.front().keys.size());
  for (auto& one : wants) state_->queue.add(std::move(one), now, wanted);
  state_->pump();
  return wanted;
}

calling::FailurePtr Refill::held_off(const Lane& lane) const {
  return state_->hold_offs.held(lane.name(), true, Steady::now());
}

bool Refill::is_busy(std::string_view key) const {
  return state_->queue.is_busy(key, Steady::now());
}

void Refill::file_now(std::string_view key) {
  auto& late = state_->runner.late();
  if (!late.is_empty() && state_->queue.awaits_filing(key)) late.file_all();
}

void Refill::file_all() { state_->runner.late().file_all(); }

asio::awaitable<calling::CallResult> Refill::forward(ForwardedCall call) {
  std::shared_ptr<LoneCalls> calls(state_, &state_->lone_calls);
  return LoneCalls::forward(std::move(calls), std::move(call));
}

Renewals& Refill::renewals() noexcept { return state_->renewals; }

CallPrice Refill::price_of(const Lane& lane, std::size_t assets) const {
  return refill::price_of(lane, assets, state_->caller.prices());
}

asio::awaitable<calling::CallResult> Refill::probe(upstream::Request request,
                                                   std::string endpoint) {
  std::shared_ptr<LoneCalls> calls(state_, &state_->lone_calls);
  return LoneCalls::probe(std::move(calls), std::move(request), std::move(endpoint));
}

const Counters& Refill::counters() const noexcept { return state_->counters; }

calling::UpstreamHealth Refill::upstream_health() const { return state_->caller.health(); }

std::optional<alert::Contradiction> Refill::contradiction() const {
  return state_->suspects.worst(state_->clock.now());
}

bool Refill::is_idle() const noexcept {
  return state_->queue.is_empty() && state_->tasks.running() == 0;
}

// What waits for its batch to close is not a task yet, and looked for now and then.
asio::awaitable<bool> Refill::settle(std::chrono::milliseconds limit) {
  const auto deadline = Steady::now() + limit;
  asio::steady_timer pause(state_->loop);
  while (!is_idle()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now());
    if (left.count() <= 0) co_return false;
    (void)co_await state_->tasks.join(left);
    if (is_idle()) break;
    pause.expires_after(kSettlePause);
    co_await pause.async_wait(asio::use_awaitable);
  }
  co_return true;
}

asio::awaitable<void> Refill::stop(std::chrono::milliseconds limit) {
  const auto state = state_;
  state->stopping = true;
  state->queue.close();
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
