#include "proxy/life.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/on_exit.hpp"
#include "proxy/assemble.hpp"
#include "proxy/left_out.hpp"

namespace quotecached::proxy {
namespace {

using Steady = std::chrono::steady_clock;

// The detail of Cache-Status besides memory and the names of lower tiers.
constexpr std::string_view kUpstream = "upstream";

constexpr std::size_t kMaxRenewing = 10000;  // keys that requests have renewed

bool is_widened(const Gather& gather) {
  return gather.page() != nullptr && gather.page()->is_widened();
}

}  // namespace

Life::Life(asio::any_io_executor loop,
           const Proxy::Parts& parts,
           const Proxy::Options& options,
           std::shared_ptr<ParameterInquiry> inquiry,
           Log log)
    : parts_(parts),
      options_(options),
      pages_({.list_bytes = options.list_bytes}),
      fetcher_(parts, options, std::move(inquiry), pages_),
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
  Translation translation(request, options_.names);
  Answer answer;
  answer.detail = kFromMemory;
  const auto reason = look_in_memory(gather, translation);
  open->reason = reason;
  std::optional<bool> renews;
  std::vector<std::string> claimed;
  // However this ends, the keys may be renewed again.
  const OnExit unclaim([&self, &claimed] { self->unclaim(claimed); });
  if (gather.patience() == Patience::None) {
    count_asks(request, gather, translation);
    if (!asked.only_if_cached) claimed = claim_renewal(translation.fetched(), gather);
    // What another request has renewed already needs no second call.
    renews = !claimed.empty() && decides_to_renew(gather, translation);
    // The ask that a call is made for gets what it brings; others are not held up.
    if (!*renews && compose(request, gather, Credits{0}, answer)) {
      count_served(request, gather, answer);
      if (!claimed.empty()) {
        auto behind = look_behind(self, std::move(asked), std::exchange(claimed, {}));
        tasks_.spawn("look behind", std::move(behind));
      }
      co_return answer;
    }
  }
  open->reason = std::max(reason, MissReason::Unjoinable);
  answer.detail = co_await look_below(&gather, &translation, &open->waits);
  Credits cost;
  if (!gather.not_fresh().empty()) {
    count_asks(request, gather, translation);
    if (!renews) renews = !asked.only_if_cached && decides_to_renew(gather, translation);
    cost += co_await bring(&asked, &gather, &translation, &open->waits, deadline, *renews);
    take_youngest(gather);
  }
  count_asks(request, gather, translation);
  if (gather.has_fetched()) answer.detail = kUpstream;
  if (gather.is_shared()) answer.detail = to_string(TierKind::Redis);
  if (!holds_purged(gather) && compose(request, gather, cost, answer)) {
    count_served(request, gather, answer);
    co_return answer;
  }
  // Copies of different calls that do not fit together, or that a purge covers: one call, which
  // begins now, brings all of them. None of those still to be filed may be joined.
  parts_.refill.file_all();
  gather.forget();
  std::vector<Gather*> all{&gather};
  cost += co_await fetcher_.fetch(&asked, std::move(all), &open->waits, deadline, true);
  answer.detail = kUpstream;
  if (!compose(request, gather, cost, answer)) {
    refuse(request.endpoint, {502, 502, "The provider's answers do not fit together.", {}}, answer);
  }
  count_served(request, gather, answer);
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
    parts_.refill.file_now(gather.slots()[at].key);
    const auto entry = parts_.memory.lookup(gather.slots()[at].key);
    reason = std::max(reason, miss_reason(entry.get(), now));
    if (entry) gather.offer(at, entry, now);
  }
  look_for_page(gather, now);
  return reason;
}

MissReason Life::look_in_memory(Gather& gather, Translation& translation) const {
  // What names lead to comes with answers to asks by id, too.
  if (translation.applies()) parts_.refill.file_all();
  const auto reason = look_in_memory(gather);
  for (const auto asset : translation.unlearned(gather, parts_.clock.now()))
    translation.learn(asset, parts_.memory.lookup(translation.alias_key(asset)));
  if (auto* ids = translation.lead(gather, parts_.clock.now())) look_in_memory(*ids);
  const bool has_spelled = spell(gather, translation);
  return has_spelled && gather.not_fresh().empty() ? MissReason::AnotherName : reason;
}

// So that the next ask for the name finds it in memory.
bool Life::spell(Gather& gather, const Translation& translation) const {
  const auto items = translation.spell(gather, parts_.clock.now());
  for (const auto& [key, entry] : items) parts_.memory.store(key, entry);
  return !items.empty();
}

// Asks the lower tiers for what is not fresh; returns the word for the lowest that had something.
asio::awaitable<std::string_view> Life::look_below(Gather* gather,
                                                   Translation* translation,
                                                   Waits* waits) {
  std::size_t depth = 0;
  auto sought = seek(*gather, *translation, parts_.clock.now());
  const bool has_learned = co_await look_up(&sought, translation, waits, &depth);
  // A fetch that ended meanwhile is in memory, perhaps not yet below: it must not be made again.
  look_in_memory(*gather, *translation);
  if (has_learned && !gather->not_fresh().empty()) {
    auto led_to = seek_ids(*translation);
    co_await look_up(&led_to, translation, waits, &depth);
    look_in_memory(*gather, *translation);
  }
  co_return depth == 0 ? kFromMemory : parts_.chain.tier_name(depth - 1);
}

// `depth`: of the lowest tier that had something, counted from 1. Returns whether aliases came up.
asio::awaitable<bool> Life::look_up(const Sought* sought,
                                    Translation* translation,
                                    Waits* waits,
                                    std::size_t* depth) {
  auto keys = sought->keys;
  waits->begin(Wait::Chain, Steady::now());
  const auto hits = co_await parts_.chain.lookup(std::move(keys));
  waits->begin(Wait::None, Steady::now());
  const auto now = parts_.clock.now();
  bool has_learned = false;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    if (!hits[i].entry) continue;
    const auto slots = sought->slots.size();
    if (i >= slots && i < slots + sought->sources) {
      if (!offer_page(*sought->paged, i - slots, hits[i].entry, now)) continue;
    } else if (i < slots) {
      sought->slots[i].gather->offer(sought->slots[i].at, hits[i].entry, now);
    } else {
      translation->learn(sought->aliases[i - slots - sought->sources], hits[i].entry);
      has_learned = true;
    }
    *depth = std::max(*depth, hits[i].tier + 1);
  }
  co_return has_learned;
}

// What is not fresh is fetched: by id where the names lead there, and by name what they do not lead
// to, or turn out not to.
asio::awaitable<Credits> Life::bring(const ClientRequest* asked,
                                     Gather* gather,
                                     Translation* translation,
                                     Waits* waits,
                                     Time deadline,
                                     bool renews) {
  const bool was_widened = is_widened(*gather);
  translation->divide(*gather, is_busy(), parts_.clock.now());
  std::vector<Gather*> both{gather};
  if (translation->by_id() != nullptr) both.push_back(translation->by_id());
  Credits cost = co_await fetcher_.fetch(asked, std::move(both), waits, deadline, renews);
  if (translation->by_id() != nullptr) {
    spell(*gather, *translation);
    gather->take_headers(*translation->by_id());
    if (translation->divide_again(*gather)) {
      std::vector<Gather*> names{gather};
      cost += co_await fetcher_.fetch(asked, std::move(names), waits, deadline, renews);
    }
  }
  // A wider page was of no use: the request is made as it stands.
  if (was_widened && !is_widened(*gather) && !gather->not_fresh().empty()) {
    std::vector<Gather*> page{gather};
    cost += co_await fetcher_.fetch(asked, std::move(page), waits, deadline, renews);
  }
  // What came of a name may be withheld while good copies by id are held.
  if (!gather->is_complete()) look_in_memory(*gather, *translation);
  co_return cost;
}

// What a call brought that began for this request was not there when the purge was answered that
// the client may know of, whatever clocks say.
bool Life::holds_purged(const Gather& gather) const {
  return std::ranges::any_of(gather.slots(), [this](const Gather::Slot& slot) {
    if (!slot.entry || (slot.fetched && slot.started)) return false;
    return parts_.memory.purges().covers(slot.key, *slot.entry);
  });
}

// What the request has fetched may have brought more of what it asks for (refill::Renewals).
void Life::take_youngest(Gather& gather) const {
  if (!gather.has_fetched() || gather.page() != nullptr) return;
  const auto now = parts_.clock.now();
  for (std::size_t at = 0; at < gather.slots().size(); ++at) {
    if (gather.slots()[at].fetched) continue;
    parts_.refill.file_now(gather.slots()[at].key);
    const auto entry = parts_.memory.lookup(gather.slots()[at].key);
    if (entry) gather.offer(at, entry, now);
  }
}

// The keys that nobody is renewing yet; none while the upstream is known to fail.
std::vector<std::string> Life::claim_renewal(const catalog::Request& fetched,
                                             const Gather& gather) {
  std::vector<std::string> claimed;
  if (parts_.policy.get().rules.refreshes == pacing::Refreshes::None) return claimed;
  const auto* page = gather.page();
  const auto lane = page != nullptr ? page->lane() : refill::lane_of(fetched);
  if (parts_.refill.held_off(*lane)) return claimed;
  for (const auto at : gather.not_fresh()) {
    std::string key(page != nullptr ? page->key() : gather.slots()[at].key);
    if (renewing_.size() < kMaxRenewing && renewing_.insert(key).second)
      claimed.push_back(std::move(key));
  }
  return claimed;
}

void Life::unclaim(const std::vector<std::string>& claimed) {
  for (const auto& key : claimed) renewing_.erase(key);
}

// What is not worth a call another daemon may have renewed in a shared tier.
asio::awaitable<void> Life::look_behind(std::shared_ptr<Life> self,
                                        ClientRequest asked,
                                        std::vector<std::string> claimed) {
  const OnExit unclaim([&self, &claimed] { self->unclaim(claimed); });
  Gather gather(asked.canonical);
  gather.set_page(page_of(asked.canonical));
  Translation translation(asked.canonical, options_.names);
  look_in_memory(gather, translation);
  Waits waits(Wait::None, Steady::now());  // no client does
  co_await look_below(&gather, &translation, &waits);
}

}  // namespace quotecached::proxy
