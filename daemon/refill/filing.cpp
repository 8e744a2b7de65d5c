#include "refill/filing.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "calling/call_policy.hpp"
#include "catalog/request.hpp"
#include "quote/alias.hpp"
#include "quote/lost_price.hpp"
#include "refill/aliasing.hpp"

namespace quotecached::refill {
namespace {

using Steady = std::chrono::steady_clock;

calling::FailurePtr failure_saying(unsigned status, std::string message, bool is_of_asset) {
  return std::make_shared<const calling::Failure>(
      calling::Failure{status, status, std::move(message), std::chrono::seconds(0), is_of_asset});
}

calling::FailurePtr absent_failure() {
  static const auto kFailure =
      failure_saying(404, "The provider's answer left the asset out.", true);
  return kFailure;
}

calling::FailurePtr doubted_failure() {
  static const auto kFailure =
      failure_saying(502, "The provider's answer contradicts its last.", true);
  return kFailure;
}

cache::EntryPtr good_copy(cache::EntryPtr copy, TimePoint now) {
  const bool is_good = copy && !copy->is_negative && cache::is_usable(*copy, now);
  return is_good ? std::move(copy) : nullptr;
}

bool has_price(const Fragment& fragment) { return quote::lost_price(fragment, Fragment{}, false); }

}  // namespace

void Filing::refuse(const Lane& lane, std::string_view why, const BatchAssets& assets) {
  log_.error("upstream_answer_refused", {{"endpoint", lane.endpoint().name}, {"error", why}});
  ++parts_.counters.refused_fragments;
  for (const auto& asset : assets)
    doubt(asset, calling::malformed_failure(), HoldOffs::Binds::Everyone);
}

void Filing::take_whole(const Lane& lane, const WholeSplit& whole, const BatchAsset& asset) {
  Pending& pending = *asset.pendings.front();
  const auto copy = copy_of(pending, whole.entry->fetched_at);
  const auto claim = whole.contradiction.empty() ? std::nullopt : std::optional(Claim::Short);
  if (is_doubted(pending.key, claim, whole.entry->fetched_at, copy)) {
    log_.warn("upstream_answer_doubted",
              {{"endpoint", lane.endpoint().name}, {"reason", whole.contradiction}});
    if (copy) return withhold(pending, Claim::Short);
    ++parts_.counters.withheld[static_cast<std::size_t>(Claim::Short)];
    return doubt(asset, doubted_failure(), HoldOffs::Binds::Everyone);
  }
  parts_.chain.fill({{pending.key, whole.entry}});
  resolve(pending, whole.entry, nullptr);
}

// Of several waiters one may have come without the one that memory has.
cache::EntryPtr Filing::copy_of(const Pending& pending, TimePoint now) const {
  return good_copy(pending.copy ? pending.copy : parts_.chain.in_memory(pending.key), now);
}

bool Filing::is_doubted(const std::string& key,
                        const cache::Entry& brought,
                        bool is_flawed,
                        const cache::EntryPtr& copy) {
  const bool is_lost = copy && quote::lost_price(copy->fragment, brought.fragment, is_flawed);
  const auto claim = is_lost ? std::optional(Claim::Flawed) : std::nullopt;
  return is_doubted(key, claim, brought.fetched_at, copy);
}

// Of a name the assets that still carry it, where an answer holds fewer than the copy: what their
// copies by id tell.
cache::EntryPtr Filing::still_named(const Lane& lane,
                                    const SplitEntry& part,
                                    std::string_view name,
                                    const cache::EntryPtr& copy) const {
  if (!copy || part.entry->fragment.slots.size() >= copy->fragment.slots.size()) return copy;
  auto rest = std::make_shared<cache::Entry>(*copy);
  std::erase_if(rest->fragment.slots, [&](const Slot& slot) {
    const auto key = key_by_id(lane, part.convert, std::to_string(slot.asset_id));
    const auto by_id = parts_.chain.in_memory(key);
    if (!by_id || by_id->fetched_at < copy->fetched_at) return false;
    return by_id->is_negative || !quote::carries_name(by_id->fragment, lane.parts().kind, name);
  });
  return rest;
}

bool Filing::add_by_id(const SplitEntry& part, std::vector<cache::Item>& items) {
  bool is_any_doubted = false;
  for (const auto& [id, item] : part.by_id) {
    const auto& [key, entry] = item;
    const auto copy = good_copy(parts_.chain.in_memory(key), entry->fetched_at);
    if (is_doubted(key, *entry, part.is_flawed, copy)) {
      rest(key, doubted_failure());
      is_any_doubted = true;
    } else if (copy || !part.is_flawed || has_price(entry->fragment)) {
      items.push_back(item);
    }  // else a lower tier may hold a good copy, which nobody has looked for
  }
  return is_any_doubted;
}

void Filing::add_aliases(const AliasesTold& told, std::vector<cache::Item>& items) const {
  if (told.own) {
    ++parts_.counters.names_told;
    items.push_back(*told.own);
  }
  for (const auto& [key, slug] : told.slugs) {
    if (auto alias = slug_to_file(slug, parts_.chain.in_memory(key)))
      items.push_back({key, std::move(alias)});
  }
}

bool Filing::is_doubted(const std::string& key,
                        std::optional<Claim> claim,
                        TimePoint said_at,
                        const cache::EntryPtr& copy) {
  if (!claim) {
    if (parts_.suspects.size() > 0) parts_.suspects.clear(key);
    return false;
  }
  const auto held_at = copy ? std::optional(copy->fetched_at) : std::nullopt;
  return !parts_.suspects.believes(key, *claim, said_at, held_at);
}

void Filing::withhold(Pending& pending, Claim claim) {
  if (pending.resolved.is_set()) return;
  const auto failure = claim == Claim::Gone ? absent_failure() : doubted_failure();
  ++parts_.counters.withheld[static_cast<std::size_t>(claim)];
  rest(pending.key, failure);
  resolve(pending, nullptr, failure);
}

// By default a minute, which is how often quotes are renewed anyway.
void Filing::rest(const std::string& key, const calling::FailurePtr& failure) {
  const auto until = Steady::now() + 2 * options_.failure_throttle;
  parts_.hold_offs.hold(key, HoldOffs::Binds::WhoHasCopy, failure, until);
}

// Where somebody holds a good copy, one answer without the asset does not make it unknown.
void Filing::take_absent(const Lane& lane, TimePoint asked_at, const BatchAsset& asset) {
  note_unknown(lane, asset);
  bool is_held = false;
  bool is_gone = false;
  for (const auto& pending : asset.pendings) {
    const auto copy = copy_of(*pending, asked_at);
    if (!copy) continue;
    is_held = true;
    const bool is_believed = !is_doubted(pending->key, Claim::Gone, asked_at, copy);
    is_gone = is_gone || is_believed;
  }
  if (is_gone) {
    log_.warn("asset_gone", {{"endpoint", lane.endpoint().name}, {"asset", asset.name}});
    for (const auto& pending : asset.pendings) parts_.suspects.clear(pending->key);
  }
  if (!is_held || is_gone) return file_negative(lane, asked_at, {&asset, 1});
  for (const auto& pending : asset.pendings) withhold(*pending, Claim::Gone);
}

void Filing::take_unknown(const Lane& lane,
                          TimePoint asked_at,
                          std::span<const BatchAsset> assets) {
  for (const auto& asset : assets) {
    // What nobody has asked for keeps its copy until that was said often enough.
    if (is_riding(asset)) {
      take_absent(lane, asked_at, asset);
    } else {
      note_unknown(lane, asset);
      file_negative(lane, asked_at, {&asset, 1});
    }
  }
}

// What was real once is no junk, whatever has become of it, nor is what was ordered to be warmed.
void Filing::note_unknown(const Lane& lane, const BatchAsset& asset) {
  ++parts_.counters.absent;
  if (!is_needed(asset)) return;
  if (parts_.junk.is_real(to_string(lane.parts().kind), asset.name)) return;
  parts_.junk.note_unknown(asset.pendings.front()->client, Steady::now());
}

void Filing::file_negative(const Lane& lane,
                           TimePoint asked_at,
                           std::span<const BatchAsset> assets) {
  const auto negative = negative_entry(asked_at, options_.times);
  std::vector<cache::Item> items;
  for (const auto& asset : assets) {
    for (const auto& one : asset.pendings) items.push_back({one->key, negative});
    forget_alias(lane, asset.name, negative, items);
  }
  parts_.chain.fill(std::move(items));
  for (const auto& asset : assets) resolve_all(asset, negative, nullptr);
}

// A name that is unknown leads to nothing any more. Who asked for it has looked for its alias, so
// that memory knows whether there is one.
void Filing::forget_alias(const Lane& lane,
                          std::string_view name,
                          const cache::EntryPtr& negative,
                          std::vector<cache::Item>& items) const {
  if (options_.times.names <= milliseconds(0)) return;
  if (!catalog::may_alias(lane.endpoint(), lane.parts().kind)) return;
  std::string key;
  catalog::append_alias_key(key, lane.endpoint(), lane.parts().kind, name);
  if (parts_.chain.in_memory(key)) items.push_back({std::move(key), negative});
}

void Filing::doubt(const BatchAsset& asset,
                   const calling::FailurePtr& failure,
                   HoldOffs::Binds binds) {
  const auto until = Steady::now() + (binds == HoldOffs::Binds::Everyone
                                          ? std::chrono::milliseconds(options_.times.negative)
                                          : options_.failure_throttle);
  for (const auto& one : asset.pendings) {
    if (one->resolved.is_set()) continue;
    parts_.hold_offs.hold(one->key, binds, failure, until);
    resolve(*one, nullptr, failure);
  }
}

}  // namespace quotecached::refill
