#include "proxy/translation.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/hash.hpp"
#include "quote/alias.hpp"

namespace quotecached::proxy {
namespace {

// Requires: each has an entry.
std::vector<const Fragment*> fragments_of(const std::vector<const Gather::Slot*>& parts) {
  std::vector<const Fragment*> fragments;
  fragments.reserve(parts.size());
  for (const auto* part : parts) fragments.push_back(&part->entry->fragment);
  return fragments;
}

}  // namespace

Translation::Translation(const catalog::Request& asked, milliseconds names)
    : asked_(asked), believed_for_(names) {
  const bool applies = names > milliseconds(0) && asked.kind != catalog::KeyKind::None &&
                       catalog::may_alias(*asked.endpoint, asked.kind);
  if (applies) names_.resize(asked.assets.size());
}

std::vector<std::size_t> Translation::unlearned(const Gather& by_name, TimePoint now) const {
  std::vector<std::size_t> assets;
  if (names_.empty()) return assets;
  for (const auto at : by_name.not_fresh()) {
    const auto asset = at / converts();
    const bool is_known = is_believed(names_[asset], now);
    if (!is_known && (assets.empty() || assets.back() != asset)) assets.push_back(asset);
  }
  return assets;
}

// A slug is of one asset at a time, and each copy of that says whether it still is: an old alias
// leads there as well. Which coins share a symbol no copy of them tells.
bool Translation::is_believed(const Name& name, TimePoint now) const {
  if (!name.alias) return false;
  const bool proves_itself = asked_.kind == catalog::KeyKind::Slug && !name.alias->is_negative;
  return proves_itself ? cache::is_usable(*name.alias, now) : cache::is_fresh(*name.alias, now);
}

std::string Translation::alias_key(std::size_t asset) const {
  std::string key;
  catalog::append_alias_key(key, *asked_.endpoint, asked_.kind, asked_.assets[asset]);
  return key;
}

void Translation::learn(std::size_t asset, const cache::EntryPtr& alias) {
  Name& name = names_[asset];
  if (!alias || (name.alias && name.alias->fetched_at >= alias->fetched_at)) return;
  name.alias = alias;
  name.ids.clear();
  if (!alias->is_negative) name.ids = quote::ids_in(alias->fragment.text).value_or(name.ids);
  has_news_ = true;
}

Gather* Translation::lead(const Gather& by_name, TimePoint now) {
  if (std::exchange(has_news_, false)) {
    make_ids();
    if (ids_) offer_parts(by_name, now);
  }
  return by_id();
}

void Translation::make_ids() {
  std::map<std::uint64_t, std::size_t> places;
  for (const auto& name : names_) {
    for (const auto id : name.ids) places.emplace(id, 0);
  }
  id_texts_.clear();
  ids_.reset();
  if (places.empty()) return;
  id_texts_.reserve(places.size());
  for (auto& [id, place] : places) {
    place = id_texts_.size();
    id_texts_.push_back(std::to_string(id));
  }
  for (auto& name : names_) {
    name.places.clear();
    for (const auto id : name.ids) name.places.push_back(places[id]);
  }
  catalog::Request request;
  request.endpoint = asked_.endpoint;
  request.kind = catalog::KeyKind::Id;
  request.assets.assign(id_texts_.begin(), id_texts_.end());
  request.converts = asked_.converts;
  request.converts_are_ids = asked_.converts_are_ids;
  request.variant = asked_.variant;
  request.options = asked_.options;
  ids_ = std::make_unique<Ids>(std::move(request));
}

// A copy that is held under the name alone is one of each of its assets.
void Translation::offer_parts(const Gather& by_name, TimePoint now) {
  for (const auto at : by_name.not_fresh()) {
    const auto& held = by_name.slots()[at].entry;
    const Name& name = name_of(at);
    if (!held || held->is_negative || name.ids.empty()) continue;
    for (auto& [id, fragment] : quote::spell_by_id(held->fragment)) {
      const auto found = std::ranges::find(name.ids, id);
      if (found == name.ids.end()) continue;
      auto part = std::make_shared<cache::Entry>(*held);
      part->content_hash = hash64(fragment.text);
      part->fragment = std::move(fragment);
      part->origins.clear();
      const auto place = name.places[static_cast<std::size_t>(found - name.ids.begin())];
      ids_->gather.offer(place * converts() + at % converts(), part, now);
    }
  }
}

Translation::Parts Translation::parts_of(std::size_t slot) const {
  Parts parts;
  if (!ids_) return parts;
  for (const auto place : name_of(slot).places)
    parts.push_back(&ids_->gather.slots()[place * converts() + slot % converts()]);
  return parts;
}

// No alias speaks for copies that are much younger than itself.
Translation::Spelling Translation::spelling_of(std::size_t slot, const Parts& parts) const {
  Spelling spelling;
  if (parts.empty()) return spelling;
  const auto until = asked_.kind == catalog::KeyKind::Slug
                         ? TimePoint::max()
                         : name_of(slot).alias->fetched_at + believed_for_;
  bool is_complete = true;
  for (const auto* part : parts) {
    if (part->standing == Standing::Missing) {
      is_complete = false;
    } else if (part->entry->is_negative || part->entry->fetched_at > until) {
      return {Verdict::Refuted, nullptr};
    }
  }
  if (!is_complete) return spelling;
  spelling.entry = spelled_entry(slot, parts);
  if (spelling.entry) {
    spelling.verdict = Verdict::Spelled;
  } else if (!is_outdated(slot, parts)) {
    spelling.verdict = Verdict::Refuted;
  }
  return spelling;
}

// Do only copies speak against the alias that are stale and older than it? They will be renewed.
bool Translation::is_outdated(std::size_t slot, const Parts& parts) const {
  const auto& alias = *name_of(slot).alias;
  const auto agree = quote::agreeing(
      alias.fragment.text, asked_.kind, asked_.assets[slot / converts()], fragments_of(parts));
  if (agree.empty()) return false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool is_old =
        parts[i]->standing != Standing::Fresh && parts[i]->entry->fetched_at < alias.fetched_at;
    if (!agree[i] && !is_old) return false;
  }
  return true;
}

// As old as the oldest of its parts, and fresh no longer than any of them or the alias.
std::shared_ptr<cache::Entry> Translation::spelled_entry(std::size_t slot,
                                                         const Parts& parts) const {
  const auto& alias = *name_of(slot).alias;
  auto fragment = quote::spell_by_name(
      alias.fragment.text, asked_.kind, asked_.assets[slot / converts()], fragments_of(parts));
  if (!fragment) return nullptr;
  auto entry = std::make_shared<cache::Entry>();
  entry->fragment = std::move(*fragment);
  entry->content_hash = hash64(entry->fragment.text);
  entry->fetched_at = TimePoint::max();
  entry->data_at = TimePoint::max();
  const bool proves_itself = asked_.kind == catalog::KeyKind::Slug;
  entry->fresh_until = proves_itself ? TimePoint::max() : alias.fresh_until;
  entry->stale_until = proves_itself ? TimePoint::max() : alias.stale_until;
  for (const auto* part : parts) {
    entry->fetched_at = std::min(entry->fetched_at, part->entry->fetched_at);
    entry->data_at = std::min(entry->data_at, part->entry->data_at);
    entry->fresh_until = std::min(entry->fresh_until, part->entry->fresh_until);
    entry->stale_until = std::min(entry->stale_until, part->entry->stale_until);
    entry->origins.push_back(hash64(part->key));
  }
  // One from the future (a clock was set back) has an unknown age, whatever its times say.
  const bool has_doubtful = std::ranges::any_of(
      parts, [](const Gather::Slot* part) { return part->standing == Standing::StaleIfError; });
  if (has_doubtful) entry->fresh_until = std::min(entry->fresh_until, entry->fetched_at);
  return entry;
}

std::vector<cache::Item> Translation::spell(Gather& by_name, TimePoint now) const {
  std::vector<cache::Item> taken;
  if (!ids_) return taken;
  for (const auto at : by_name.not_fresh()) {
    const auto parts = parts_of(at);
    if (parts.empty()) continue;
    const auto entry = spelling_of(at, parts).entry;
    // So has an alias: what the name means by now the provider is to say before anybody is shown
    // it.
    const bool is_doubtful = name_of(at).alias->fetched_at > now + cache::kClockTolerance;
    if (entry && is_doubtful) {
      const auto past = entry->fetched_at - asked_.endpoint->freshness.get().stale_while_revalidate;
      entry->fresh_until = std::min(entry->fresh_until, past);
    }
    if (by_name.take_parts(at, entry, parts, now))
      taken.push_back({std::string(by_name.slots()[at].key), entry});
  }
  return taken;
}

bool Translation::must_be_asked(std::size_t slot, TimePoint now) const {
  const auto parts = parts_of(slot);
  return parts.empty() || !is_believed(name_of(slot), now) ||
         spelling_of(slot, parts).verdict == Verdict::Refuted;
}

bool Translation::is_due(std::size_t slot, const IsBusy& is_busy, TimePoint now) const {
  if (asked_.kind != catalog::KeyKind::Symbol) return false;
  if (now < name_of(slot).alias->fetched_at + believed_for_ / 2) return false;
  return std::ranges::any_of(parts_of(slot), [&](const Gather::Slot* part) {
    return part->standing != Standing::Fresh && !is_busy(part->key);
  });
}

void Translation::divide(Gather& by_name, const IsBusy& is_busy, TimePoint now) {
  for (auto& slot : by_name.slots()) slot.is_left_to_parts = false;
  if (!ids_) return;
  for (auto& slot : ids_->gather.slots()) slot.excluded = true;
  const auto open = by_name.not_fresh();
  const bool asks_names = std::ranges::any_of(
      open, [&](std::size_t at) { return must_be_asked(at, now) || is_due(at, is_busy, now); });
  for (const auto at : open) {
    by_name.slots()[at].is_left_to_parts = !asks_names;
    if (asks_names) continue;
    for (const auto place : name_of(at).places)
      ids_->gather.slots()[place * converts() + at % converts()].excluded = false;
  }
}

bool Translation::divide_again(Gather& by_name) const {
  bool is_any = false;
  for (const auto at : by_name.not_fresh()) {
    auto& slot = by_name.slots()[at];
    const bool is_refuted =
        slot.is_left_to_parts && spelling_of(at, parts_of(at)).verdict == Verdict::Refuted;
    slot.is_left_to_parts = false;
    slot.excluded = !is_refuted;
    is_any = is_any || is_refuted;
  }
  return is_any;
}

}  // namespace quotecached::proxy
