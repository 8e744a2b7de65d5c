// What Renewals tells those who renew copies ahead of clients.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "base/hash.hpp"
#include "refill/renewals.hpp"
#include "refill/renewals_rows.hpp"

namespace quotecached::refill {
namespace {

// What is asked for too seldom now is looked at again after this.
constexpr std::chrono::seconds kLookAgain{10};

// A rate that is known for less is not trusted any sooner.
constexpr std::chrono::seconds kShortest{30};

// Asks are counted to the second.
constexpr std::chrono::seconds kGrain{1};

}  // namespace

Renewals::Endings Renewals::endings(const Lead& lead, double asks, TimePoint now) {
  Endings found{{}, now + kLookAgain};
  for (const auto& [name, strand] : strands_) {
    // Nothing that ends so much later is told by any lead.
    if (strand->calm_until > now + kLookAgain) {
      found.next = std::min(found.next, strand->calm_until - kLookAgain);
      continue;
    }
    const auto early = lead(strand->lane, strand->debt.served(options_.failure_throttle, now));
    if (!early) continue;
    if (strand->calm_until <= now + *early) find_endings(*strand, now + *early, asks, now, found);
    found.next = std::min(found.next, strand->calm_until - *early);
  }
  return found;
}

void Renewals::find_endings(
    Strand& strand, TimePoint until, double asks, TimePoint now, Endings& found) {
  strand.calm_until = TimePoint::max();
  const double swelling = swell(now);
  const double unseen_part = unseen(now);
  std::vector<std::pair<double, const Row*>> ending;  // by rate
  for (const Row* row : strand.rows) {
    if (row->bytes == 0) continue;
    if (row->fresh_until > until) {
      strand.calm_until = std::min(strand.calm_until, row->fresh_until);
      continue;
    }
    const pacing::Age fresh = row->fresh_until - row->fetched_at;
    const bool was_asked = row->asks.last() + kGrain > row->fetched_at;
    const double expected =
        was_asked ? rate(row->asks, swelling, now) * unseen_part + others(*row, now) : 0;
    if (expected * fresh.count() >= asks) {
      ending.emplace_back(expected, row);
    } else if (!row->asks.is_idle(now)) {
      strand.calm_until = std::min(strand.calm_until, now + kLookAgain);
    }
  }
  if (ending.empty()) return;
  strand.calm_until = std::min(strand.calm_until, until);
  std::ranges::sort(ending, [](const auto& a, const auto& b) { return a.first > b.first; });
  Ending told{strand.lane, {}, 0};
  for (const auto& [expected, row] : ending) {
    told.assets.push_back(row->asset);
    told.asks += expected;
  }
  found.lanes.push_back(std::move(told));
}

double Renewals::unseen(TimePoint now) const {
  const auto counted = std::max<milliseconds>(now - counting_since_, kShortest);
  const pacing::Age half_life = pacing::AskCount::kBurstHalfLife;
  return 1 / (1 - std::exp2(-pacing::Age(counted) / half_life));
}

std::optional<Renewals::Asks> Renewals::asks_of(std::string_view key, TimePoint now) const {
  const auto found = rows_.find(hash64(key));
  if (found == rows_.end()) return std::nullopt;
  const Row& row = *found->second;
  const double ours = rate(row.asks, swell(now), now) * unseen(now);
  return Asks{row.asks.left(now), row.asks.last(), ours + others(row, now)};
}

std::vector<std::string> Renewals::most_asked(const LanePtr& lane,
                                              std::size_t most,
                                              TimePoint now) const {
  std::vector<std::string> assets;
  const auto strand = strands_.find(lane->name());
  if (strand == strands_.end()) return assets;
  std::vector<std::pair<double, const Row*>> asked;  // by rate
  for (const Row* row : strand->second->rows) {
    const double asks = (row->asks.is_idle(now) ? 0 : row->asks.daily(now)) + others(*row, now);
    if (asks > 0) asked.emplace_back(asks, row);
  }
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, asked.size()));
  std::ranges::partial_sort(
      asked, asked.begin() + count, [](const auto& a, const auto& b) { return a.first > b.first; });
  for (auto one = asked.begin(); one != asked.begin() + count; ++one)
    assets.push_back(one->second->asset);
  return assets;
}

}  // namespace quotecached::refill
