#include "compact/holdings.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "quote/alias.hpp"
#include "quote/named_asset.hpp"

namespace quotecached::compact {
namespace {

using catalog::KeyKind;

void spell_key(std::string& key,
               const catalog::Endpoint& endpoint,
               KeyKind kind,
               std::string_view asset,
               std::string_view convert,
               std::string_view variant) {
  key.clear();
  catalog::append_key(key, catalog::AssetKey{endpoint, kind, asset, convert, false, variant});
}

// May the endpoint say who shares a symbol? Of a slug all say the same.
bool may_lead(const catalog::Endpoint& endpoint, KeyKind kind) {
  return kind == KeyKind::Slug || endpoint.symbols_are_lists;
}

}  // namespace

Holdings::Holdings(Lookup lookup,
                   const Endpoints& endpoints,
                   SourcesPtr sources,
                   std::vector<WindowPtr> windows)
    : lookup_(std::move(lookup)),
      endpoints_(endpoints),
      sources_(std::move(sources)),
      windows_(std::move(windows)) {}

void Holdings::offer(std::uint64_t id, std::string_view convert, Choice& choice) const {
  thread_local std::string key;
  const auto text = std::to_string(id);
  for (const auto& source : *sources_) {
    spell_key(key, *source.endpoint, KeyKind::Id, text, convert, source.variant);
    const auto hash = hash64(key);
    const auto entry = lookup_(key, hash);
    if (entry) choice.consider(id, {entry, object_in(entry->fragment.text), &source, hash});
  }
  for (const auto& window : windows_) {
    if (!window->has_convert(convert)) continue;
    const auto list = window->entry();
    if (!list) continue;
    const auto object = window->find(*list, id);
    if (!object.empty())
      choice.consider(id, {list, object, &window->source(), hash64(window->key())});
  }
  const auto [begin, end] = brought_.equal_range(id);
  for (auto it = begin; it != end; ++it)
    choice.consider(id, {it->second.entry, it->second.object, it->second.source, 0});
}

bool Holdings::is_unknown(std::uint64_t id,
                          std::string_view convert,
                          const Lot& lot,
                          TimePoint now) const {
  if (unknown_.contains(id)) return true;
  std::string key;
  spell_key(key, *lot.endpoint, KeyKind::Id, std::to_string(id), convert, lot.variant);
  const auto entry = lookup_(key, hash64(key));
  return entry && entry->is_negative && cache::is_fresh(*entry, now);
}

Lead Holdings::lead(const Asked& asked,
                    std::string_view convert,
                    const Lot& by_symbol,
                    const Lot& by_slug,
                    TimePoint now) const {
  if (asked.by == KeyKind::Id) return {Lead::State::Found, {std::stoull(asked.name)}, true};
  if (const auto led = led_.find({asked.by, asked.name}); led != led_.end())
    return {led->second.empty() ? Lead::State::Nowhere : Lead::State::Found, led->second, true};
  std::string key;
  cache::EntryPtr alias;
  for (const auto* endpoint : endpoints_.by_asset()) {
    if (!may_lead(*endpoint, asked.by)) continue;
    key.clear();
    catalog::append_alias_key(key, *endpoint, asked.by, asked.name);
    const auto entry = lookup_(key, hash64(key));
    if (!entry || entry->is_negative || !cache::is_usable(*entry, now)) continue;
    if (!alias || entry->fetched_at > alias->fetched_at) alias = entry;
  }
  const auto& lot = asked.by == KeyKind::Symbol ? by_symbol : by_slug;
  spell_key(key, *lot.endpoint, asked.by, asked.name, convert, lot.variant);
  const auto itself = lookup_(key, hash64(key));
  const bool is_nowhere = itself && itself->is_negative && cache::is_fresh(*itself, now);
  if (is_nowhere && (!alias || alias->fetched_at < itself->fetched_at))
    return {Lead::State::Nowhere, {}, true};
  if (!alias) return {};
  auto ids = quote::ids_in(alias->fragment.text);
  if (!ids || ids->empty()) return {};
  return {Lead::State::Found, *std::move(ids), cache::is_fresh(*alias, now)};
}

void Holdings::bring(const cache::EntryPtr& entry,
                     const Source* source,
                     std::vector<std::uint64_t>& ids) {
  const auto assets = quote::assets_in(entry->fragment.text);
  if (!assets) return;
  for (const auto& asset : *assets) {
    const auto object =
        std::string_view(entry->fragment.text).substr(asset.begin, asset.end - asset.begin);
    brought_.emplace(asset.id, Brought{entry, object, source});
    ids.push_back(asset.id);
  }
}

void Holdings::add(const catalog::Request& request, const std::vector<cache::EntryPtr>& entries) {
  const auto width = request.converts.size();
  // With assets left out it is not known whose the entries are; memory has them as well.
  if (request.kind == KeyKind::None || entries.size() != request.assets.size() * width) return;
  const auto& source =
      brought_sources_.emplace_back(Source{request.endpoint, request.variant, false});
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::vector<std::uint64_t> ids;
    if (!entries[i]->is_negative) bring(entries[i], &source, ids);
    if (i % width != 0) continue;
    const std::string name(request.assets[i / width]);
    if (request.kind != KeyKind::Id) {
      led_[{request.kind, name}] = std::move(ids);
    } else if (entries[i]->is_negative) {
      unknown_.insert(std::stoull(name));
    }
  }
}

void Holdings::append_keys(std::uint64_t id,
                           std::string_view convert,
                           std::vector<std::string>& keys) const {
  for (const auto& source : *sources_)
    spell_key(keys.emplace_back(),
              *source.endpoint,
              KeyKind::Id,
              std::to_string(id),
              convert,
              source.variant);
}

void Holdings::append_alias_keys(const Asked& asked, std::vector<std::string>& keys) const {
  for (const auto* endpoint : endpoints_.by_asset()) {
    if (may_lead(*endpoint, asked.by))
      catalog::append_alias_key(keys.emplace_back(), *endpoint, asked.by, asked.name);
  }
}

}  // namespace quotecached::compact
