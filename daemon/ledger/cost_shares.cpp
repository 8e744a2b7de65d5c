#include "ledger/cost_shares.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <numeric>

namespace quotecached::ledger {
namespace {

std::vector<Credits> by_weight(Credits total, const std::vector<Bearer>& bearers) {
  const auto whole =
      std::accumulate(bearers.begin(), bearers.end(), std::int64_t{0}, [](auto sum, const auto& b) {
        return sum + b.weight;
      });
  assert(whole > 0);
  std::vector<Credits> parts(bearers.size());
  std::vector<std::int64_t> remainders(bearers.size());
  std::int64_t left = total.count;
  for (std::size_t i = 0; i < bearers.size(); ++i) {
    // In two steps, since the product may be too large for the type.
    const auto rest = total.count % whole * bearers[i].weight;
    parts[i].count = total.count / whole * bearers[i].weight + rest / whole;
    remainders[i] = rest % whole;
    left -= parts[i].count;
  }
  std::vector<std::size_t> order(bearers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](auto a, auto b) { return remainders[a] > remainders[b]; });
  for (std::size_t i = 0; left > 0; ++i, --left) ++parts[order[i]].count;
  return parts;
}

}  // namespace

std::vector<Credits> cost_shares(Credits total, const std::vector<Bearer>& bearers) {
  assert(total.count >= 0);
  if (bearers.empty()) return {};
  auto parts = by_weight(total, bearers);
  std::int64_t room = 0;
  for (const auto& bearer : bearers) room += bearer.most.count;
  if (room < total.count) return parts;
  std::int64_t excess = 0;
  for (std::size_t i = 0; i < bearers.size(); ++i) {
    const auto over = std::max<std::int64_t>(parts[i].count - bearers[i].most.count, 0);
    parts[i].count -= over;
    excess += over;
  }
  for (std::size_t i = 0; excess > 0; ++i) {
    const auto more = std::min(excess, bearers[i].most.count - parts[i].count);
    parts[i].count += more;
    excess -= more;
  }
  return parts;
}

}  // namespace quotecached::ledger
