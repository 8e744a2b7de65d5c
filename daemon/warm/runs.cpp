#include "warm/runs.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "pacing/ask_count.hpp"

namespace quotecached::warm {
namespace {

using How = Outcome::How;

// What was not asked for since it was warmed, for so long: a list that is warmed once a day is
// warmed each day.
constexpr std::chrono::hours kDropped{20};

constexpr std::size_t kMostWarmed = 20'000;
constexpr std::size_t kMostExplained = 5000;
constexpr std::size_t kMostNames = 20;

// A copy that is fresh for half of its time or longer is left alone.
milliseconds enough(const refill::Lane& lane) {
  return milliseconds(lane.endpoint().freshness.get().fresh) / 2;
}

}  // namespace

Runs::Runs(asio::any_io_executor loop, const Parts& parts, Options options, const Log& log)
    : parts_(parts), options_(std::move(options)), tasks_(std::move(loop), log) {}

asio::awaitable<void> Runs::stop(std::chrono::milliseconds limit) {
  tasks_.cancel();
  (void)co_await tasks_.join(limit);
}

Result<std::vector<refill::LanePtr>> Runs::lanes(const Order& order, catalog::KeyKind kind) const {
  if (order.converts.empty()) return options_.lanes(kind);
  std::vector<refill::LanePtr> lanes;
  for (const auto& convert : order.converts) {
    auto lane = options_.lane_in(convert);
    if (!lane) return std::move(lane).failure();
    lanes.push_back(refill::named_by(*lane, kind));
  }
  return lanes;
}

Result<std::vector<PlannedLane>> Runs::plan(const Order& order) const {
  const auto ids = static_cast<std::size_t>(std::ranges::count_if(order.assets, is_id));
  std::vector<refill::LanePtr> all;
  for (const auto kind : {catalog::KeyKind::Id, catalog::KeyKind::Symbol}) {
    const bool is_id = kind == catalog::KeyKind::Id;
    const bool has_some = is_id ? ids > 0 || order.assets.empty() : ids < order.assets.size();
    if (!has_some) continue;
    auto some = lanes(order, kind);
    if (!some) return std::move(some).failure();
    all.insert(all.end(), some->begin(), some->end());
  }
  return plan_of(order, options_.lists, all, parts_.refill.renewals(), parts_.clock.now());
}

asio::awaitable<Result<Run>> Runs::order(Order order) {
  if (current_) co_return fail(ErrorCode::Exhausted, "a run is under way already");
  auto planned = plan(order);
  if (!planned) co_return std::move(planned).failure();
  Run wanted;
  wanted.what = words_for(order, options_.lists);
  wanted.is_dry = order.is_dry;
  wanted.explains = order.explains;
  Credits most;
  for (const auto& lane : *planned) {
    if (lane.assets.empty()) continue;
    wanted.assets += static_cast<std::int64_t>(lane.assets.size());
    most += parts_.refill.price_of(*lane.lane, lane.assets.size()).predicted;
  }
  const auto run = parts_.log.begin(std::move(wanted), most);
  current_ = run;
  ended_.clear();
  const bool waits = order.waits || order.is_dry;
  auto task = carry_out(run, std::move(order), *std::move(planned));
  tasks_.spawn("warm run", std::move(task));
  while (waits && run->state == Run::State::Running) {
    const bool has_ended = co_await ended_.wait_for(std::chrono::minutes(1));
    if (!has_ended && tasks_.running() == 0) break;
  }
  co_return *run;
}

asio::awaitable<void> Runs::carry_out(RunPtr run, Order order, std::vector<PlannedLane> plan) {
  std::exception_ptr bug;
  try {
    for (const auto& lane : plan) {
      const auto step = lane.lane->assets_per_call();
      for (std::size_t begin = 0; begin < lane.assets.size(); begin += step) {
        const auto end = std::min(begin + step, lane.assets.size());
        co_await carry_out_some(run.get(), &order, &lane, begin, end);
      }
    }
  } catch (...) {
    bug = std::current_exception();
  }
  parts_.log.end(*run);
  current_.reset();
  ended_.set();
  if (bug) std::rethrow_exception(bug);
}

asio::awaitable<void> Runs::carry_out_some(
    Run* run, const Order* order, const PlannedLane* lane, std::size_t begin, std::size_t end) {
  Fetcher::Errand errand;
  errand.task.lane = lane->lane;
  errand.cause = credit::Cause::Cron;
  errand.left = enough(*lane->lane);
  errand.is_dry = order->is_dry;
  for (std::size_t i = begin; i < end; ++i) {
    const auto& asset = lane->assets[i];
    const auto key = refill::key_of(*lane->lane, asset.name, 0);
    const bool is_dropped = order->what != Order::What::Assets && is_unasked(key);
    if (is_dropped) {
      count(*run, *lane, asset, How::Unasked);
    } else {
      errand.task.assets.push_back({asset.name, run->id});
    }
  }
  if (errand.task.assets.empty()) co_return;
  const auto price_of = [this](const refill::LanePtr& of, std::size_t assets) {
    return parts_.refill.price_of(*of, assets).predicted;
  };
  const auto most = parts_.refill.price_of(*lane->lane, errand.task.assets.size()).worst_case;
  if (run->stopped_by.empty()) run->stopped_by = why_not(*run, *order, most);
  const auto price = parts_.policy.get().price;
  const auto debt = parts_.refill.renewals().debt(lane->lane, parts_.clock.now());
  const auto pays = affordable(errand.task.assets.size(), lane->lane, debt, price, price_of);
  const bool is_stopped = !run->stopped_by.empty();
  if (is_stopped || pays == 0) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto& asset = lane->assets[i];
      const auto& asked = errand.task.assets;
      if (std::ranges::find(asked, asset.name, &TaskAsset::name) != asked.end())
        count(*run, *lane, asset, is_stopped ? How::NotTried : How::Unworthy);
    }
    co_return;
  }
  const auto fetched = co_await parts_.fetcher.fetch(std::move(errand));
  take(*run, *lane, std::span(lane->assets).subspan(begin, end - begin), fetched);
}

std::string Runs::why_not(const Run& run, const Order& order, Credits price) const {
  const auto& policy = parts_.policy.get();
  if (!policy.rules.ahead) return fmt::format("spend mode {}", to_string(policy.mode));
  const auto spent = order.is_dry ? run.estimated : run.spent;
  if (order.max_credits && spent.count + price.count > order.max_credits->count)
    return "max_credits";
  const auto refusal = parts_.book.refusal(ledger::Purpose::Ahead, price);
  if (refusal) return refusal->error.message;
  return {};
}

bool Runs::is_unasked(const std::string& key) const {
  const auto warmed = warmed_.find(key);
  const auto now = parts_.clock.now();
  if (warmed == warmed_.end() || now - warmed->second > kDropped) return false;
  if (warmed->second > now) return false;  // by a clock that was set back
  const auto asks = parts_.refill.renewals().asks_of(key, now);
  return !asks || asks->last + pacing::AskCount::kGrain <= warmed->second;
}

void Runs::take(Run& run,
                const PlannedLane& lane,
                std::span<const PlannedLane::Asset> asked,
                const std::vector<Fetched>& fetched) {
  std::size_t paid = 0;
  const auto now = parts_.clock.now();
  if (warmed_.size() > kMostWarmed) warmed_.clear();
  for (const auto& one : fetched) {
    const auto how = outcome_of(one.how);
    const auto asset = std::ranges::find(asked, one.asset, &PlannedLane::Asset::name);
    count(run, lane, *asset, how);
    if (run.failure.empty()) run.failure = one.why;
    if (how == How::Absent || one.assets != 1) note_name(run, one);
    if (how == How::Renewed) warmed_[one.key] = now;
    if (one.was_asked) ++paid;
  }
  if (paid > 0) run.estimated += parts_.refill.price_of(*lane.lane, paid).predicted;
}

// Once for all converts.
void Runs::note_name(Run& run, const Fetched& one) {
  const std::size_t assets = one.how == Fetched::How::Absent ? 0 : one.assets;
  const bool is_told = std::ranges::find(run.names, one.asset, &NameCount::name) != run.names.end();
  if (!is_told && run.names.size() < kMostNames) run.names.push_back({one.asset, assets});
}

void Runs::count(Run& run,
                 const PlannedLane& lane,
                 const PlannedLane::Asset& asset,
                 Outcome::How how) {
  ++run.how[static_cast<std::size_t>(how)];
  if (run.explains && run.outcomes.size() < kMostExplained)
    run.outcomes.push_back({asset.name, lane.lane->parts().converts.front(), asset.why, how});
}

}  // namespace quotecached::warm
