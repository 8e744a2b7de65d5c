#include "quote/sorting.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"

namespace quotecached::quote {

namespace {

constexpr std::size_t kMostReasons = 32;
constexpr std::size_t kLongestName = 40;

bool is_id(std::string_view label, const AssetText& asset) {
  return asset.id && parse_id(label) == asset.id;
}

}  // namespace

Sorting::Sorting(const Wanted& wanted) : wanted_(wanted), found_(wanted.assets.size()) {
  for (std::size_t i = 0; i < wanted.assets.size(); ++i) {
    const std::string& name = wanted.assets[i];
    positions_.emplace(wanted.kind == catalog::KeyKind::Symbol ? in_upper_case(name) : name, i);
  }
}

std::size_t Sorting::find(std::string_view name) const {
  const auto at = positions_.find(wanted_.kind == catalog::KeyKind::Symbol ? in_upper_case(name)
                                                                           : std::string(name));
  return at == positions_.end() ? kNone : at->second;
}

std::size_t Sorting::find(const AssetText& asset) const {
  switch (wanted_.kind) {
    case catalog::KeyKind::Id: return asset.id ? find(std::to_string(*asset.id)) : kNone;
    case catalog::KeyKind::Symbol: return find(asset.symbol);
    case catalog::KeyKind::Slug: return find(asset.slug);
    case catalog::KeyKind::None: break;
  }
  return kNone;
}

// Why an asset cannot stand under this label.
std::string_view Sorting::objection(std::string_view label, const AssetText& asset) const {
  if (!asset.defect.empty()) return asset.defect;
  bool agrees = is_id(label, asset);
  if (wanted_.kind == catalog::KeyKind::Symbol) agrees |= equal_ignoring_case(label, asset.symbol);
  if (wanted_.kind == catalog::KeyKind::Slug) agrees |= label == asset.slug;
  return agrees ? "" : "holds another asset";
}

std::string_view Sorting::objection(std::string_view label, const Part& part, bool is_list) {
  if (!labels_.insert(label).second) return "label twice";
  if (is_list && part.assets.size() > 1 && wanted_.kind != catalog::KeyKind::Symbol) {
    return "several assets under one label";
  }
  for (const AssetText& asset : part.assets) {
    const std::string_view why = objection(label, asset);
    if (!why.empty()) return why;
    if (find(asset) != find(part.assets.front())) return "assets of different names in one list";
  }
  return {};
}

void Sorting::take_member(std::string_view label, Part part, bool is_list) {
  const std::string_view why = objection(label, part, is_list);
  if (why.empty() && part.assets.empty()) return;  // "XYZ": [] says that there is no such asset
  if (!why.empty()) {
    add_reason(label, why);
    std::vector<std::size_t> suspects{find(label)};
    for (const AssetText& asset : part.assets) suspects.push_back(find(asset));
    std::erase(suspects, kNone);
    for (const std::size_t suspect : suspects) found_[suspect].is_refused = true;
    has_unattributed_ |= suspects.empty();
    return;
  }
  const std::size_t asset = find(part.assets.front());
  if (asset == kNone) {
    take_stranger(label);
  } else {
    found_[asset].parts.push_back(std::move(part));
  }
}

void Sorting::take_element(AssetText asset) {
  const std::size_t position = find(asset);
  const std::string name = asset.id ? std::to_string(*asset.id) : "?";
  if (!asset.defect.empty()) {
    add_reason(name, asset.defect);
    has_unattributed_ |= position == kNone;
    if (position != kNone) found_[position].is_refused = true;
  } else if (position == kNone) {
    take_stranger(name);
  } else {
    Part part{asset.text, {}};
    part.assets.push_back(std::move(asset));
    found_[position].parts.push_back(std::move(part));
  }
}

// An answer to another question says nothing about what it does not hold.
void Sorting::take_stranger(std::string_view name) {
  add_reason(name, "not asked for");
  has_unattributed_ = true;
}

// What speaks against an asset once all that was filed under it is known.
std::string_view Sorting::doubt(const Found& found) const {
  if (found.parts.size() > 1 && wanted_.kind != catalog::KeyKind::Symbol) return "there twice";
  std::vector<std::uint64_t> ids;
  for (const Part& part : found.parts) {
    for (const AssetText& asset : part.assets) ids.push_back(*asset.id);
  }
  std::ranges::sort(ids);
  return std::ranges::adjacent_find(ids) != ids.end() ? "one coin twice" : "";
}

Sorting::State Sorting::state(std::size_t asset) {
  const Found& found = found_[asset];
  if (found.is_refused) return State::Refused;
  const std::string_view why = doubt(found);
  if (!why.empty()) {
    refuse(asset, wanted_.assets[asset], why);
    return State::Refused;
  }
  if (!found.parts.empty()) return State::Found;
  return has_unattributed_ ? State::Refused : State::Absent;
}

const std::vector<Part>& Sorting::parts(std::size_t asset) const { return found_[asset].parts; }

void Sorting::refuse(std::size_t asset, std::string_view what, std::string_view why) {
  found_[asset].is_refused = true;
  add_reason(what, why);
}

void Sorting::add_reason(std::string_view what, std::string_view why) {
  if (reasons_.size() == kMostReasons) {
    ++untold_;
  } else {
    reasons_.push_back(printable_part(what, kLongestName).append(": ").append(why));
  }
}

std::vector<std::string> Sorting::take_reasons() {
  if (untold_ > 0) reasons_.push_back("and " + std::to_string(std::exchange(untold_, 0)) + " more");
  return std::exchange(reasons_, {});
}

}  // namespace quotecached::quote
