#include "quote/named_asset.hpp"

#include "quote/members.hpp"

namespace quotecached::quote {
namespace {

constexpr std::size_t kNoPlace = std::string_view::npos;

std::optional<bool> flag_in(std::string_view value) noexcept {
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  return std::nullopt;
}

void take(NamedAsset& asset, bool& has_id, std::string_view name, std::string_view value) {
  if (name == "id") {
    const auto id = whole_number(value);
    has_id = id.has_value();
    asset.id = id.value_or(0);
  } else if (name == "symbol") {
    asset.symbol = plain_text(value);
  } else if (name == "slug") {
    asset.slug = plain_text(value);
  } else if (name == "is_active") {
    asset.is_active = flag_in(value);
  }
}

// The object that begins at `begin`.
std::optional<NamedAsset> read_object(std::string_view text, std::size_t begin) {
  NamedAsset asset;
  asset.begin = begin;
  bool has_id = false;
  Members members(text, begin);
  while (members.next()) take(asset, has_id, members.name(), members.value());
  if (!members.end() || !has_id) return std::nullopt;
  asset.end = *members.end();
  return asset;
}

}  // namespace

std::optional<std::vector<NamedAsset>> assets_in(std::string_view text) {
  constexpr std::string_view kBetween = ":,[]";
  std::vector<NamedAsset> assets;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at);
      if (at == kNoPlace) return std::nullopt;
    } else if (c == '{') {
      const auto asset = read_object(text, at);
      if (!asset) return std::nullopt;
      assets.push_back(*asset);
      at = asset->end;
    } else if (is_space(c) || kBetween.find(c) != kNoPlace) {
      ++at;
    } else {
      return std::nullopt;
    }
  }
  return assets;
}

}  // namespace quotecached::quote
