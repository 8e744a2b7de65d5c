// What of the asks is kept over a restart.
#include <unordered_map>
#include <utility>

#include "base/hash.hpp"
#include "catalog/request.hpp"
#include "refill/renewals.hpp"
#include "refill/renewals_rows.hpp"

namespace quotecached::refill {

std::vector<Renewals::Unspelled> Renewals::unspelled(TimePoint since) const {
  std::vector<Unspelled> rows;
  rows.reserve(rows_.size() + names_.size());
  for (const auto& [key, row] : rows_) {
    const auto last = row->asks.last();
    if (last < since) continue;
    Kept kept{{}, row->asks.left(last), last, row->fetched_at, row->bytes, false};
    rows.push_back({row->strand->lane, row->asset, std::move(kept)});
  }
  names_.for_each([&](const AskedName& name) {
    const auto last = name.asks.last();
    if (last < since) return;
    Kept kept{{}, name.asks.left(last), last, name.told_at, 0, true};
    rows.push_back({name.lane, name.text, std::move(kept)});
  });
  return rows;
}

std::vector<Renewals::Kept> Renewals::kept(TimePoint since) const {
  return spell(unspelled(since));
}

std::vector<Renewals::Kept> Renewals::spell(std::vector<Unspelled> rows) {
  std::vector<Kept> spelled;
  spelled.reserve(rows.size());
  for (auto& [lane, asset, kept] : rows) {
    kept.target = call_target(*lane, {asset});
    spelled.push_back(std::move(kept));
  }
  return spelled;
}

std::optional<Renewals::Place> Renewals::place_of(std::string_view target,
                                                  const catalog::Catalogue& catalogue) {
  catalog::Request request;
  if (catalog::parse_target(catalogue, target, request) || request.endpoint == nullptr)
    return std::nullopt;
  auto lane = lane_of(request);
  const bool is_one = lane->is_whole() || request.assets.size() == 1;
  if (!is_one || lane->keys_per_asset() != 1) return std::nullopt;
  const auto asset = lane->is_whole() ? std::string_view() : request.assets.front();
  const auto key = hash64(key_of(*lane, asset, 0));
  return Place{std::move(lane), std::string(asset), key};
}

void Renewals::restore(std::span<const Kept> rows,
                       const catalog::Catalogue& catalogue,
                       TimePoint now) {
  double all = 0;
  std::unordered_map<Strand*, double> by_strand;
  for (const Kept& kept : rows) {
    const auto place = place_of(kept.target, catalogue);
    if (!place) continue;
    const auto& lane = place->lane;
    if (has_names(*lane)) {
      AskedName& name = names_.at(lane, place->asset, place->key);
      name.asks = pacing::AskCount(kept.asks, kept.last);
      name.told_at = kept.fetched_at;
      continue;
    }
    Row& row = row_of(*strand_of(lane), place->key, place->asset);
    row.asks = pacing::AskCount(kept.asks, kept.last);
    row.fetched_at = kept.fetched_at;
    row.fresh_until = kept.fetched_at + lane->endpoint().freshness.get().fresh;
    row.bytes = kept.bytes;
    all += row.asks.left(now);
    by_strand[row.strand] += row.asks.left(now);
  }
  asks_ = pacing::AskCount(all, now);
  for (const auto& [strand, asks] : by_strand) strand->asks = pacing::AskCount(asks, now);
  forget_excess(now);
}

}  // namespace quotecached::refill
