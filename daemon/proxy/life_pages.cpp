// What Life does for pages of lists.
#include "proxy/life.hpp"

namespace quotecached::proxy {
namespace {

using Steady = std::chrono::steady_clock;

}  // namespace

std::optional<PagedRequest> Life::page_of(const catalog::Request& request) {
  return PagedRequest::of(request, pages_, Steady::now());
}

// In the other answers that memory holds and that may have it.
void Life::look_for_page(Gather& gather, TimePoint now) const {
  if (gather.page() == nullptr) return;
  const auto sources = gather.page()->sources();
  for (std::size_t i = 0; i < sources.size() && !gather.not_fresh().empty(); ++i) {
    if (const auto answer = parts_.memory.lookup(sources[i].key))
      offer_page(gather, i, answer, now);
  }
}

// What is fresh is found by its own key from now on.
bool Life::offer_page(Gather& gather,
                      std::size_t at,
                      const cache::EntryPtr& answer,
                      TimePoint now) const {
  const auto& slot = gather.slots().front();
  const auto stands = standing(answer.get(), gather.freshness(), now);
  const bool is_younger = slot.entry && answer->fetched_at > slot.entry->fetched_at;
  if (stands < slot.standing || (stands == slot.standing && !is_younger)) return false;
  const bool is_fresh = stands == Standing::Fresh;
  const auto page = gather.page()->cut(at, answer, is_fresh);
  if (!page) return false;
  gather.offer(0, page, now);
  if (is_fresh) parts_.memory.store(slot.key, page);
  return true;
}

}  // namespace quotecached::proxy
