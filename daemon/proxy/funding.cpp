#include "proxy/funding.hpp"

#include <algorithm>

namespace quotecached::proxy {
namespace {

using pacing::Refreshes;

bool is_missing(const Gather::Slot& slot) { return slot.standing == Standing::Missing; }

}  // namespace

Renewal renewal_of(const Gather& gather, const pacing::SpendRules& rules) {
  switch (rules.refreshes) {
    case Refreshes::All: return Renewal::Yes;
    case Refreshes::None: return Renewal::No;
    case Refreshes::Worthwhile: break;
  }
  // With what somebody pays for anyway one more costs nothing.
  const bool is_paid = rules.misses && std::ranges::any_of(gather.slots(), is_missing);
  return is_paid ? Renewal::Yes : Renewal::IfWorth;
}

std::vector<std::size_t> unpayable(const Gather& gather,
                                   const pacing::SpendRules& rules,
                                   bool renews) {
  std::vector<std::size_t> positions;
  for (const auto at : gather.wanting()) {
    if (!(is_missing(gather.slots()[at]) ? rules.misses : renews)) positions.push_back(at);
  }
  return positions;
}

}  // namespace quotecached::proxy
