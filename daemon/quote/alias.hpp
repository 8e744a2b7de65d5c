// An alias: what a symbol or slug leads to, as an answer to that name told it.
//
// Its text is the fragment of that answer with the id of each asset in the place of its object:
// `"BTC":1` (v1), `"BTC":[1,31469]` (v2), `"1":1` (by slug), `1,31469` (elements of an array). So
// it keeps which assets there are, their order, and how the provider spells that kind of answer:
// labels, lists, white space. An asset that said it is inactive has a minus. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fragment.hpp"
#include "catalog/endpoint.hpp"

namespace quotecached::quote {

// A name of more assets has no alias: it is asked for by itself.
inline constexpr std::size_t kMostAssetsOfAlias = 100;

// The alias that the fragment of a name tells; empty when it tells none. `kind` of the name: a slug
// is of one asset whether it is active or not, and has no minus.
[[nodiscard]] std::string alias_of(const Fragment& by_name, catalog::KeyKind kind);

// The ids in an alias, in its order; nothing when the text is no alias, or names one twice.
[[nodiscard]] std::optional<std::vector<std::uint64_t>> ids_in(std::string_view alias);

// Which of the fragments (one per id of the alias, in the order of ids_in(), each holding one
// asset) are of that id, still carry the name, and say to be as active as when the alias was told.
// `kind`: Symbol (in any case of letters) or Slug. None when the alias is not of so many.
[[nodiscard]] std::vector<bool> agreeing(std::string_view alias,
                                         catalog::KeyKind kind,
                                         std::string_view name,
                                         std::span<const Fragment* const> by_id);

// The fragment of a name, made of those of its ids (of one convert). Nothing unless all agree.
[[nodiscard]] std::optional<Fragment> spell_by_name(std::string_view alias,
                                                    catalog::KeyKind kind,
                                                    std::string_view name,
                                                    std::span<const Fragment* const> by_id);

struct FragmentOfId {
  std::uint64_t id = 0;
  Fragment fragment;
};

// The assets in the fragment of a name, each as an answer by id spells it. None when the fragment
// cannot be read.
[[nodiscard]] std::vector<FragmentOfId> spell_by_id(const Fragment& by_name);

// Does the one asset that a fragment by id holds carry the name? False when it cannot be read.
[[nodiscard]] bool carries_name(const Fragment& by_id,
                                catalog::KeyKind kind,
                                std::string_view name);

// The slug of the one asset that a fragment by id holds, in its text, and what alias_of() makes of
// it; empty when it tells none.
struct SlugTold {
  std::string_view slug;
  std::string alias;
};
[[nodiscard]] SlugTold slug_told(const Fragment& by_id);

}  // namespace quotecached::quote
