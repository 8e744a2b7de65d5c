#include "proxy/fetcher.hpp"

#include <algorithm>
#include <utility>

#include "proxy/forwarding.hpp"
#include "proxy/funding.hpp"

namespace quotecached::proxy {
namespace {

using Steady = std::chrono::steady_clock;

// What the cache does not have a client that wants nothing else is told so (RFC 9111, 5.2.1.7).
void exclude_all(std::span<Gather* const> gathers) {
  const auto why = not_cached_failure();
  for (auto* gather : gathers) {
    for (const auto at : gather->wanting()) gather->exclude(at, why);
  }
}

bool is_quote(const cache::EntryPtr& entry) { return entry && !entry->is_negative; }

// Whether the client can be told of an asset, or why it has one not, before all are there.
bool tells_some(const ClientRequest& asked,
                const std::vector<refill::Wanted>& wanted,
                std::span<const Fetcher::Place> places) {
  if (asked.has_other_rows) return true;
  const auto tells = [](const refill::Wanted& one) {
    return one.pending->resolved.is_set() && (one.pending->failure || is_quote(one.pending->entry));
  };
  if (std::ranges::any_of(wanted, tells)) return true;
  return std::ranges::any_of(places, [](const Fetcher::Place& place) {
    return std::ranges::any_of(place.gather->slots(), is_quote, &Gather::Slot::entry);
  });
}

}  // namespace

Fetcher::Fetcher(const Proxy::Parts& parts,
                 const Proxy::Options& options,
                 std::shared_ptr<ParameterInquiry> inquiry,
                 PageBook& pages)
    : parts_(parts), options_(options), inquiry_(std::move(inquiry)), pages_(pages) {}

asio::awaitable<Credits> Fetcher::fetch(const ClientRequest* asked,
                                        std::vector<Gather*> gathers,
                                        Waits* waits,
                                        Time deadline,
                                        bool renews) {
  if (asked->only_if_cached) {
    exclude_all(gathers);
    co_return Credits{};
  }
  auto planned = plan(gathers, *asked, renews);
  const auto places = std::move(planned.places);
  if (places.empty()) co_return Credits{};
  const auto until = end_of_patience(gathers, deadline);
  const auto why = co_await refusal(asked, planned.worst_case, waits, until);
  if (why) {
    for (const auto& [gather, at] : places) gather->exclude(at, why);
    co_return Credits{};
  }
  const auto wanted = want(gathers.front()->page(), std::move(planned.wants));
  for (const auto& [gather, at] : places) gather->ask(at);
  co_await await_resolved(asked, &wanted, &places, waits, deadline);
  waits->begin(Wait::None, Steady::now());
  co_return collect(wanted, places);
}

// In the order in which refill is asked for them.
Fetcher::Plan Fetcher::plan(std::span<Gather* const> gathers,
                            const ClientRequest& asked,
                            bool renews) const {
  Plan plan;
  for (auto* gather : gathers) {
    exclude_unpayable(*gather, renews);
    const auto lanes = gather->lanes();
    plan.worst_case += refill::worst_case(lanes);
    for (const auto& group : lanes) {
      plan.wants.push_back(gather->want(group, asked.client, asked.tag));
      for (const auto at : group.keys) plan.places.push_back({gather, at});
    }
  }
  return plan;
}

// Leaves out what the spend mode does not pay for.
void Fetcher::exclude_unpayable(Gather& gather, bool renews) const {
  const auto positions = unpayable(gather, parts_.policy.get().rules, renews);
  if (positions.empty()) return;
  calling::FailurePtr why;
  const auto refusal = parts_.book.refusal(ledger::Purpose::Miss, Credits{1});
  if (refusal) why = failure_of(*refusal);
  for (const auto at : positions) gather.exclude(at, why);
}

// Why the request may have nothing fetched; null: it may.
asio::awaitable<calling::FailurePtr> Fetcher::refusal(const ClientRequest* asked,
                                                      Credits price,
                                                      Waits* waits,
                                                      Time until) const {
  if (const auto refusal = parts_.clients.refusal(asked->client, price))
    co_return failure_of(*refusal);
  if (asked->canonical.unlisted.empty()) co_return nullptr;
  co_return co_await inquiry_->refusal(&asked->canonical, waits, until);
}

calling::FailurePtr Fetcher::failure_of(const credit::Book::NotAdmitted& refusal) const {
  return calling::failure_by_refusal(parts_.dialect, refusal, parts_.clock.now());
}

// Who has copies of all waits for less.
Fetcher::Time Fetcher::end_of_patience(std::span<Gather* const> gathers, Time deadline) const {
  const bool lacks_any = std::ranges::any_of(
      gathers, [](const Gather* gather) { return gather->patience() == Patience::Full; });
  return lacks_any ? deadline : std::min(deadline, Steady::now() + options_.stale_patience);
}

// Those without a copy first: what waits for them need not be waited for again. What is parked is
// waited for only where nothing can be told without it.
asio::awaitable<void> Fetcher::await_resolved(const ClientRequest* asked,
                                              const std::vector<refill::Wanted>* wanted,
                                              const std::vector<Place>* places,
                                              Waits* waits,
                                              Time deadline) const {
  const auto standing = [places](std::size_t i) {
    const auto& [gather, at] = (*places)[i];
    return gather->slots()[at].standing;
  };
  for (const auto level : {Standing::Missing, Standing::StaleIfError, Standing::Revalidate}) {
    for (std::size_t i = 0; i < wanted->size(); ++i) {
      if (standing(i) != level || refill::is_parked(*(*wanted)[i].pending)) continue;
      co_await await_one(&(*wanted)[i], level, waits, deadline);
    }
  }
  const bool leaves_parked = asked->canonical.skip_invalid && tells_some(*asked, *wanted, *places);
  for (std::size_t i = 0; i < wanted->size(); ++i) {
    if (standing(i) != Standing::Missing) continue;
    if (leaves_parked && refill::is_parked(*(*wanted)[i].pending)) continue;
    co_await await_one(&(*wanted)[i], Standing::Missing, waits, deadline);
  }
}

// Patience counts from the start of the fetch: who joins a call that hangs does not wait again.
asio::awaitable<void> Fetcher::await_one(const refill::Wanted* wanted,
                                         Standing standing,
                                         Waits* waits,
                                         Time deadline) const {
  auto& pending = *wanted->pending;
  if (pending.resolved.is_set()) co_return;
  const auto until =
      standing == Standing::Missing ? deadline : pending.started + options_.stale_patience;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now());
  if (left.count() <= 0) co_return;
  waits->follow(pending.waits, Steady::now());
  co_await pending.resolved.wait_for(left);
}

// Returns the request's part of what the calls cost; of those still under way nobody knows it yet.
Credits Fetcher::collect(const std::vector<refill::Wanted>& wanted,
                         const std::vector<Place>& places) const {
  Credits cost;
  const auto now = parts_.clock.now();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto& pending = wanted[i].pending;
    const bool bears_cost = refill::bears_cost(wanted[i]);
    if (refill::is_parked(*pending))
      places[i].gather->slots()[places[i].at].failure =
          calling::failure_out_of_turn(pending->parked_until - Steady::now());
    if (!pending->resolved.is_set()) continue;
    if (bears_cost) cost += pending->cost;
    take(*places[i].gather, places[i].at, *pending, now);
    places[i].gather->slots()[places[i].at].started = bears_cost;
  }
  return cost;
}

// An answer is held against the last one to the same question, not against a part of it.
std::vector<refill::Wanted> Fetcher::want(const PagedRequest* page,
                                          std::vector<refill::Want> wants) const {
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

void Fetcher::take(Gather& gather,
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
