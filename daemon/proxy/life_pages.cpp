// What Life does for pages of lists.
#include <algorithm>

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

void Life::append_source_keys(const Gather& gather, std::vector<std::string>& keys) {
  if (gather.page() == nullptr) return;
  for (const auto& source : gather.page()->sources()) keys.push_back(source.key);
}

bool Life::offer_hit(Gather& gather,
                     std::span<const std::size_t> positions,
                     std::size_t hit,
                     const cache::EntryPtr& entry,
                     TimePoint now) const {
  if (hit >= positions.size()) return offer_page(gather, hit - positions.size(), entry, now);
  gather.offer(positions[hit], entry, now);
  return true;
}

asio::awaitable<Credits> Life::fetch_page(
    const ClientRequest* asked, Gather* gather, Waits* waits, Time deadline, bool renews) {
  const auto is_widened = [gather] {
    return gather->page() != nullptr && gather->page()->is_widened();
  };
  Credits cost;
  const bool was_widened = is_widened();
  cost += co_await fetch(asked, gather, waits, deadline, renews);
  if (!was_widened || is_widened() || gather->not_fresh().empty()) co_return cost;
  cost += co_await fetch(asked, gather, waits, deadline, renews);
  co_return cost;
}

// An answer is held against the last one to the same question, not against a part of it.
std::vector<refill::Wanted> Life::want_all(const PagedRequest* page,
                                           std::vector<refill::Want> wants) {
  if (page == nullptr) return parts_.refill.want(std::move(wants));
  for (auto& want : wants) {
    auto& wanted = want.keys.front();
    if (!wanted.copy) continue;  // that there is none tells refill more
    auto held = parts_.memory.lookup(page->key());
    if (held && cache::is_usable(*held, parts_.clock.now())) wanted.copy = std::move(held);
  }
  auto wanted = parts_.refill.want(std::move(wants));
  if (page->is_widened() && std::ranges::any_of(wanted, &refill::Wanted::started_it))
    ++pages_.counters().widened;
  return wanted;
}

void Life::take(Gather& gather,
                std::size_t at,
                const refill::Pending& fetched,
                TimePoint now) const {
  if (gather.page() == nullptr) return gather.take(at, fetched, now);
  refill::Pending page;
  const bool has_copy = gather.slots()[at].entry != nullptr;
  gather.page()->take(fetched, has_copy, page, Steady::now());
  gather.take(at, page, now);
  // Also found by its own key from now on.
  const bool is_cut = page.entry && page.entry != fetched.entry;
  if (is_cut && cache::is_fresh(*page.entry, now))
    parts_.memory.store(gather.slots()[at].key, page.entry);
}

}  // namespace quotecached::proxy
