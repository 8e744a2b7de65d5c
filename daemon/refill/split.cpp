#include "refill/split.hpp"

#include <memory>
#include <utility>

#include "base/hash.hpp"
#include "quote/whole.hpp"

namespace quotecached::refill {
namespace {

cache::Entry timed_entry(const catalog::Freshness& freshness, const Timing& timing) {
  const auto& [asked_at, times, jitter_draw] = timing;
  const auto fresh = std::chrono::floor<milliseconds>(freshness.fresh * times.stretch);
  const auto shortened =
      static_cast<double>(fresh.count()) * (1.0 - times.ttl_jitter * jitter_draw);
  cache::Entry entry;
  entry.fetched_at = asked_at;
  entry.fresh_until = asked_at + milliseconds(static_cast<milliseconds::rep>(shortened));
  entry.stale_until =
      asked_at + fresh + std::max(freshness.stale_while_revalidate, freshness.stale_if_error);
  return entry;
}

}  // namespace

Result<Split> split_answer(const Lane& lane,
                           const std::vector<std::string>& assets,
                           std::string_view body,
                           const Timing& timing) {
  const auto& parts = lane.parts();
  const quote::Wanted wanted{parts.kind, assets, parts.converts, parts.converts_are_ids};
  auto cut = quote::cut(lane.endpoint(), wanted, body);
  if (!cut) return std::move(cut).failure();
  const auto timed = timed_entry(lane.endpoint().freshness, timing);
  Split split;
  split.absent = std::move(cut->absent);
  split.refused = std::move(cut->refused_assets);
  split.reasons = std::move(cut->refused);
  split.entries.reserve(cut->fragments.size());
  for (auto& part : cut->fragments) {
    auto entry = std::make_shared<cache::Entry>(timed);
    entry->fragment = std::move(part.fragment);
    entry->content_hash = hash64(entry->fragment.text);
    if (part.flaw != quote::PriceFlaw::None) ++split.flawed_prices;
    split.entries.push_back({part.asset, part.convert, std::move(entry)});
  }
  return split;
}

Result<cache::EntryPtr> whole_entry(const Lane& lane, std::string_view body, const Timing& timing) {
  auto whole = quote::whole(lane.endpoint(), body);
  if (!whole) return std::move(whole).failure();
  auto entry = std::make_shared<cache::Entry>(timed_entry(lane.endpoint().freshness, timing));
  entry->fragment = std::move(whole->fragment);
  entry->content_hash = hash64(whole->data);
  return cache::EntryPtr(std::move(entry));
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
