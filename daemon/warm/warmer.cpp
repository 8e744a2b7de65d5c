#include "warm/warmer.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <utility>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include "catalog/request.hpp"

namespace quotecached::warm {
namespace {

using Steady = std::chrono::steady_clock;

constexpr milliseconds kShortestPause{20};
constexpr milliseconds kLongestPause{1000};

// Lists are warmed in the lanes that have so great a share of all asks, and in so many at most.
constexpr double kLeastShare = 0.1;
constexpr std::size_t kMostListLanes = 2;
constexpr std::size_t kLanesLookedAt = 8;

constexpr std::chrono::hours kUnknown{1};

// Of what another daemon renewed enough must be left, or it is renewed again at once.
constexpr milliseconds kFewestLeft{250};

// Does what is fetched by names of this kind serve who asks in the lane? By a name an answer brings
// the copies by id too.
bool can_name(const refill::Lane& lane, catalog::KeyKind kind) {
  if (lane.parts().kind == kind) return true;
  return lane.parts().kind == catalog::KeyKind::Id && catalog::may_alias(lane.endpoint(), kind);
}

}  // namespace

Warmer::Warmer(asio::any_io_executor loop,
               const Parts& parts,
               const Options& options,
               const Clock& clock,
               const Log& log)
    : parts_(parts),
      options_(options),
      clock_(clock),
      log_(log),
      ahead_(options.ahead, clock.now()),
      roster_(options.roster),
      fetcher_({parts.chain, parts.refill, parts.book, clock}, options.request_deadline),
      renewing_(loop, log),
      tasks_(std::move(loop), log) {}

void Warmer::start() {
  auto task = run();
  tasks_.spawn("warm", std::move(task));
}

asio::awaitable<void> Warmer::stop(std::chrono::milliseconds limit) {
  tasks_.cancel();
  renewing_.cancel();
  (void)co_await tasks_.join(limit);
  (void)co_await renewing_.join(limit);
  for (const auto& [window, run] : windows_) {
    run->stopped_by = "the daemon's end";
    parts_.runs.end(*run);
  }
  windows_.clear();
}

void Warmer::change(const std::vector<Window>& windows, std::vector<std::string> pinned) {
  roster_.change(windows, std::move(pinned));
  note_turns();
  due_.set();
}

asio::awaitable<bool> Warmer::settle(std::chrono::milliseconds limit) {
  co_return co_await renewing_.join(limit);
}

asio::awaitable<void> Warmer::run() {
  const auto state = co_await asio::this_coro::cancellation_state;
  while (state.cancelled() == asio::cancellation_type::none) {
    due_.clear();
    const TimePoint next = look();
    const auto pause = std::clamp(next - clock_.now(), kShortestPause, kLongestPause);
    (void)co_await due_.wait_for(pause);
  }
}

TimePoint Warmer::look() {
  const auto now = clock_.now();
  judge();
  parts_.runs.keep_changed();
  if (!options_.renews) return now + kLongestPause;
  if (parts_.refill.upstream_health().outage) ahead_.note_outage(now);
  const auto& policy = parts_.policy.get();
  if (!ahead_.is_ready(policy, now)) return now + kLongestPause;
  const Ahead::View view{policy, [this](const auto& lane, std::size_t assets) {
                           return parts_.refill.price_of(*lane, assets).predicted;
                         }};
  const auto picks = due_by_order(now);
  auto plan = ahead_.plan(parts_.refill.renewals(), picks, view, now);
  for (auto& task : plan.tasks) {
    auto renewing = renew(std::move(task));
    renewing_.spawn("renew ahead", std::move(renewing));
  }
  return std::min(plan.next, roster_.next());
}

void Warmer::judge() {
  std::map<std::int64_t, double> asks;  // by run
  fetcher_.judge([&asks](const Outcomes::Judged& judged) {
    if (judged.run != 0 && judged.asks > 0) asks[judged.run] += judged.asks;
  });
  for (const auto& [run, count] : asks) parts_.runs.note_asks(run, count);
}

std::vector<Roster::Pick> Warmer::due_by_order(TimePoint now) {
  const Roster::View view{parts_.refill.renewals(),
                          [this, now] { return lanes(catalog::KeyKind::Id, now); },
                          [this](const refill::LanePtr& lane) { return lead(*lane); }};
  auto picks = roster_.due(view, now);
  note_turns();
  for (auto& pick : picks) {
    const auto window = windows_.find(pick.window);
    if (window != windows_.end()) pick.run = window->second->id;
  }
  return picks;
}

void Warmer::note_turns() {
  for (const auto& turn : roster_.take_turns()) {
    if (turn.is_open) {
      open(turn);
    } else {
      close(turn);
    }
  }
}

void Warmer::open(const Roster::Turn& turn) {
  Run run;
  run.begun_by = Run::By::Clock;
  run.what = "window " + turn.window;
  for (const auto& [lane, assets] : turn.assets) {
    run.assets += static_cast<std::int64_t>(assets);
    run.estimated += parts_.refill.price_of(*lane, assets).predicted;
  }
  const auto most = run.estimated;
  windows_.insert_or_assign(turn.window, parts_.runs.begin(std::move(run), most));
}

void Warmer::close(const Roster::Turn& turn) {
  const auto window = windows_.extract(turn.window);
  if (window.empty()) return;
  Run& run = *window.mapped();
  for (const auto& [lane, assets] : turn.assets)
    run.how[static_cast<std::size_t>(Outcome::How::NotTried)] += static_cast<std::int64_t>(assets);
  parts_.runs.end(run);
}

std::vector<refill::LanePtr> Warmer::lanes(catalog::KeyKind kind, TimePoint now) const {
  std::vector<refill::LanePtr> lanes;
  for (const auto& [lane, share] : parts_.refill.renewals().fleet_lanes(kLanesLookedAt, now)) {
    if (share < kLeastShare || lanes.size() == kMostListLanes || !can_name(*lane, kind)) continue;
    auto named = refill::named_by(lane, kind);
    const auto is_it = [&](const auto& one) { return one->name() == named->name(); };
    if (std::ranges::none_of(lanes, is_it)) lanes.push_back(std::move(named));
  }
  if (lanes.empty()) lanes.push_back(refill::named_by(parts_.usual_lane, kind));
  return lanes;
}

milliseconds Warmer::lead(const refill::Lane& lane) const {
  return ahead_.lead(lane, parts_.refill.renewals().tick(lane.endpoint()).has_value());
}

asio::awaitable<void> Warmer::renew(Task task) {
  const auto lane = task.lane;
  const auto began = Steady::now();
  auto how = Ahead::End::Failed;
  std::exception_ptr bug;
  try {
    Fetcher::Errand errand;
    errand.task = std::move(task);
    errand.left = lead(*lane) + kFewestLeft;
    const auto fetched = co_await fetcher_.fetch(std::move(errand));
    how = take(fetched);
  } catch (...) {
    bug = std::current_exception();
  }
  const auto took = std::chrono::ceil<milliseconds>(Steady::now() - began);
  ahead_.end(*lane, how, took, clock_.now());
  due_.set();
  if (bug) std::rethrow_exception(bug);
}

Ahead::End Warmer::take(const std::vector<Fetched>& fetched) {
  using How = Fetched::How;
  const auto now = clock_.now();
  auto end = Ahead::End::Nothing;
  for (const auto& one : fetched) {
    // What may not be paid for now, or is being fetched, is tried again at once.
    if (one.how != How::Busy && one.how != How::Refused)
      parts_.runs.note_outcome(one.run, outcome_of(one.how));
    // Each time it is asked whether an unknown asset is known now costs a credit.
    const auto until = one.how == How::Absent ? now + kUnknown : one.until;
    if (until != TimePoint{}) roster_.note(one.key, until, now);
    if (one.how == How::Failed) roster_.note_failed(one.key, now);
    if (one.how == How::Renewed) end = Ahead::End::Renewed;
    if (one.how == How::Failed && end == Ahead::End::Nothing) end = Ahead::End::Failed;
  }
  return end;
}

}  // namespace quotecached::warm
