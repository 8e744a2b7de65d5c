#include "warm/outcomes.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "pacing/ask_count.hpp"

namespace quotecached::warm {
namespace {

// A count of so many asks is as good as one less: it is kept in single precision and decays.
constexpr double kLeastAsks = 0.5;

}  // namespace

void Outcomes::note(std::string key,
                    std::int64_t run,
                    TimePoint until,
                    const refill::Renewals& renewals,
                    TimePoint now) {
  const auto asks = renewals.asks_of(key, now);
  copies_.push_back({std::move(key), run, now, until, asks ? asks->left : 0});
}

Outcomes::Judged Outcomes::judged(const Copy& copy,
                                  const refill::Renewals& renewals,
                                  TimePoint now) {
  const auto asks = renewals.asks_of(copy.key, now);
  if (!asks) return {copy.run, 0};
  const pacing::Age passed = std::max(milliseconds(0), now - copy.since);
  const double half_lives = passed / pacing::Age(pacing::AskCount::kHalfLife);
  const double before = copy.asks_before * std::exp2(-half_lives);
  const double since = asks->left - before;
  return {copy.run, since < kLeastAsks ? 0 : since};
}

}  // namespace quotecached::warm
