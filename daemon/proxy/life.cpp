#include "proxy/life.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/on_exit.hpp"
#include "proxy/assemble.hpp"
#include "proxy/forwarding.hpp"
#include "proxy/funding.hpp"
#include "proxy/left_out.hpp"

namespace quotecached::proxy {
namespace {

using Steady = std::chrono::steady_clock;

// The detail of Cache-Status besides memory and the names of lower tiers.
constexpr std::string_view kUpstream = "upstream";

constexpr std::size_t kMaxRefreshing = 10000;  // keys being refreshed behind answers

// In the order in which refill is asked for them.
std::vector<std::size_t> positions_of(std::span<const refill::LaneGroup> lanes) {
  std::vector<std::size_t> positions;
  for (const auto& group : lanes)
    positions.insert(positions.end(), group.keys.begin(), group.keys.end());
  return positions;
}

}  // namespace

Life::Life(asio::any_io_executor loop,
           const Proxy::Parts& parts,
           const Proxy::Options& options,
           std::shared_ptr<ParameterInquiry> inquiry,
           Log log)
    : parts_(parts),
      options_(options),
      inquiry_(std::move(inquiry)),
      pages_({.list_bytes = options.list_bytes}),
      tasks_(std::move(loop), std::move(log)) {}

asio::awaitable<void> Life::stop(std::chrono::milliseconds limit) {
  tasks_.cancel();
  co_await tasks_.join(limit);
}

asio::awaitable<Answer> Life::serve(std::shared_ptr<Life> self,
                                    ClientRequest asked,
                                    OpenRequestPtr open) {
  const auto deadline = Steady::now() + options_.request_deadline;
  const catalog::Request& request = asked.canonical;
  Gather gather(request);
  gather.set_page(page_of(request));
  Answer answer;
  answer.detail = kFromMemory;
  const auto reason = look_in_memory(gather);
  open->reason = reason;
  std::optional<bool> renews;
  if (gather.patience() == Patience::None) {
    count_asks(request, gather);
    renews = !asked.only_if_cached && decides_to_renew(gather);
    // While credits are scarce, the ask that one is spent for gets what it buys.
    const bool waits = *renews && parts_.policy.get().price > pacing::Age(0);
    if (!waits && compose(request, gather, Credits{0}, answer)) {
      count_served(answer);
      start_refresh(self, std::move(asked), gather, *renews);
      co_return answer;
    }
  }
  open->reason = std::max(reason, MissReason::Unjoinable);
  answer.detail = co_await look_below(&gather, &open->waits);
  Credits cost;
  if (!gather.not_fresh().empty()) {
    count_asks(request, gather);
    if (!renews) renews = !asked.only_if_cached && decides_to_renew(gather);
    cost += co_await fetch_page(&asked, &gather, &open->waits, deadline, *renews);
  }
  count_asks(request, gather);
  if (gather.has_fetched()) answer.detail = kUpstream;
  if (gather.is_shared()) answer.detail = to_string(TierKind::Redis);
  if (compose(request, gather, cost, answer)) {
    count_served(answer);
    co_return answer;
  }
  // Copies of different calls that do not fit together: one call brings all of them.
  gather.forget();
  cost += co_await fetch(&asked, &gather, &open->waits, deadline, true);
  answer.detail = kUpstream;
  if (!compose(request, gather, cost, answer)) {
    refuse(request.endpoint, {502, 502, "The provider's answers do not fit together.", {}}, answer);
  }
  count_served(answer);
  co_return answer;
}

// False when the copies cannot be joined; everything else makes an answer, an error at worst.
bool Life::compose(const catalog::Request& request,
                   const Gather& gather,
                   Credits cost,
                   Answer& out) const {
  const auto now = parts_.clock.now();
  const auto detail = out.detail;
  out.clear();
  out.detail = detail;
  out.cost = cost;
  const auto odd = gather.is_complete() ? std::vector<std::size_t>{} : gather.odd_assets();
  if (!gather.is_complete() && odd.empty()) {
    const auto failure = gather.failure();
    refuse(request.endpoint, *failure, out);
    if (gather.headers() != nullptr) out.provider_headers = *gather.headers();
    return true;
  }
  if (gather.headers() != nullptr) out.provider_headers = *gather.headers();
  out.outcome = gather.outcome();
  out.has_asked = gather.has_asked();
  out.has_fetched = gather.has_fetched();
  if (out.outcome == Outcome::Stale) out.stale_assets = names_of(request, gather.stale_assets());
  gather.hand_over(out);
  if (odd.empty())
    return assemble({parts_.dialect, parts_.forms}, request, now, cost, out) == Assembled::Done;
  out.left_out = names_of(request, odd);
  return assemble({parts_.dialect, parts_.forms}, without(request, odd), now, cost, out) ==
         Assembled::Done;
}

void Life::refuse(const catalog::Endpoint* endpoint,
                  const calling::Failure& failure,
                  Answer& out) const {
  assemble_failure({parts_.dialect, parts_.forms}, endpoint, failure, parts_.clock.now(), out);
}

MissReason Life::look_in_memory(Gather& gather) const {
  const auto now = parts_.clock.now();
  auto reason = MissReason::Filled;
  for (const auto at : gather.not_fresh()) {
    const auto entry = parts_.memory.lookup(gather.slots()[at].key);
    reason = std::max(reason, miss_reason(entry.get(), now));
    if (entry) gather.offer(at, entry, now);
  }
  look_for_page(gather, now);
  return reason;
}

// Asks the lower tiers for what is not fresh; returns the word for the lowest that had something.
asio::awaitable<std::string_view> Life::look_below(Gather* gather, Waits* waits) {
  const auto positions = gather->not_fresh();
  auto keys = gather->keys_at(positions);
  append_source_keys(*gather, keys);
  waits->begin(Wait::Chain, Steady::now());
  const auto hits = co_await parts_.chain.lookup(std::move(keys));
  waits->begin(Wait::None, Steady::now());
  const auto now = parts_.clock.now();
  std::string_view detail = kFromMemory;
  std::size_t lowest = 0;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    if (!hits[i].entry || !offer_hit(*gather, positions, i, hits[i].entry, now)) continue;
    if (detail != kFromMemory && hits[i].tier <= lowest) continue;
    lowest = hits[i].tier;
    detail = parts_.chain.tier_name(lowest);
  }
  // A fetch that ended meanwhile is in memory, perhaps not yet below: it must not be made again.
  look_in_memory(*gather);
  co_return detail;
}

std::vector<refill::Wanted> Life::want(const Gather& gather,
                                       std::span<const refill::LaneGroup> lanes,
                                       std::string_view client) {
  std::vector<refill::Want> wants;
  wants.reserve(lanes.size());
  for (const auto& group : lanes) wants.push_back(gather.want(group, client));
  return want_all(gather.page(), std::move(wants));
}

calling::FailurePtr Life::failure_of(const credit::Book::NotAdmitted& refusal) const {
  return calling::failure_by_refusal(parts_.dialect, refusal, parts_.clock.now());
}

// What the cache does not have a client that wants nothing else is told so (RFC 9111, 5.2.1.7).
void Life::exclude_all(Gather& gather) {
  const auto why = not_cached_failure();
  for (const auto at : gather.wanting()) gather.exclude(at, why);
}

// Fetches what is not fresh and may be paid for, and waits for it as long as the copies at hand
// allow. Returns what this request is charged.
asio::awaitable<Credits> Life::fetch(
    const ClientRequest* asked, Gather* gather, Waits* waits, Time deadline, bool renews) {
  if (asked->only_if_cached) {
    exclude_all(*gather);
    co_return Credits{};
  }
  exclude_unpayable(*gather, renews);
  const auto lanes = gather->lanes();
  const auto positions = positions_of(lanes);
  if (positions.empty()) co_return Credits{};
  const Credits price = refill::worst_case(lanes);
  calling::FailurePtr why;
  if (const auto refusal = parts_.clients.refusal(asked->client, price)) {
    why = failure_of(*refusal);
  } else if (!asked->canonical.unlisted.empty()) {
    const auto until = end_of_patience(*gather, Steady::now(), deadline);
    why = co_await inquiry_->refusal(&asked->canonical, waits, until);
  }
  if (why) {
    for (const auto at : positions) gather->exclude(at, why);
    co_return Credits{};
  }
  const auto wanted = want(*gather, lanes, asked->client);
  for (const auto at : positions) gather->ask(at);
  co_await await_resolved(&wanted, &positions, gather, waits, deadline);
  waits->begin(Wait::None, Steady::now());
  co_return collect(wanted, positions, *gather);
}

// Who has copies of all waits for less.
Life::Time Life::end_of_patience(const Gather& gather, Time from, Time deadline) const {
  if (gather.patience() == Patience::Full) return deadline;
  return std::min(deadline, from + options_.stale_patience);
}

// Those without a copy first: what waits for them need not be waited for again.
asio::awaitable<void> Life::await_resolved(const std::vector<refill::Wanted>* wanted,
                                           const std::vector<std::size_t>* positions,
                                           const Gather* gather,
                                           Waits* waits,
                                           Time deadline) const {
  // What a credit was spent for while it has a price is waited for, though it might be shown.
  const bool has_price = parts_.policy.get().price > pacing::Age(0);
  for (const auto level : {Standing::Missing, Standing::StaleIfError, Standing::Revalidate}) {
    if (level == Standing::Revalidate && !has_price) continue;
    for (std::size_t i = 0; i < wanted->size(); ++i) {
      auto& pending = *(*wanted)[i].pending;
      if (pending.resolved.is_set() || gather->slots()[(*positions)[i]].standing != level) continue;
      // Patience counts from the start of the fetch: who joins a call that hangs does not wait
      // again.
      const auto until =
          level == Standing::Missing ? deadline : pending.started + options_.stale_patience;
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now());
      if (left.count() <= 0) continue;
      waits->follow(pending.waits, Steady::now());
      co_await pending.resolved.wait_for(left);
    }
  }
}

// Returns the request's part of what the calls cost; of those still under way nobody knows it yet.
Credits Life::collect(const std::vector<refill::Wanted>& wanted,
                      const std::vector<std::size_t>& positions,
                      Gather& gather) const {
  Credits cost;
  const auto now = parts_.clock.now();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto& [pending, started_it] = wanted[i];
    if (!pending->resolved.is_set()) continue;
    if (started_it) cost += pending->cost;
    take(gather, positions[i], *pending, now);
  }
  return cost;
}

// The keys that nobody is refreshing yet; none while the upstream is known to fail.
std::vector<std::string> Life::claim_refresh(const catalog::Request& request,
                                             const Gather& gather) {
  std::vector<std::string> claimed;
  if (parts_.policy.get().rules.refreshes == pacing::Refreshes::None) return claimed;
  const auto* page = gather.page();
  const auto lane = page != nullptr ? page->lane() : refill::lane_of(request);
  if (parts_.refill.is_held_off(*lane)) return claimed;
  for (const auto at : gather.not_fresh()) {
    std::string key(page != nullptr ? page->key() : gather.slots()[at].key);
    if (refreshing_.size() < kMaxRefreshing && refreshing_.insert(key).second)
      claimed.push_back(std::move(key));
  }
  return claimed;
}

void Life::start_refresh(const std::shared_ptr<Life>& self,
                         ClientRequest asked,
                         const Gather& gather,
                         bool renews) {
  if (asked.only_if_cached) return;
  auto claimed = claim_refresh(asked.canonical, gather);
  if (claimed.empty()) return;
  auto behind = refresh_behind(self, std::move(asked), std::move(claimed), renews);
  tasks_.spawn("refresh behind", std::move(behind));
}

// Another daemon may have refreshed a shared tier already, so the chain is asked before upstream.
asio::awaitable<void> Life::refresh_behind(std::shared_ptr<Life> self,
                                           ClientRequest asked,
                                           std::vector<std::string> claimed,
                                           bool renews) {
  // However this ends, the keys may be refreshed again.
  const OnExit unclaim([&self, &claimed] {
    for (const auto& key : claimed) self->refreshing_.erase(key);
  });
  Gather gather(asked.canonical);
  gather.set_page(page_of(asked.canonical));
  look_in_memory(gather);
  Waits waits(Wait::None, Steady::now());  // no client does
  co_await look_below(&gather, &waits);
  const auto deadline = Steady::now() + options_.request_deadline;
  if (!gather.not_fresh().empty()) co_await fetch(&asked, &gather, &waits, deadline, renews);
}

}  // namespace quotecached::proxy
