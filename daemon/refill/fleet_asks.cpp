#include "refill/fleet_asks.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <unordered_set>

namespace quotecached::refill {
namespace {

// Longer ones are whole answers with a long query, which nobody else asks for alike.
constexpr std::size_t kLongestTarget = 1024;

// Counts are kept in single precision: less may be left of asks that all wait.
constexpr double kFewestAsks = 0.5;

}  // namespace

void FleetAsks::note(const std::vector<TargetAsks>& asks, TimePoint now) {
  for (const auto& one : asks) {
    if (one.asks > 0 && one.target.size() <= kLongestTarget)
      pending_[one.target].note(one.asks, now);
  }
  if (pending_.size() > options_.most_keys) forget_least(now);
}

void FleetAsks::begin_anew(const std::vector<TargetAsks>& all, TimePoint now) {
  flights_.clear();
  number_ = 0;
  Counts before;
  for (const auto& [target, asks] : all) {
    const auto waiting = pending_.find(target);
    const double told = waiting == pending_.end() ? asks : asks - waiting->second.left(now);
    if (told >= kFewestAsks && target.size() <= kLongestTarget)
      before.emplace_back(target, pacing::AskCount(told, now));
  }
  cut(std::move(before), How::Raise);
  cut_pending();
}

std::vector<FleetAsks::Batch> FleetAsks::batches(TimePoint now) {
  if (flights_.empty()) cut_pending();
  std::vector<Batch> batches;
  for (const auto& flight : flights_) {
    Batch batch{flight.number, flight.how, {}};
    for (const auto& [target, count] : flight.counts) {
      const double left = count.left(now);
      if (left > 0) batch.asks.push_back({target, left});
    }
    batches.push_back(std::move(batch));
  }
  return batches;
}

void FleetAsks::arrived(std::uint64_t number) {
  std::erase_if(flights_, [number](const Flight& flight) { return flight.number == number; });
}

std::size_t FleetAsks::waiting() const {
  std::unordered_set<std::string_view> keys;
  for (const auto& [target, asks] : pending_) keys.insert(target);
  for (const auto& flight : flights_) {
    for (const auto& [target, asks] : flight.counts) keys.insert(target);
  }
  return keys.size();
}

void FleetAsks::cut_pending() {
  cut({pending_.begin(), pending_.end()}, How::Add);
  pending_.clear();
}

void FleetAsks::cut(Counts counts, How how) {
  for (auto at = counts.begin(); at != counts.end();) {
    const auto most = static_cast<std::ptrdiff_t>(options_.keys_per_batch);
    const auto end = at + std::min(most, counts.end() - at);
    flights_.push_back(
        {++number_, how, Counts(std::make_move_iterator(at), std::make_move_iterator(end))});
    at = end;
  }
}

// A tenth at a time: looking for the least takes longer than noting an ask.
void FleetAsks::forget_least(TimePoint now) {
  std::vector<std::pair<double, Pending::iterator>> ranked;
  for (auto one = pending_.begin(); one != pending_.end(); ++one)
    ranked.emplace_back(one->second.left(now), one);
  const auto keep = static_cast<std::ptrdiff_t>(options_.most_keys - options_.most_keys / 10);
  std::nth_element(
      ranked.begin(), ranked.begin() + keep, ranked.end(), [](const auto& a, const auto& b) {
        return a.first > b.first;
      });
  for (auto one = ranked.begin() + keep; one != ranked.end(); ++one) pending_.erase(one->second);
}

}  // namespace quotecached::refill
