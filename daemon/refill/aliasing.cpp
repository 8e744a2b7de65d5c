#include "refill/aliasing.hpp"

#include <memory>
#include <string>
#include <utility>

#include "base/hash.hpp"
#include "catalog/request.hpp"
#include "quote/alias.hpp"

namespace quotecached::refill {
namespace {

using catalog::KeyKind;

cache::EntryPtr alias_entry(std::string text, const cache::Entry& entry, milliseconds names) {
  auto alias = std::make_shared<cache::Entry>();
  alias->content_hash = hash64(text);
  alias->fragment.text = std::move(text);
  alias->fetched_at = entry.fetched_at;
  alias->fresh_until = entry.fetched_at + names;
  alias->stale_until = alias->fresh_until + (entry.stale_until - entry.fetched_at);
  return alias;
}

// `text`: what the entry, spelled as an answer to the name is, tells of it.
std::optional<cache::Item> alias_of(const Lane& lane,
                                    KeyKind kind,
                                    std::string_view name,
                                    std::string text,
                                    const cache::Entry& entry,
                                    milliseconds names) {
  if (text.empty()) return std::nullopt;
  cache::Item item;
  catalog::append_alias_key(item.key, lane.endpoint(), kind, name);
  item.entry = alias_entry(std::move(text), entry, names);
  return item;
}

void add_slug(AliasesTold& told, const Lane& lane, const cache::Entry& by_id, milliseconds names) {
  if (!catalog::may_alias(lane.endpoint(), KeyKind::Slug)) return;
  auto [slug, text] = quote::slug_told(by_id.fragment);
  if (auto alias = alias_of(lane, KeyKind::Slug, slug, std::move(text), by_id, names))
    told.slugs.push_back(std::move(*alias));
}

}  // namespace

std::string key_by_id(const Lane& lane, std::size_t convert, std::string_view id) {
  const auto& parts = lane.parts();
  std::string key;
  catalog::append_key(key,
                      catalog::AssetKey{lane.endpoint(),
                                        KeyKind::Id,
                                        id,
                                        parts.converts[convert],
                                        parts.converts_are_ids,
                                        parts.variant});
  return key;
}

std::vector<ItemById> items_by_id(const Lane& lane,
                                  std::size_t convert,
                                  const cache::Entry& by_name) {
  std::vector<ItemById> items;
  if (!catalog::may_alias(lane.endpoint(), lane.parts().kind)) return items;
  for (auto& [id, fragment] : quote::spell_by_id(by_name.fragment)) {
    auto entry = std::make_shared<cache::Entry>();
    entry->content_hash = hash64(fragment.text);
    entry->fragment = std::move(fragment);
    entry->fetched_at = by_name.fetched_at;
    entry->fresh_until = by_name.fresh_until;
    entry->stale_until = by_name.stale_until;
    auto name = std::to_string(id);
    auto key = key_by_id(lane, convert, name);
    items.push_back({std::move(name), {std::move(key), std::move(entry)}});
  }
  return items;
}

AliasesTold aliases_told(const Lane& lane,
                         std::string_view asset,
                         const cache::Entry& entry,
                         std::span<const ItemById> by_id,
                         milliseconds names) {
  AliasesTold told;
  const auto kind = lane.parts().kind;
  if (names <= milliseconds(0)) return told;
  if (!asset.empty() && catalog::may_alias(lane.endpoint(), kind))
    told.own = alias_of(lane, kind, asset, quote::alias_of(entry.fragment, kind), entry, names);
  if (kind == KeyKind::Id) add_slug(told, lane, entry, names);
  if (kind != KeyKind::Symbol) return told;
  for (const auto& [id, item] : by_id) add_slug(told, lane, *item.entry, names);
  return told;
}

cache::EntryPtr slug_to_file(const cache::EntryPtr& told, const cache::EntryPtr& known) {
  if (!known || known->is_negative) return told;
  if (quote::ids_in(known->fragment.text) != quote::ids_in(told->fragment.text)) return told;
  const auto half_its_life = (known->fresh_until - known->fetched_at) / 2;
  if (told->fetched_at < known->fetched_at + half_its_life) return nullptr;
  auto renewed = std::make_shared<cache::Entry>(*told);
  renewed->fragment = known->fragment;
  renewed->content_hash = known->content_hash;
  return renewed;
}

}  // namespace quotecached::refill
