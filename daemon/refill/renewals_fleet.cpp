// What the fleet is told of our clients' asks, and what of the others' is known here.
//
// Others' asks weigh at their average of a day: how these rise and fall within it is not told.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include "refill/renewals.hpp"
#include "refill/renewals_rows.hpp"

namespace quotecached::refill {
namespace {

// Fewer of others a day are as good as none.
constexpr double kFewestOfOthers = 1;

// By so great a part our own count may be told otherwise: it is kept in single precision, and what
// was told before a crash may be missing in it.
constexpr double kSlack = 0.05;

// So many of all rows may be made for others: our clients' come first.
constexpr double kPartForOthers = 0.9;

}  // namespace

std::vector<TargetAsks> Renewals::take_untold() {
  std::vector<TargetAsks> untold;
  for (const auto& [key, row] : rows_) {
    const float asks = std::exchange(row->untold, 0.0F);
    if (asks > 0) untold.push_back({call_target(*row->strand->lane, {row->asset}), asks});
  }
  return untold;
}

std::size_t Renewals::learn(std::span<const TargetAsks> fleet,
                            const catalog::Catalogue& catalogue,
                            TimePoint now) {
  std::size_t unknown = 0;
  std::unordered_map<const Strand*, double> by_strand;
  for (const auto& [target, asks] : fleet) {
    const auto place = place_of(target, catalogue);
    if (!place) ++unknown;
    // What a name leads to is told by id.
    const bool is_told = place && !has_names(*place->lane);
    Row* row = is_told ? row_for_others(*place, asks) : nullptr;
    if (row == nullptr) continue;
    const double ours = row->asks.left(now);
    const double others = asks - ours > ours * kSlack ? asks - ours : 0;
    row->others = pacing::AskCount(others, now);
    by_strand[row->strand] += others;
  }
  for (const auto& [name, strand] : strands_) {
    const auto sum = by_strand.find(strand.get());
    strand->others =
        sum == by_strand.end() ? pacing::AskCount() : pacing::AskCount(sum->second, now);
  }
  return unknown;
}

Renewals::Row* Renewals::row_for_others(const Place& place, double asks) {
  const auto found = rows_.find(place.key);
  if (found != rows_.end()) return found->second.get();
  const double room = static_cast<double>(options_.most_keys) * kPartForOthers;
  if (asks < kFewestOfOthers || static_cast<double>(rows_.size()) >= room) return nullptr;
  return &row_of(*strand_of(place.lane), place.key, place.asset);
}

double Renewals::others(const Row& row, TimePoint now) noexcept {
  // What was learned a day ago may not be so any more.
  const bool is_known = !row.others.is_idle(now) && row.others.left(now) >= kFewestOfOthers;
  return is_known ? row.others.daily(now) : 0;
}

std::vector<Renewals::LaneShare> Renewals::fleet_lanes(std::size_t most, TimePoint now) const {
  std::vector<LaneShare> shares;
  double all = 0;
  for (const auto& [name, strand] : strands_) {
    const double asks = strand->asks.daily(now) + strand->others.daily(now);
    shares.push_back({strand->lane, asks});
    all += asks;
  }
  if (all <= 0) return {};
  for (auto& one : shares) one.share /= all;
  std::ranges::sort(shares, std::ranges::greater(), &LaneShare::share);
  if (shares.size() > most) shares.resize(most);
  return shares;
}

std::vector<Renewals::OthersKey> Renewals::asked_of_others(std::size_t most, TimePoint now) const {
  std::vector<std::pair<double, const Row*>> asked;  // by rate
  for (const auto& [key, row] : rows_) {
    const bool has_fresh = row->bytes > 0 && now < row->fresh_until;
    if (has_fresh || row->strand->lane->is_whole()) continue;
    const double asks = others(*row, now);
    if (asks > 0) asked.emplace_back(asks, row.get());
  }
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, asked.size()));
  std::ranges::partial_sort(
      asked, asked.begin() + count, [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<OthersKey> keys;
  for (auto one = asked.begin(); one != asked.begin() + count; ++one) {
    const Row& row = *one->second;
    const auto& lane = row.strand->lane;
    keys.push_back({lane, row.asset, key_of(*lane, row.asset, 0)});
  }
  return keys;
}

}  // namespace quotecached::refill
