// What an answer tells beyond what was asked for: of a symbol or slug its assets as an ask by id
// would have brought them, and the alias; of an id its slug.
//
// A symbol's alias is only what an answer to that symbol told, since which of the coins that share
// it are meant is the provider's to say. A slug is of one asset, so that any answer may tell it.
// Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cache/entry.hpp"
#include "refill/lane.hpp"

namespace quotecached::refill {

struct ItemById {
  std::string id;
  cache::Item item;
};

// The assets of an entry bought by symbol or slug, by id, with its times. `convert`: its position
// in the lane. None of an entry by id.
[[nodiscard]] std::vector<ItemById> items_by_id(const Lane& lane,
                                                std::size_t convert,
                                                const cache::Entry& by_name);

// The key by id of an asset. `convert`: its position in the lane.
[[nodiscard]] std::string key_by_id(const Lane& lane, std::size_t convert, std::string_view id);

struct AliasesTold {
  std::optional<cache::Item> own;  // of the name that was asked for
  std::vector<cache::Item> slugs;
};

// What the entry of `asset` tells of names: of the symbol or slug that its lane is asked by, and of
// the slugs of its assets otherwise. `by_id`: its items. An alias is fresh for `names`; it is of
// use, for copies of that time, as long after that as the entry is.
[[nodiscard]] AliasesTold aliases_told(const Lane& lane,
                                       std::string_view asset,
                                       const cache::Entry& entry,
                                       std::span<const ItemById> by_id,
                                       milliseconds names);

// The alias of a slug to file, told by an answer to another ask, where `known` is held (null:
// none): nothing when it is not worth a write yet. What an answer to the slug itself has taught of
// its spelling is kept.
[[nodiscard]] cache::EntryPtr slug_to_file(const cache::EntryPtr& told,
                                           const cache::EntryPtr& known);

}  // namespace quotecached::refill
