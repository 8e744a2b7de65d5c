#include "refill/batch_runner.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "refill/call_intent.hpp"
#include "refill/payers.hpp"

namespace quotecached::refill {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kMaxSplitLanes = 1000;
constexpr std::size_t kMostRefusedConverts = 2;

double draw() {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(random);
}

Narrowing::Ask next_ask(const Lane& lane,
                        const calling::CallResult& result,
                        std::size_t assets,
                        Narrowing& narrowing) {
  if (!names_nothing(lane, result)) {
    narrowing.note_failure();
    return Narrowing::Ask::Nothing;
  }
  if (assets > 1 || lane.keys_per_asset() > 1)
    return narrowing.after_refusal(assets, lane.keys_per_asset());
  narrowing.note_refused_alone();
  return Narrowing::Ask::Nothing;
}

// Did the provider fail, or was it not to be reached?
bool has_failed(const calling::CallResult& result) {
  return result.failure && result.attempt != calling::Evidence::Nothing &&
         result.attempt != calling::Evidence::Good;
}

// Why those failed that were asked already.
calling::FailurePtr failure_in(const BatchAssets& assets) {
  for (const auto& asset : assets) {
    for (const auto& one : asset.pendings) {
      if (one->failure) return one->failure;
    }
  }
  return calling::malformed_failure();
}

calling::FailurePtr abandoned_failure() {
  static const auto kFailure = std::make_shared<const calling::Failure>(calling::Failure{
      504, 504, "The provider could not be asked in time.", std::chrono::seconds(0)});
  return kFailure;
}

}  // namespace

BatchRunner::BatchRunner(Parts parts, Options options, Log log)
    : parts_(parts),
      options_(options),
      filing_({parts.chain, parts.hold_offs, parts.suspects, parts.junk, parts.counters},
              {options.times, options.failure_throttle},
              log),
      failed_calls_(parts.hold_offs, filing_, {options.times, options.failure_throttle}),
      neighbours_(parts.claims, parts.chain, options.neighbours, parts.clock),
      split_lanes_(kMaxSplitLanes),
      log_(std::move(log)) {}

asio::awaitable<void> BatchRunner::run(BatchWork work) {
  const auto waits = work.assets.front().pendings.front()->waits;
  drop_held_off(work);
  drop_abandoned(work);
  if (is_for_nobody(work.assets)) drop_riders(work.assets);
  const auto all = pendings_of(work.assets);
  std::vector<std::string> claimed;
  waits->begin(Wait::Neighbour, Steady::now());
  auto shares = co_await neighbours_.leave(work.lane, std::move(work.assets), &claimed);
  const auto end = neighbours_.end_of_patience();
  drop_riders(shares);
  while (true) {
    waits->begin(Wait::None, Steady::now());
    const bool went_well = co_await run_all(work.reason, std::move(shares.ours));
    auto ended = std::exchange(claimed, {});
    auto dropped = take_dropped(ended, all);
    co_await neighbours_.release(std::move(ended), went_well);
    co_await neighbours_.release(std::move(dropped), false);
    if (shares.theirs.empty()) break;
    waits->begin(Wait::Neighbour, Steady::now());
    shares = co_await neighbours_.await(work.lane, std::move(shares.theirs), end, &claimed);
  }
  // What a neighbour has brought is as good as a call of our own.
  for (const auto& one : all) {
    if (one->is_from_neighbour) parts_.renewals.note_filed(one->key, *one->entry);
  }
}

// Returns whether all calls went well.
asio::awaitable<bool> BatchRunner::run_all(Reason reason, std::vector<LaneWork> work) {
  bool went_well = true;
  for (auto& one : work) {
    const bool went = co_await run_assets(std::move(one.lane), reason, std::move(one.assets));
    went_well = went_well && went;
  }
  co_return went_well;
}

Timing BatchRunner::timing(const Lane& lane, TimePoint asked_at) const {
  Timing timing{asked_at, options_.times, draw(), parts_.renewals.tick(lane.endpoint())};
  timing.times.stretch = parts_.policy.get().stretch;
  return timing;
}

// The lane may have failed since the batch was opened: those with a stale copy need no call then.
void BatchRunner::drop_held_off(BatchWork& work) {
  std::erase_if(work.assets, [&](const BatchAsset& asset) {
    const auto failure = parts_.hold_offs.held(work.lane->name(), !is_needed(asset), Steady::now());
    if (!failure) return false;
    if (!is_riding(asset)) ++parts_.counters.throttled;
    resolve_all(asset, nullptr, failure);
    return true;
  });
}

// A batch that waited for its turn for longer than its clients did would be paid for nobody.
void BatchRunner::drop_abandoned(BatchWork& work) {
  const auto since = Steady::now() - options_.request_deadline;
  std::erase_if(work.assets, [&](const BatchAsset& asset) {
    const bool is_wanted = std::any_of(asset.pendings.begin(),
                                       asset.pendings.end(),
                                       [&](const auto& one) { return one->last_wanted >= since; });
    if (is_wanted) return false;
    ++parts_.counters.abandoned;
    resolve_all(asset, nullptr, abandoned_failure());
    return true;
  });
}

// Returns whether the call (or the last of several) went well.
asio::awaitable<bool> BatchRunner::run_assets(LanePtr lane, Reason reason, Assets assets) {
  Narrowing narrowing;
  co_return co_await run_narrowing(std::move(lane), reason, std::move(assets), &narrowing);
}

asio::awaitable<bool> BatchRunner::run_narrowing(LanePtr lane,
                                                 Reason reason,
                                                 Assets assets,
                                                 Narrowing* narrowing) {
  if (split_lanes_.contains(lane->name(), Steady::now()))
    co_return co_await run_by_convert(std::move(lane), reason, std::move(assets));
  bool has_left_riders = false;
  while (!is_for_nobody(assets)) {
    const bool has_riders = std::ranges::any_of(assets, rides);
    Taken taken;
    const auto result = co_await call(lane.get(), &assets, reason, &taken);
    charge(assets, result.parts);
    if (result.response) keep_headers(assets, result.response->kept_headers);
    if (!result.failure) {
      // It was about one of those that rode.
      if (has_left_riders) parts_.renewals.rest(lane, parts_.clock.now());
      parts_.renewals.note_went_well(lane, has_riders, parts_.clock.now());
      narrowing->note_good();
      parts_.hold_offs.clear(lane->name());
      take_answer(lane, result, std::move(taken), assets);
      co_return true;
    }
    if (has_riders && has_failed(result)) parts_.renewals.note_failed_with_riders(lane);
    const auto before = assets.size();
    assets = failed_calls_.take_out_unknown(*lane, result, std::move(assets));
    if (assets.size() < before) continue;
    // Nobody is asked for alone for the sake of those that ride.
    if (names_nothing(*lane, result) && drop_riders(assets)) {
      has_left_riders = true;
      continue;
    }
    auto ask = next_ask(*lane, result, assets.size(), *narrowing);
    if (ask == Narrowing::Ask::ByConvert)
      co_return co_await run_by_convert(std::move(lane), reason, std::move(assets));
    if (ask == Narrowing::Ask::OneAlone) ask = co_await try_alone(lane, reason, &assets, narrowing);
    if (ask != Narrowing::Ask::Halves) {
      end_refused(*lane, result, ask, assets);
      co_return false;
    }
    auto half = take_half(assets);
    co_await run_narrowing(lane, reason, std::move(half), narrowing);
  }
  drop_riders(assets);
  co_return true;
}

asio::awaitable<Narrowing::Ask> BatchRunner::try_alone(LanePtr lane,
                                                       Reason reason,
                                                       Assets* assets,
                                                       Narrowing* narrowing) {
  auto ask = Narrowing::Ask::OneAlone;
  while (ask == Narrowing::Ask::OneAlone && !assets->empty()) {
    // By lot: whoever asks for what is refused must not choose.
    auto one = take_one(*assets, static_cast<std::size_t>(draw() * 1e6));
    co_await run_narrowing(lane, reason, std::move(one), narrowing);
    ask = narrowing->after_refusal(assets->size(), 1);
  }
  co_return ask;
}

// The provider may refuse several converts in one call for a plan's sake. Where each is refused by
// itself too, the others are not tried.
asio::awaitable<bool> BatchRunner::run_by_convert(LanePtr lane, Reason reason, Assets assets) {
  bool has_good = false;
  std::size_t refused = 0;
  for (std::size_t convert = 0; convert < lane->keys_per_asset(); ++convert) {
    Assets part = take_convert(assets, convert);
    if (!has_good && refused == kMostRefusedConverts) {
      const auto failure = failure_in(assets);
      for (const auto& asset : part) filing_.doubt(asset, failure, HoldOffs::Binds::Everyone);
      continue;
    }
    Narrowing narrowing;
    const auto alone = narrowed(lane, {convert});
    const bool went_well = co_await run_narrowing(alone, reason, std::move(part), &narrowing);
    if (narrowing.is_refused()) ++refused;
    has_good = has_good || went_well;
    if (narrowing.is_clean()) split_lanes_.add(lane->name(), Steady::now());
  }
  co_return has_good;
}

asio::awaitable<calling::CallResult> BatchRunner::call(const Lane* lane,
                                                       const Assets* assets,
                                                       Reason reason,
                                                       Taken* taken) {
  calling::Call call;
  call.request.target = call_target(*lane, names_of(*assets));
  call.take = [this, lane, assets, taken](std::string_view body, TimePoint asked_at) {
    return take_apart(*lane, *assets, body, asked_at, *taken).has_value();
  };
  call.waits = assets->front().pendings.front()->waits;
  call.may_retry = std::any_of(assets->begin(), assets->end(), is_needed);
  call.payers = payers_of(*assets);
  call.lane = lane->name();
  call.intent =
      intent_of(*lane, *assets, reason, parts_.caller.prices(), options_.request_deadline);
  co_return co_await parts_.caller.call(std::move(call));
}

Result<void> BatchRunner::take_apart(const Lane& lane,
                                     const Assets& assets,
                                     std::string_view body,
                                     TimePoint asked_at,
                                     Taken& taken) const {
  if (lane.is_whole()) {
    const auto copy = filing_.copy_of(*assets.front().pendings.front(), asked_at);
    auto whole = split_whole(lane, body, timing(lane, asked_at), copy.get());
    if (!whole) return std::move(whole).failure();
    taken.whole = std::move(*whole);
    return {};
  }
  taken.can_wait = LateFiling::can_wait(lane, assets);
  auto split = split_answer(lane, names_of(assets), body, timing(lane, asked_at), taken.can_wait);
  if (!split) return std::move(split).failure();
  taken.split = std::move(*split);
  return {};
}

void BatchRunner::take_answer(const LanePtr& lane_ptr,
                              const calling::CallResult& result,
                              Taken taken,
                              Assets& assets) {
  const Lane& lane = *lane_ptr;
  if (result.reading.form) parts_.forms.learn(lane.endpoint().position, *result.reading.form);
  Result<void> end;
  // Whoever sends a part of something, or nothing, says so by its status.
  if (result.response->http_status != 200) {
    end = fail(ErrorCode::Invalid, fmt::format("HTTP {}", result.response->http_status));
  } else if (!taken.whole && !taken.split) {
    // An answer whose status did not come first was not taken apart yet.
    end = take_apart(lane, assets, result.response->body, result.asked_at, taken);
  }
  if (end && taken.split && !result.reading.has_status)
    end = fail(ErrorCode::Invalid, "answer without status");
  if (!end) return filing_.refuse(lane, end.error().message, assets);
  const auto data_at = taken.split ? taken.split->data_at : taken.whole->data_at;
  if (data_at) parts_.renewals.note_data(lane.endpoint(), result.asked_at, *data_at);
  if (taken.whole) return filing_.take_whole(lane, *taken.whole, assets.front());
  Filing::Answer answer{lane_ptr, result.asked_at, std::move(*taken.split), std::move(assets)};
  answer.can_wait = std::move(taken.can_wait);
  filing_.answer(answer);
  late_.add(std::move(answer));
}

// Of a call that was given up while it was narrowed down, it is not known what is wrong.
void BatchRunner::end_refused(const Lane& lane,
                              const calling::CallResult& result,
                              Narrowing::Ask ask,
                              Assets& assets) {
  if (ask != Narrowing::Ask::GiveUp) return failed_calls_.take(lane, result, assets);
  for (const auto& asset : assets) resolve_all(asset, nullptr, result.failure);
}

}  // namespace quotecached::refill
