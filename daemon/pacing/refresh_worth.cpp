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

RefreshWorth::RefreshWorth(std::size_t keys) : slots_(std::bit_ceil(std::max(keys, kWays))) {}

bool RefreshWorth::is_worth(std::span<const StaleCopy> copies,
                            Credits price,
                            double stretch,
                            TimePoint now) {
  Age seen{0};
  for (const StaleCopy& copy : copies) {
    Slot& slot = slot_of(copy);
    slot.asked_at = now;
    slot.seen += std::max(Age(0), Age(now - copy.fetched_at));
    seen += slot.seen;
  }
  return seen >= worth_of_credit(stretch) * static_cast<double>(price.count);
}

RefreshWorth::Slot& RefreshWorth::slot_of(const StaleCopy& copy) {
  const std::uint64_t hash = hash64(copy.key);
  const auto first =
      slots_.begin() + static_cast<std::ptrdiff_t>(hash % (slots_.size() / kWays) * kWays);
  const auto last = first + kWays;
  auto slot = std::find_if(first, last, [&](const Slot& one) { return one.hash == hash; });
  if (slot == last)
    slot = std::min_element(
        first, last, [](const Slot& a, const Slot& b) { return a.asked_at < b.asked_at; });
  if (slot->hash != hash || slot->fetched_at != copy.fetched_at)
    *slot = {hash, copy.fetched_at, {}, Age(0)};
  return *slot;
}

}  // namespace quotecached::pacing
