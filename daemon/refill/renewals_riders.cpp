// Which assets ride along in a call.
#include <algorithm>
#include <ranges>
#include <utility>

#include "refill/renewals.hpp"

namespace quotecached::refill {
namespace {

// Of a lane whose call was refused with riders and not without.
constexpr std::chrono::minutes kRest{10};

// A copy rides once this part of the time that it is fresh is over.
constexpr double kPartsOfFresh = 4;

// An asset that is asked for so many times more often than usual is judged by that.
constexpr double kBurst = 3;

}  // namespace

void Renewals::rest(const LanePtr& lane, TimePoint now) {
  for (Strand* strand : strands_of(lane)) strand->rests_until = now + kRest;
}

std::vector<Rider> Renewals::riders(const LanePtr& lane,
                                    std::size_t room,
                                    const IsBusy& is_busy,
                                    TimePoint now) {
  std::vector<Rider> riders;
  const auto& strands = strands_of(lane);
  const auto rests = [now](const Strand* strand) { return now < strand->rests_until; };
  if (!has_room_for_riders(*lane) || std::ranges::any_of(strands, rests)) return riders;
  auto ranked = candidates(strands, now);
  std::uint64_t bytes = 0;
  const auto by_weight = [](const Candidate& a, const Candidate& b) { return a.weight < b.weight; };
  std::make_heap(ranked.begin(), ranked.end(), by_weight);
  while (riders.size() < room && !ranked.empty()) {
    std::pop_heap(ranked.begin(), ranked.end(), by_weight);
    const Candidate best = ranked.back();
    ranked.pop_back();
    Rider rider{best.row->asset, {}};
    for (std::size_t convert = 0; convert < lane->keys_per_asset(); ++convert)
      rider.keys.push_back(key_of(*lane, rider.asset, convert));
    if (std::ranges::any_of(rider.keys, is_busy)) continue;
    bytes += best.bytes;
    if (bytes > options_.most_riding.count) break;
    riders.push_back(std::move(rider));
  }
  return riders;
}

std::vector<Renewals::Candidate> Renewals::candidates(const Strands& strands, TimePoint now) const {
  std::vector<Candidate> found;
  const double swelling = swell(now);
  for (const Strand* strand : strands) {
    found.reserve(found.size() + strand->rows.size());
    for (const Row* row : strand->rows) {
      const double worth = weight(*row, swelling, now);
      if (worth > 0) found.push_back({row, worth, row->bytes});
    }
  }
  if (strands.size() < 2) return found;
  // One candidate for all converts of an asset.
  std::ranges::sort(
      found, {}, [](const Candidate& one) { return std::string_view(one.row->asset); });
  std::vector<Candidate> merged;
  for (const Candidate& one : found) {
    if (merged.empty() || merged.back().row->asset != one.row->asset) {
      merged.push_back(one);
      continue;
    }
    merged.back().weight += one.weight;
    merged.back().bytes += one.bytes;
  }
  return merged;
}

// What a call now is expected to have saved by renewing the key; 0: it must not ride.
double Renewals::weight(const Row& row, double swell, TimePoint now) const {
  const double asks = (row.asks.is_idle(now) ? 0 : rate(row, swell, now)) + others(row, now);
  if (row.bytes == 0 || asks <= 0) return 0;
  const auto age = age_of(row, now);
  // Of a copy that is nearly new hardly anything is gained, and each costs time.
  if (age * kPartsOfFresh < row.strand->lane->endpoint().freshness.fresh) return 0;
  return asks * age.count() * age.count() / 2;
}

double Renewals::swell(TimePoint now) const {
  const double daily = asks_.daily(now);
  return daily > 0 ? asks_.lately(now) / daily : 1;
}

double Renewals::rate(const Row& row, double swell, TimePoint now) {
  // By its share of all asks of a day, and how many there are now.
  const double usual = row.asks.daily(now) * swell;
  const double lately = row.asks.lately(now);
  return lately > kBurst * usual ? lately : usual;
}

}  // namespace quotecached::refill
