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

// When what stands in the text is of, by its own word.
std::optional<TimePoint> data_time(const catalog::Endpoint& endpoint,
                                   std::string_view text,
                                   TimePoint asked_at) {
  return quote::youngest_time(text, endpoint.envelope.updated, asked_at + pacing::kClockSkew);
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

// What the entry is good for besides, and what it tells of names.
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

}  // namespace

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

SplitEntry make_entry(const Lane& lane,
                      std::string_view asset,
                      const cache::Entry& timed,
                      const EntryTimes& times,
                      LaterPart part) {
  auto entry = std::make_shared<cache::Entry>(timed);
  entry->fragment = std::move(part.cut.fragment);
  entry->data_at = part.data_at;
  entry->content_hash = hash64(entry->fragment.text);
  SplitEntry made;
  made.asset = part.cut.asset;
  made.convert = part.cut.convert;
  made.is_flawed = part.cut.flaw != quote::PriceFlaw::None;
  learn_names(lane, asset, *entry, made, times);
  made.entry = std::move(entry);
  return made;
}

Result<Split> split_answer(const Lane& lane,
                           const std::vector<std::string>& assets,
                           std::string_view body,
                           const Timing& timing,
                           const std::vector<bool>& can_wait) {
  const auto& parts = lane.parts();
  const quote::Wanted wanted{parts.kind, assets, parts.converts, parts.converts_are_ids};
  auto cut = quote::cut(lane.endpoint(), wanted, body);
  if (!cut) return std::move(cut).failure();
  Split split;
  std::vector<std::optional<TimePoint>> times;
  times.reserve(cut->fragments.size());
  for (const auto& part : cut->fragments) {
    times.push_back(data_time(lane.endpoint(), part.fragment.text, timing.asked_at));
    split.data_at = std::max(split.data_at, times.back());
  }
  split.timed = timed_entry(lane.endpoint().freshness, timing, split.data_at);
  split.absent = std::move(cut->absent);
  split.refused = std::move(cut->refused_assets);
  split.reasons = std::move(cut->refused);
  split.entries.reserve(cut->fragments.size());
  for (std::size_t i = 0; i < cut->fragments.size(); ++i) {
    LaterPart part{std::move(cut->fragments[i]), times[i].value_or(TimePoint{})};
    if (part.cut.flaw != quote::PriceFlaw::None) ++split.flawed_prices;
    const auto asset = part.cut.asset;
    if (!can_wait.empty() && can_wait[asset]) {
      split.later.push_back(std::move(part));
    } else {
      split.entries.push_back(
          make_entry(lane, assets[asset], split.timed, timing.times, std::move(part)));
    }
  }
  return split;
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
