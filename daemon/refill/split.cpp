#include "refill/split.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/hash.hpp"
#include "catalog/whole_ask.hpp"
#include "quote/check_whole.hpp"
#include "quote/data_time.hpp"
#include "quote/whole.hpp"

namespace quotecached::refill {
namespace {

// What stands in an answer cannot be of a later time.
TimePoint latest_data(TimePoint asked_at) { return asked_at + pacing::kClockSkew; }

// When what stands in the text is of, by its own word.
std::optional<TimePoint> data_time(const catalog::Endpoint& endpoint,
                                   std::string_view text,
                                   TimePoint asked_at) {
  return quote::youngest_time(text, endpoint.envelope.updated, latest_data(asked_at));
}

milliseconds stretched(const catalog::Freshness& freshness, const EntryTimes& times) noexcept {
  return std::chrono::floor<milliseconds>(freshness.fresh * times.stretch);
}

cache::Entry timed_entry(const catalog::Freshness& freshness,
                         const Timing& timing,
                         std::optional<TimePoint> data_at) {
  cache::Entry entry;
  entry.fetched_at = timing.asked_at;
  entry.fresh_until = fresh_until(freshness, timing, data_at);
  entry.stale_until = timing.asked_at + stretched(freshness, timing.times) +
                      std::max(freshness.stale_while_revalidate, freshness.stale_if_error);
  return entry;
}

catalog::WholeAsk ask_of(const Lane& lane) {
  const auto& parts = lane.parts();
  auto ask = catalog::read_whole_ask(lane.endpoint(), parts.query);
  ask.converts = parts.converts;
  ask.converts_are_ids = parts.converts_are_ids;
  return ask;
}

std::string_view contradiction(const catalog::Endpoint& endpoint,
                               const catalog::WholeAsk& ask,
                               const quote::WholeFacts& facts,
                               const cache::Entry* copy) {
  const auto own = quote::contradiction_in(ask, facts);
  if (!own.empty() || copy == nullptr || !quote::may_contradict(ask, facts)) return own;
  const auto held = quote::whole(endpoint, copy->fragment.text, ask);
  // A copy that is no answer to the question is nothing to be held against this one.
  if (!held || !quote::objection_to(endpoint, ask, held->facts).empty()) return {};
  return quote::contradiction_of(facts, held->facts);
}

SplitEntry make_entry(const Lane& lane,
                      std::string_view name,
                      const cache::Entry& timed,
                      const EntryTimes& times,
                      quote::CutFragment cut) {
  auto entry = std::make_shared<cache::Entry>(timed);
  entry->fragment = std::move(cut.fragment);
  entry->data_at =
      data_time(lane.endpoint(), entry->fragment.text, timed.fetched_at).value_or(TimePoint{});
  entry->content_hash = hash64(entry->fragment.text);
  SplitEntry made;
  made.asset = cut.asset;
  made.convert = cut.convert;
  made.is_flawed = cut.flaw != quote::PriceFlaw::None;
  learn_names(lane, name, *entry, made, times);
  made.entry = std::move(entry);
  return made;
}

// Adds the entries of an asset that is there.
void cut_out(const Lane& lane,
             std::string_view name,
             const EntryTimes& times,
             std::size_t asset,
             Split& split,
             std::vector<SplitEntry>& entries) {
  std::vector<quote::CutFragment> fragments;
  if (!split.answer.cut(asset, fragments)) split.refused.push_back(asset);
  for (auto& one : fragments) {
    entries.push_back(make_entry(lane, name, split.timed, times, std::move(one)));
    if (entries.back().is_flawed) ++split.flawed_prices;
  }
}

// The assets that are there; the split learns of the others, and of what time the data is.
std::vector<std::size_t> sort_assets(Split& split, std::size_t assets, TimePoint latest) {
  std::vector<std::size_t> found;
  found.reserve(assets);
  for (std::size_t asset = 0; asset < assets; ++asset) {
    switch (split.answer.state(asset)) {
      case quote::CheckedAnswer::State::Absent: split.absent.push_back(asset); break;
      case quote::CheckedAnswer::State::Refused: split.refused.push_back(asset); break;
      case quote::CheckedAnswer::State::Found:
        split.data_at = std::max(split.data_at, split.answer.data_time(asset, latest));
        found.push_back(asset);
        break;
    }
  }
  return found;
}

}  // namespace

void learn_names(const Lane& lane,
                 std::string_view asset,
                 cache::Entry& entry,
                 SplitEntry& part,
                 const EntryTimes& times) {
  if (times.names <= milliseconds(0)) return;
  part.by_id = items_by_id(lane, part.convert, entry);
  for (const auto& one : part.by_id) entry.origins.push_back(hash64(one.item.key));
  if (part.convert == 0) part.aliases = aliases_told(lane, asset, entry, part.by_id, times.names);
}

TimePoint fresh_until(const catalog::Freshness& freshness,
                      const Timing& timing,
                      std::optional<TimePoint> data_at) noexcept {
  const auto& [asked_at, times, jitter_draw, tick] = timing;
  const auto fresh = stretched(freshness, times);
  if (tick && data_at && fresh >= tick->period / 2)
    return pacing::fresh_until(*tick, asked_at, *data_at, fresh);
  const auto kept = static_cast<double>(fresh.count()) * (1.0 - times.ttl_jitter * jitter_draw);
  return asked_at + milliseconds(static_cast<milliseconds::rep>(kept));
}

Result<Split> split_answer(const Lane& lane,
                           const std::vector<std::string>& assets,
                           std::string_view body,
                           const Timing& timing,
                           const std::vector<bool>& can_wait) {
  const auto& parts = lane.parts();
  const quote::Wanted wanted{parts.kind, assets, parts.converts, parts.converts_are_ids};
  auto answer = quote::CheckedAnswer::check(lane.endpoint(), wanted, body);
  if (!answer) return std::move(answer).failure();
  Split split{.answer = std::move(*answer)};
  const auto found = sort_assets(split, assets.size(), latest_data(timing.asked_at));
  split.timed = timed_entry(lane.endpoint().freshness, timing, split.data_at);
  for (const auto asset : found) {
    if (!can_wait.empty() && can_wait[asset]) {
      split.later.push_back(asset);
    } else {
      cut_out(lane, assets[asset], timing.times, asset, split, split.entries);
    }
  }
  split.reasons = split.answer.take_reasons();
  return split;
}

std::vector<SplitEntry> cut_later(const Lane& lane,
                                  std::string_view name,
                                  const EntryTimes& times,
                                  std::size_t asset,
                                  Split& split) {
  std::vector<SplitEntry> entries;
  cut_out(lane, name, times, asset, split, entries);
  for (auto& reason : split.answer.take_reasons()) split.reasons.push_back(std::move(reason));
  return entries;
}

Result<WholeSplit> split_whole(const Lane& lane,
                               std::string_view body,
                               const Timing& timing,
                               const cache::Entry* copy) {
  const auto& endpoint = lane.endpoint();
  const auto ask = ask_of(lane);
  auto whole = quote::whole(endpoint, body, ask);
  if (!whole) return std::move(whole).failure();
  const auto objection = quote::objection_to(endpoint, ask, whole->facts);
  if (!objection.empty()) return fail(ErrorCode::Invalid, objection);
  const auto data_at = data_time(endpoint, whole->data, timing.asked_at);
  auto entry = std::make_shared<cache::Entry>(timed_entry(endpoint.freshness, timing, data_at));
  entry->data_at = data_at.value_or(TimePoint{});
  if (quote::is_empty(whole->facts)) {
    entry->fresh_until = std::min(entry->fresh_until, timing.asked_at + timing.times.negative);
    entry->stale_until = entry->fresh_until;
  }
  entry->content_hash = hash64(whole->data);
  entry->fragment = std::move(whole->fragment);
  return WholeSplit{std::move(entry), contradiction(endpoint, ask, whole->facts, copy), data_at};
}

cache::EntryPtr negative_entry(TimePoint asked_at, const EntryTimes& times) {
  auto entry = std::make_shared<cache::Entry>();
  entry->fetched_at = asked_at;
  entry->fresh_until = asked_at + times.negative;
  entry->stale_until = entry->fresh_until;
  entry->is_negative = true;
  return entry;
}

}  // namespace quotecached::refill
