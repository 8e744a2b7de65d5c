#include "quote/alias.hpp"

#include <algorithm>
#include <charconv>

#include "base/ascii.hpp"
#include "quote/join.hpp"
#include "quote/members.hpp"
#include "quote/named_asset.hpp"

namespace quotecached::quote {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

// An id in an alias.
struct Place {
  std::size_t begin = 0;  // of its digits and minus in the text
  std::size_t end = 0;
  std::uint64_t id = 0;
  bool is_inactive = false;
};

std::optional<Place> place_at(std::string_view alias, std::size_t begin) {
  Place place;
  place.begin = begin;
  place.is_inactive = alias[begin] == '-';
  const char* const digits = alias.data() + begin + (place.is_inactive ? 1 : 0);
  const auto [stop, error] = std::from_chars(digits, alias.data() + alias.size(), place.id);
  if (error != std::errc{}) return std::nullopt;
  place.end = static_cast<std::size_t>(stop - alias.data());
  return place;
}

std::size_t past_space(std::string_view alias, std::size_t at) {
  return std::min(alias.find_first_not_of(" \t\r\n", at), alias.size());
}

// Past this character and the white space around it; nowhere when something else stands there.
std::size_t past(std::string_view alias, std::size_t at, char wanted) {
  at = past_space(alias, at);
  return at < alias.size() && alias[at] == wanted ? past_space(alias, at + 1) : kNowhere;
}

bool has_label(std::string_view alias, std::size_t at) {
  return at < alias.size() && alias[at] == '"';
}

// Past the label at this place, and its colon.
std::size_t past_label(std::string_view alias, std::size_t at) {
  if (!has_label(alias, at)) return kNowhere;
  const auto end = end_of_string(alias, at);
  return end == kNowhere ? kNowhere : past(alias, end, ':');
}

// `"BTC":1`, `"BTC":[1,2]`, `1,2` or `"1":1,"2":2`, and nothing else: what stands between the ids
// is put between the assets of an answer.
std::optional<std::vector<Place>> places_in(std::string_view alias) {
  auto at = past_space(alias, 0);
  const bool is_keyed = has_label(alias, at);
  if (is_keyed) at = past_label(alias, at);
  if (at == kNowhere || at >= alias.size()) return std::nullopt;
  const bool is_list = is_keyed && alias[at] == '[';
  if (is_list) at = past_space(alias, at + 1);
  std::vector<Place> places;
  while (true) {
    const auto place = at < alias.size() ? place_at(alias, at) : std::nullopt;
    if (!place || places.size() == kMostAssetsOfAlias) return std::nullopt;
    places.push_back(*place);
    at = past_space(alias, place->end);
    const auto next = past(alias, at, ',');
    if (next == kNowhere) break;
    at = is_keyed && !is_list ? past_label(alias, next) : next;
  }
  if (is_list) at = past(alias, at, ']');
  return at == alias.size() ? std::optional(std::move(places)) : std::nullopt;
}

bool carries(const NamedAsset& asset, catalog::KeyKind kind, std::string_view name) {
  if (kind == catalog::KeyKind::Slug) return asset.slug == name;
  return kind == catalog::KeyKind::Symbol && equal_ignoring_case(asset.symbol, name);
}

// Where a provider that chooses among namesakes may choose anew.
bool has_changed_sides(const NamedAsset& asset, const Place& place, catalog::KeyKind kind) {
  return kind == catalog::KeyKind::Symbol && asset.is_active.has_value() &&
         *asset.is_active == place.is_inactive;
}

// The asset of a fragment by id when it is as the alias has it at that place.
std::optional<NamedAsset> asset_for(const Place& place,
                                    catalog::KeyKind kind,
                                    std::string_view name,
                                    const Fragment& by_id) {
  const auto assets = assets_in(by_id.text);
  if (!assets || assets->size() != 1) return std::nullopt;
  const NamedAsset& asset = assets->front();
  const bool agrees =
      asset.id == place.id && carries(asset, kind, name) && !has_changed_sides(asset, place, kind);
  return agrees ? std::optional(asset) : std::nullopt;
}

// Appends the object of `from` alone, with its slots.
void append_object(Fragment& out, const Fragment& from, const NamedAsset& asset) {
  const auto at = out.text.size();
  out.text.append(from.text, asset.begin, asset.end - asset.begin);
  for (Slot slot : from.slots) {
    if (slot.begin < asset.begin || slot.end > asset.end) continue;
    slot.begin = static_cast<std::uint32_t>(slot.begin - asset.begin + at);
    slot.end = static_cast<std::uint32_t>(slot.end - asset.begin + at);
    out.slots.push_back(slot);
  }
}

// What stands between a label and its value: a colon, white space.
std::string_view separator_in(const Fragment& keyed) {
  const auto begin = end_of_string(keyed.text, 0);
  const auto end = keyed.text.find_first_of("{[");
  if (begin == kNowhere || end == kNowhere || end < begin) return ":";
  return std::string_view(keyed.text).substr(begin, end - begin);
}

}  // namespace

namespace {

std::string alias_of(const Fragment& by_name,
                     const std::vector<NamedAsset>& assets,
                     catalog::KeyKind kind) {
  if (assets.empty() || assets.size() > kMostAssetsOfAlias) return {};
  std::string alias;
  std::size_t done = 0;
  for (const auto& asset : assets) {
    alias.append(by_name.text, done, asset.begin - done);
    if (kind == catalog::KeyKind::Symbol && asset.is_active == false) alias += '-';
    alias += std::to_string(asset.id);
    done = asset.end;
  }
  alias.append(by_name.text, done);
  return places_in(alias) ? alias : std::string();
}

}  // namespace

std::string alias_of(const Fragment& by_name, catalog::KeyKind kind) {
  const auto assets = assets_in(by_name.text);
  return assets ? alias_of(by_name, *assets, kind) : std::string();
}

SlugTold slug_told(const Fragment& by_id) {
  const auto assets = assets_in(by_id.text);
  if (!assets || assets->size() != 1 || assets->front().slug.empty()) return {};
  return {assets->front().slug, alias_of(by_id, *assets, catalog::KeyKind::Slug)};
}

std::optional<std::vector<std::uint64_t>> ids_in(std::string_view alias) {
  const auto places = places_in(alias);
  if (!places) return std::nullopt;
  std::vector<std::uint64_t> ids;
  for (const auto& place : *places) {
    if (std::ranges::find(ids, place.id) != ids.end()) return std::nullopt;
    ids.push_back(place.id);
  }
  return ids;
}

std::vector<bool> agreeing(std::string_view alias,
                           catalog::KeyKind kind,
                           std::string_view name,
                           std::span<const Fragment* const> by_id) {
  std::vector<bool> agree;
  const auto places = places_in(alias);
  if (!places || places->size() != by_id.size()) return agree;
  for (std::size_t i = 0; i < by_id.size(); ++i)
    agree.push_back(asset_for((*places)[i], kind, name, *by_id[i]).has_value());
  return agree;
}

std::optional<Fragment> spell_by_name(std::string_view alias,
                                      catalog::KeyKind kind,
                                      std::string_view name,
                                      std::span<const Fragment* const> by_id) {
  const auto places = places_in(alias);
  if (!places || places->size() != by_id.size()) return std::nullopt;
  Fragment out;
  std::size_t done = 0;
  for (std::size_t i = 0; i < by_id.size(); ++i) {
    const Place& place = (*places)[i];
    const auto asset = asset_for(place, kind, name, *by_id[i]);
    if (!asset) return std::nullopt;
    out.text += alias.substr(done, place.begin - done);
    append_object(out, *by_id[i], *asset);
    done = place.end;
  }
  out.text += alias.substr(done);
  return out;
}

std::vector<FragmentOfId> spell_by_id(const Fragment& by_name) {
  const auto assets = assets_in(by_name.text);
  if (!assets) return {};
  std::vector<FragmentOfId> spelled;
  for (const auto& asset : *assets) {
    auto& [id, fragment] = spelled.emplace_back();
    id = asset.id;
    if (is_keyed(by_name))
      fragment.text.append(1, '"')
          .append(std::to_string(id))
          .append(1, '"')
          .append(separator_in(by_name));
    append_object(fragment, by_name, asset);
  }
  return spelled;
}

bool carries_name(const Fragment& by_id, catalog::KeyKind kind, std::string_view name) {
  const auto assets = assets_in(by_id.text);
  return assets && assets->size() == 1 && carries(assets->front(), kind, name);
}

}  // namespace quotecached::quote
