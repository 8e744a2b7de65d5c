#include "refill/batch_runner.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <utility>

#include "refill/unknown_names.hpp"

namespace quotecached::refill {
namespace {

using Steady = std::chrono::steady_clock;

credit::Cause cause_of(Priority priority) noexcept {
  switch (priority) {
    case Priority::Foreground: return credit::Cause::Miss;
    case Priority::Refresh: return credit::Cause::Refresh;
    case Priority::Warm:
    case Priority::Backfill: break;
  }
  return credit::Cause::Warm;
}

double draw() {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(random);
}

void settle(Pending& pending, cache::EntryPtr entry, FailurePtr failure) {
  if (pending.settled.is_set()) return;
  pending.entry = std::move(entry);
  pending.failure = std::move(failure);
  pending.settled.set();
}

void settle_all(const BatchAsset& asset, const cache::EntryPtr& entry, const FailurePtr& failure) {
  for (const auto& pending : asset.pendings) settle(*pending, entry, failure);
}

bool is_needed(const BatchAsset& asset) {
  return std::any_of(asset.pendings.begin(), asset.pendings.end(), [](const PendingPtr& pending) {
    return pending->somebody_needs_it;
  });
}

std::vector<std::string> names_of(const std::vector<BatchAsset>& assets) {
  std::vector<std::string> names;
  names.reserve(assets.size());
  for (const auto& asset : assets) names.push_back(asset.name);
  return names;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

// The request that started the batch bears the cost of its calls.
void charge(const std::vector<BatchAsset>& assets, Credits charged) {
  if (!assets.empty()) assets.front().pendings.front()->cost += charged;
}

FailurePtr malformed_failure() {
  static const auto kFailure = std::make_shared<const Failure>(
      Failure{502, 502, "The provider's answer was malformed.", std::chrono::seconds(0)});
  return kFailure;
}

FailurePtr absent_failure() {
  static const auto kFailure = std::make_shared<const Failure>(
      Failure{404, 404, "The provider's answer left the asset out.", std::chrono::seconds(0)});
  return kFailure;
}

}  // namespace

BatchRunner::BatchRunner(Caller& caller,
                         cache::Chain& chain,
                         HoldOffs& hold_offs,
                         Counters& counters,
                         Options options,
                         Log log)
    : caller_(caller),
      chain_(chain),
      hold_offs_(hold_offs),
      counters_(counters),
      options_(options),
      log_(std::move(log)) {}

asio::awaitable<void> BatchRunner::run(BatchWork work) {
  // The lane may have failed since the batch was opened: those with a stale copy need no call then.
  Assets wanted;
  for (auto& asset : work.assets) {
    const auto failure = hold_offs_.held(work.lane_name, !is_needed(asset), Steady::now());
    if (failure) {
      ++counters_.throttled;
      settle_all(asset, nullptr, failure);
    } else {
      wanted.push_back(std::move(asset));
    }
  }
  if (wanted.empty()) co_return;
  co_await run_assets(
      std::move(work.lane), std::move(work.lane_name), work.priority, std::move(wanted));
}

asio::awaitable<void> BatchRunner::run_assets(Lane lane,
                                              std::string lane_name,
                                              Priority priority,
                                              Assets assets) {
  while (!assets.empty()) {
    const auto result = co_await call(&lane, &assets, priority);
    charge(assets, result.charged);
    if (!result.failure) {
      hold_offs_.clear(lane_name);
      take_answer(lane, result, assets);
      co_return;
    }
    const auto before = assets.size();
    assets = take_out_unknown(lane, result, std::move(assets));
    if (assets.size() < before) continue;
    const bool is_refused =
        result.response && result.response->verdict == upstream::Verdict::BadRequest;
    const bool names_nothing =
        is_refused && read_unknown_names(result.response->error_message).parameter.empty();
    if (names_nothing && lane.kind != catalog::KeyKind::None && assets.size() > 1 &&
        result.response->http_status == 400) {
      const auto middle = assets.begin() + static_cast<std::ptrdiff_t>(assets.size() / 2);
      Assets half(std::make_move_iterator(middle), std::make_move_iterator(assets.end()));
      assets.erase(middle, assets.end());
      co_await run_assets(lane, lane_name, priority, std::move(half));
      continue;
    }
    take_failure(lane, lane_name, result, assets);
    co_return;
  }
}

asio::awaitable<CallResult> BatchRunner::call(const Lane* lane,
                                              const Assets* assets,
                                              Priority priority) {
  Call call;
  call.request.target = call_target(*lane, names_of(*assets));
  call.endpoint = lane->endpoint->name;
  call.cause = cause_of(priority);
  call.worst_case = worst_case(*lane, assets->size());
  call.assets = assets->size();
  call.may_retry = std::any_of(assets->begin(), assets->end(), is_needed);
  co_return co_await caller_.call(std::move(call));
}

void BatchRunner::take_answer(const Lane& lane, const CallResult& result, Assets& assets) {
  if (lane.kind == catalog::KeyKind::None) return take_whole(lane, result, assets.front());
  auto split = split_answer(
      lane, names_of(assets), result.response->body, result.asked_at, options_.times, draw());
  if (!split) {
    log_.error("upstream answer refused",
               {{"endpoint", lane.endpoint->name}, {"error", split.error().message}});
    ++counters_.refused_fragments;
    for (const auto& asset : assets)
      doubt(asset, malformed_failure(), HoldOffs::Binds::ThoseWithACopy);
    return;
  }
  std::vector<cache::Item> items;
  items.reserve(split->entries.size() + split->absent.size());
  for (const auto& part : split->entries)
    items.push_back({assets[part.asset].keys[part.convert], part.entry});
  const auto negative = negative_entry(result.asked_at, options_.times);
  for (const auto absent : split->absent) {
    ++counters_.absent;
    // Somebody holds a good copy: one answer without the asset does not make it unknown.
    if (!is_needed(assets[absent])) continue;
    for (const auto& key : assets[absent].keys) items.push_back({key, negative});
  }
  chain_.fill(std::move(items));

  for (const auto& part : split->entries)
    settle(*assets[part.asset].pendings[part.convert], part.entry, nullptr);
  for (const auto absent : split->absent) {
    if (is_needed(assets[absent])) {
      settle_all(assets[absent], negative, nullptr);
    } else {
      doubt(assets[absent], absent_failure(), HoldOffs::Binds::ThoseWithACopy);
    }
  }
  counters_.flawed_prices += split->flawed_prices;
  counters_.refused_fragments += split->refused.size();
  for (const auto& reason : split->reasons) {
    log_.warn("part of an upstream answer refused",
              {{"endpoint", lane.endpoint->name}, {"reason", reason}});
  }
  // What the answer should have held and did not: nobody may be left waiting.
  for (const auto& asset : assets)
    doubt(asset, malformed_failure(), HoldOffs::Binds::ThoseWithACopy);
}

void BatchRunner::take_whole(const Lane& lane, const CallResult& result, BatchAsset& asset) {
  auto entry = whole_entry(lane, result.response->body, result.asked_at, options_.times, draw());
  if (!entry) {
    log_.error("upstream answer refused",
               {{"endpoint", lane.endpoint->name}, {"error", entry.error().message}});
    ++counters_.refused_fragments;
    doubt(asset, malformed_failure(), HoldOffs::Binds::ThoseWithACopy);
    return;
  }
  chain_.fill({{asset.keys.front(), *entry}});
  settle(*asset.pendings.front(), *entry, nullptr);
}

// Settles the assets that the provider refused by name as unknown; returns the others.
BatchRunner::Assets BatchRunner::take_out_unknown(const Lane& lane,
                                                  const CallResult& result,
                                                  Assets assets) {
  if (!result.response || result.response->verdict != upstream::Verdict::BadRequest ||
      lane.kind == catalog::KeyKind::None) {
    return assets;
  }
  const auto unknown = read_unknown_names(result.response->error_message);
  if (unknown.parameter != "id" && unknown.parameter != "symbol" && unknown.parameter != "slug")
    return assets;
  const auto is_unknown = [&](const BatchAsset& asset) {
    return std::any_of(unknown.names.begin(), unknown.names.end(), [&](const std::string& name) {
      return equal_ignoring_case(name, asset.name);
    });
  };
  const auto first_unknown =
      std::stable_partition(assets.begin(), assets.end(), std::not_fn(is_unknown));
  const auto negative = negative_entry(result.asked_at, options_.times);
  std::vector<cache::Item> items;
  for (auto asset = first_unknown; asset != assets.end(); ++asset) {
    ++counters_.absent;
    for (const auto& key : asset->keys) items.push_back({key, negative});
    settle_all(*asset, negative, nullptr);
  }
  chain_.fill(std::move(items));
  assets.erase(first_unknown, assets.end());
  return assets;
}

void BatchRunner::take_failure(const Lane& lane,
                               const std::string& lane_name,
                               const CallResult& result,
                               Assets& assets) {
  const bool is_refused =
      result.response && result.response->verdict == upstream::Verdict::BadRequest;
  if (is_refused) {
    // The request itself is wrong (an unknown convert, an endpoint not in the plan): it would be
    // refused again, and refusals count against the minute limit.
    const bool names_lane = assets.size() > 1 || lane.kind == catalog::KeyKind::None ||
                            !read_unknown_names(result.response->error_message).parameter.empty() ||
                            result.response->http_status != 400;
    if (names_lane) {
      hold_offs_.hold(lane_name,
                      HoldOffs::Binds::Everyone,
                      result.failure,
                      Steady::now() + options_.times.negative);
    }
    for (const auto& asset : assets) doubt(asset, result.failure, HoldOffs::Binds::Everyone);
    return;
  }
  hold_offs_.hold(lane_name,
                  HoldOffs::Binds::ThoseWithACopy,
                  result.failure,
                  Steady::now() + options_.failure_throttle);
  for (const auto& asset : assets) settle_all(asset, nullptr, result.failure);
}

// Settles what is still open with `failure` and keeps its keys from being asked for again soon.
void BatchRunner::doubt(const BatchAsset& asset, const FailurePtr& failure, HoldOffs::Binds binds) {
  const auto until = Steady::now() + (binds == HoldOffs::Binds::Everyone
                                          ? std::chrono::milliseconds(options_.times.negative)
                                          : options_.failure_throttle);
  for (std::size_t i = 0; i < asset.keys.size(); ++i) {
    if (asset.pendings[i]->settled.is_set()) continue;
    hold_offs_.hold(asset.keys[i], binds, failure, until);
    settle(*asset.pendings[i], nullptr, failure);
  }
}

}  // namespace quotecached::refill
