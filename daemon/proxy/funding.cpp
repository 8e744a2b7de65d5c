#include "proxy/funding.hpp"

namespace quotecached::proxy {
namespace {

using pacing::Refreshes;

bool is_missing(const Gather::Slot& slot) { return slot.standing == Standing::Missing; }

// Of copies that somebody pays for anyway, one more costs nothing.
bool is_refreshed(const Gather& gather,
                  const std::vector<std::size_t>& stale,
                  const pacing::SpendRules& rules,
                  const IsWorth& is_worth) {
  if (rules.refreshes != Refreshes::Worthwhile) return rules.refreshes == Refreshes::All;
  std::vector<pacing::StaleCopy> copies;
  for (const auto at : stale) {
    const Gather::Slot& slot = gather.slots()[at];
    if (!is_missing(slot)) {
      copies.push_back({slot.key, slot.entry->fetched_at});
    } else if (rules.misses) {
      return true;
    }
  }
  return copies.empty() || is_worth(copies);
}

}  // namespace

std::vector<std::size_t> unpayable(const Gather& gather,
                                   const pacing::SpendRules& rules,
                                   const IsWorth& is_worth) {
  const auto stale = gather.not_fresh();
  const bool refreshes = is_refreshed(gather, stale, rules, is_worth);
  std::vector<std::size_t> positions;
  for (const auto at : stale) {
    if (!(is_missing(gather.slots()[at]) ? rules.misses : refreshes)) positions.push_back(at);
  }
  return positions;
}

}  // namespace quotecached::proxy
