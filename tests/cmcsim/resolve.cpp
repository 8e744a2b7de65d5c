#include "resolve.hpp"

#include <algorithm>
#include <charconv>

#include "api_error.hpp"

namespace cmcsim {

namespace {

constexpr std::size_t kMaxConverts = 120;

// Null for numbers too large to be an id.
const Coin* coin_by_id_text(const Universe& universe, std::string_view text) {
  std::int64_t id = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), id);
  return parsed.ec == std::errc() ? universe.by_id(id) : nullptr;
}

struct Asked {
  AskedBy by;
  std::string_view param;
};

Asked asked_by(const Query& query) {
  if (query.has("id")) return {AskedBy::Id, "id"};
  if (query.has("slug")) return {AskedBy::Slug, "slug"};
  if (query.has("symbol")) return {AskedBy::Symbol, "symbol"};
  return {AskedBy::Address, "address"};
}

std::vector<const Coin*> coins_for(const AnswerContext& context,
                                   AskedBy by,
                                   const std::string& key) {
  const Universe& universe = context.universe;
  if (by == AskedBy::Symbol) {
    auto sharing = universe.by_symbol(key);
    if (context.endpoint.version == 1 && sharing.size() > 1) sharing.resize(1);
    return sharing;
  }
  const Coin* coin = nullptr;
  if (by == AskedBy::Id) coin = coin_by_id_text(universe, key);
  if (by == AskedBy::Slug) coin = universe.by_slug(key);
  if (by == AskedBy::Address) coin = universe.by_address(key);
  if (coin == nullptr) return {};
  return {coin};
}

// Symbols keep the ticker's own spelling (XAUt); everything else is keyed by id.
std::string key_of(AskedBy by, const std::string& asked, const std::vector<const Coin*>& coins) {
  if (by != AskedBy::Symbol) return std::to_string(coins.front()->id);
  return coins.empty() ? upper_case(asked) : coins.front()->symbol;
}

void add_group(AskedAssets& assets, AssetGroup group) {
  const auto same = std::ranges::find(assets.groups, group.key, &AssetGroup::key);
  if (same == assets.groups.end()) assets.groups.push_back(std::move(group));
}

void drop_faulted(AskedAssets& assets, const Effects& effects) {
  if (effects.all().empty()) return;
  for (AssetGroup& group : assets.groups) {
    std::erase_if(group.coins, [&](const Coin* coin) { return effects.drops(coin->id); });
  }
  if (assets.by == AskedBy::Symbol) return;
  std::erase_if(assets.groups, [](const AssetGroup& group) { return group.coins.empty(); });
}

Convert fiat_convert(const Fiat& fiat) {
  return {fiat.symbol, fiat.symbol, fiat.id, nullptr, &fiat};
}

Convert coin_convert(const Coin& coin) {
  return {coin.symbol, coin.symbol, coin.id, &coin, nullptr};
}

// A fiat currency wins over a coin with its symbol, the best ranked coin over its namesakes.
std::optional<Convert> convert_by_symbol(const Universe& universe, const std::string& symbol) {
  if (const Fiat* fiat = universe.fiat_by_symbol(symbol)) return fiat_convert(*fiat);
  const auto& sharing = universe.by_symbol(symbol);
  if (sharing.empty() || !sharing.front()->base_price) return std::nullopt;
  return coin_convert(*sharing.front());
}

std::optional<Convert> convert_by_id(const Universe& universe, const std::string& text) {
  std::int64_t id = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), id);
  if (parsed.ec != std::errc()) return std::nullopt;
  std::optional<Convert> convert;
  if (const Fiat* fiat = universe.fiat_by_id(id)) {
    convert = fiat_convert(*fiat);
  } else if (const Coin* coin = universe.by_id(id); coin != nullptr && coin->base_price) {
    convert = coin_convert(*coin);
  }
  if (convert) convert->key = text;
  return convert;
}

void sort_by_number(std::vector<AssetGroup>& groups) {
  std::ranges::sort(groups, {}, [](const AssetGroup& group) { return group.coins.front()->id; });
}

}  // namespace

std::size_t AskedAssets::coin_count() const {
  std::size_t count = 0;
  for (const AssetGroup& group : groups) count += group.coins.size();
  return count;
}

AskedAssets resolve_assets(const AnswerContext& context) {
  const auto [by, param] = asked_by(context.query);
  AskedAssets assets;
  assets.by = by;
  std::vector<std::string> unknown;
  std::vector<std::string> refused;
  std::vector<AssetGroup> found;
  for (const std::string& asked : split_list(context.query.text_or(param, ""))) {
    auto coins = coins_for(context, by, asked);
    if (coins.empty()) unknown.push_back(asked);
    const auto is_refused = [&](const Coin* coin) { return context.effects.refuses(coin->id); };
    if (std::ranges::any_of(coins, is_refused)) refused.push_back(asked);
    const bool keep_empty = by == AskedBy::Symbol && context.endpoint.version == 2;
    if (coins.empty() && !keep_empty) continue;
    auto key = key_of(by, asked, coins);
    found.push_back({std::move(key), std::move(coins)});
  }
  if (!refused.empty()) throw invalid_values(param, refused);
  const bool skip = context.query.flag_or("skip_invalid", context.endpoint.skip_invalid_default);
  if (!unknown.empty() && !skip) throw invalid_values(param, unknown);
  if (by == AskedBy::Symbol) {
    for (AssetGroup& group : found) add_group(assets, std::move(group));
  } else {
    sort_by_number(found);
    const auto same = [](const AssetGroup& a, const AssetGroup& b) { return a.key == b.key; };
    found.erase(std::unique(found.begin(), found.end(), same), found.end());
    assets.groups = std::move(found);
  }
  drop_faulted(assets, context.effects);
  return assets;
}

std::vector<Convert> resolve_converts(const AnswerContext& context) {
  const bool by_id = context.query.has("convert_id");
  const std::string_view param = by_id ? "convert_id" : "convert";
  std::vector<Convert> converts;
  std::vector<std::string> unknown;
  for (const std::string& asked : split_list(context.query.text_or(param, "USD"))) {
    auto convert =
        by_id ? convert_by_id(context.universe, asked) : convert_by_symbol(context.universe, asked);
    if (!convert) {
      unknown.push_back(asked);
    } else if (std::ranges::find(converts, convert->id, &Convert::id) == converts.end()) {
      converts.push_back(std::move(*convert));
    }
  }
  if (!unknown.empty()) throw invalid_values(param, unknown);
  if (converts.size() > kMaxConverts) {
    throw bad_request("\"" + std::string(param) +
                      "\" must contain less than or equal to 120 items");
  }
  return converts;
}

}  // namespace cmcsim
