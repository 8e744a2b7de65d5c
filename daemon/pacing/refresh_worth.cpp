#include "pacing/refresh_worth.hpp"

#include <algorithm>
#include <bit>

#include "base/hash.hpp"

namespace quotecached::pacing {
namespace {

constexpr Age kUnit = std::chrono::minutes(30);  // by simulation, see docs/pacing.md

}  // namespace

Age worth_of_credit(double stretch) noexcept {
  return kUnit * std::max(0.0, stretch * stretch - 1);
}

RefreshWorth::RefreshWorth(std::size_t keys) : rows_(std::bit_ceil(std::max(keys, kWays))) {}

bool RefreshWorth::is_worth(std::span<const StaleCopy> copies,
                            Credits price,
                            double stretch,
                            TimePoint now) {
  Age seen{0};
  for (const StaleCopy& copy : copies) {
    Row& row = row_of(copy);
    row.asked_at = now;
    row.seen += std::max(Age(0), Age(now - copy.fetched_at));
    seen += row.seen;
  }
  return seen >= worth_of_credit(stretch) * static_cast<double>(price.count);
}

RefreshWorth::Row& RefreshWorth::row_of(const StaleCopy& copy) {
  const std::uint64_t hash = hash64(copy.key);
  const auto first =
      rows_.begin() + static_cast<std::ptrdiff_t>(hash % (rows_.size() / kWays) * kWays);
  const auto last = first + kWays;
  auto row = std::find_if(first, last, [&](const Row& one) { return one.hash == hash; });
  if (row == last)
    row = std::min_element(
        first, last, [](const Row& a, const Row& b) { return a.asked_at < b.asked_at; });
  if (row->hash != hash || row->fetched_at != copy.fetched_at)
    *row = {hash, copy.fetched_at, {}, Age(0)};
  return *row;
}

}  // namespace quotecached::pacing
