// Which assets ride along in a call.
#include <algorithm>
#include <ranges>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/hash.hpp"
#include "credit/price_check.hpp"
#include "refill/renewals.hpp"
#include "refill/renewals_rows.hpp"

namespace quotecached::refill {
namespace {

// Of a lane whose call was refused, or failed again and again, with riders and not without.
constexpr std::chrono::minutes kRest{10};

// One such failure may have been of the moment.
constexpr int kMostSuspicions = 1;

// A copy rides once this part of the time that it is fresh is over.
constexpr double kPartsOfFresh = 4;

// Of what a credit covers this part is left free: tickers may have been taken up by more coins
// since they were told.
constexpr std::size_t kPartsForMore = 20;

// What was asked for within this time is asked for now. Asks are counted to the second.
constexpr auto kNow = 2 * pacing::AskCount::kGrain;

// So many are looked at for a call, twice as many as it has places at most: otherwise each call
// would look at all that cannot ride now.
constexpr std::size_t kMostTries = 500;

// Of each convert of a call for several, so many are held against those of the others: to put all
// together by name takes longer than to weigh them.
constexpr std::size_t kMostJoined = 1000;

// An asset that is asked for so many times more often than usual is judged by that.
constexpr double kBurst = 3;

}  // namespace

void Renewals::rest(const LanePtr& lane, TimePoint now) {
  for (Strand* strand : strands_of(lane)) strand->rests_until = now + kRest;
}

std::size_t Renewals::room(const LanePtr& lane, std::span<const std::string> assets) const {
  if (has_room_for_riders(*lane)) return room_in_step(*lane, assets.size());
  if (lane->is_whole() || !has_names(*lane)) return 0;
  const auto step = static_cast<std::size_t>(lane->endpoint().price.step);
  std::size_t items = step / kPartsForMore;
  for (const auto& asset : assets) {
    const AskedName* const name = names_.find(hash64(key_of(*lane, asset, 0)));
    const bool is_known = name != nullptr && !name->parts.empty();
    items += is_known ? name->parts.size() : static_cast<std::size_t>(credit::kMostCoinsPerSymbol);
  }
  return items < step ? step - items : 0;
}

void Renewals::note_failed_with_riders(const LanePtr& lane) {
  for (Strand* strand : strands_of(lane)) strand->has_failed_with_riders = true;
}

void Renewals::note_went_well(const LanePtr& lane, bool has_riders, TimePoint now) {
  for (Strand* strand : strands_of(lane)) {
    if (has_riders) strand->suspicions = 0;
    if (!std::exchange(strand->has_failed_with_riders, false) || has_riders) continue;
    if (++strand->suspicions > kMostSuspicions) strand->rests_until = now + kRest;
  }
}

bool Renewals::may_ride(const LanePtr& lane, TimePoint now) {
  // Longer than that only a clock that was set back makes it rest.
  const auto rests = [now](const Strand* strand) {
    return strand->has_failed_with_riders ||
           (now < strand->rests_until && strand->rests_until <= now + 2 * kRest);
  };
  const bool has_candidates = has_room_for_riders(*lane) || has_names(*lane);
  return has_candidates && std::ranges::none_of(strands_of(lane), rests);
}

std::vector<Rider> Renewals::riders(const LanePtr& lane,
                                    std::size_t room,
                                    const IsBusy& is_busy,
                                    TimePoint now) {
  std::vector<Rider> riders;
  if (!may_ride(lane, now)) return riders;
  auto ranked = candidates(strands_of(lane), now);
  std::uint64_t bytes = 0;
  // By what each of the items that it is billed for is worth.
  const auto by_weight = [](const Candidate& a, const Candidate& b) {
    return a.weight * static_cast<double>(b.items) < b.weight * static_cast<double>(a.items);
  };
  std::make_heap(ranked.begin(), ranked.end(), by_weight);
  for (std::size_t tries = 0; tries < kMostTries && room > 0 && !ranked.empty(); ++tries) {
    std::pop_heap(ranked.begin(), ranked.end(), by_weight);
    const Candidate best = ranked.back();
    ranked.pop_back();
    if (best.items > room) continue;
    Rider rider{std::string(best.asset), {}, best.items};
    for (std::size_t convert = 0; convert < lane->keys_per_asset(); ++convert)
      rider.keys.push_back(key_of(*lane, rider.asset, convert));
    if (std::ranges::any_of(rider.keys, is_busy)) continue;
    bytes += best.bytes;
    if (bytes > options_.most_riding.count) break;
    room -= best.items;
    riders.push_back(std::move(rider));
  }
  return riders;
}

std::vector<Renewals::Candidate> Renewals::candidates(const Strand& strand, TimePoint now) const {
  std::vector<Candidate> found;
  const double swelling = swell(now);
  if (has_names(*strand.lane)) {
    for (const AskedName* name : names_.of(*strand.lane)) {
      if (const auto one = candidate(*name, swelling, now)) found.push_back(*one);
    }
    return found;
  }
  found.reserve(strand.rows.size());
  for (const Row* row : strand.rows) {
    const double worth = weight(*row, swelling, now);
    if (worth > 0) found.push_back({row->asset, worth, row->bytes});
  }
  return found;
}

std::vector<Renewals::Candidate> Renewals::candidates(const Strands& strands, TimePoint now) const {
  if (strands.size() == 1) return candidates(*strands.front(), now);
  std::vector<Candidate> found;
  for (const Strand* strand : strands) {
    auto more = candidates(*strand, now);
    if (more.size() > kMostJoined) {
      const auto end = more.begin() + kMostJoined;
      std::ranges::nth_element(more, end, std::ranges::greater(), &Candidate::weight);
      more.erase(end, more.end());
    }
    found.insert(found.end(), more.begin(), more.end());
  }
  // One candidate for all converts of an asset.
  boost::unordered_flat_map<std::string_view, std::size_t> places;
  places.reserve(found.size());
  std::vector<Candidate> merged;
  merged.reserve(found.size());
  for (const Candidate& one : found) {
    const auto [place, is_new] = places.try_emplace(one.asset, merged.size());
    if (is_new) {
      merged.push_back(one);
      continue;
    }
    Candidate& same = merged[place->second];
    same.weight += one.weight;
    same.bytes += one.bytes;
    same.items = std::max(same.items, one.items);
  }
  return merged;
}

void Renewals::note_lost(std::string_view key) {
  const auto found = rows_.find(hash64(key));
  if (found != rows_.end()) found->second->bytes = 0;
}

// What a call by name renews of the assets that this one leads to; and that the name is told again.
std::optional<Renewals::Candidate> Renewals::candidate(const AskedName& name,
                                                       double swell,
                                                       TimePoint now) const {
  if (name.parts.empty() || name.asks.is_idle(now)) return std::nullopt;
  Candidate found{name.text, 0, 0, name.parts.size()};
  for (const auto part : name.parts) {
    const auto row = rows_.find(part);
    if (row == rows_.end()) return std::nullopt;
    found.weight += weight(*row->second, swell, now);
    found.bytes += row->second->bytes;
  }
  if (name.lane->parts().kind == catalog::KeyKind::Symbol && name.told_at != TimePoint{}) {
    const pacing::Age due = now - name.told_at - options_.names / 2;
    if (due > pacing::Age(0))
      found.weight += rate(name.asks, swell, now) * due.count() * due.count() / 2;
  }
  return found.weight > 0 ? std::optional(found) : std::nullopt;
}

// What a call now is expected to have saved by renewing the key; 0: it must not ride.
double Renewals::weight(const Row& row, double swell, TimePoint now) const {
  const double asks = (row.asks.is_idle(now) ? 0 : rate(row.asks, swell, now)) + others(row, now);
  if (row.bytes == 0 || asks <= 0) return 0;
  const auto age = age_of(row, now);
  // Of a copy that is nearly new hardly anything is gained, and each costs time.
  if (age * kPartsOfFresh < row.strand->lane->endpoint().freshness.get().fresh) return 0;
  // Whoever asks for it now gets what the call brings.
  const bool is_asked = now < row.asks.last() + kNow;
  return (asks * age.count() / 2 + (is_asked ? 1 : 0)) * age.count();
}

double Renewals::swell(TimePoint now) const {
  const double daily = asks_.daily(now);
  return daily > 0 ? asks_.lately(now) / daily : 1;
}

double Renewals::rate(const pacing::AskCount& asks, double swell, TimePoint now) {
  // By its share of all asks of a day, and how many there are now.
  const double usual = asks.daily(now) * swell;
  const double lately = asks.lately(now);
  return lately > kBurst * usual ? lately : usual;
}

}  // namespace quotecached::refill
