#include "simulate/provider.hpp"

#include <fmt/format.h>

#include "catalog/price.hpp"

namespace quotecached::simulate {
namespace {

using catalog::KeyKind;

// Of names that need no escapes, as those are that the catalogue and the map let pass.
std::string object_of(const Coin& coin) {
  auto text = fmt::format(R"({{"id":{})", coin.id);
  if (!coin.symbol.empty()) text += fmt::format(R"(,"symbol":"{}")", coin.symbol);
  if (!coin.slug.empty()) text += fmt::format(R"(,"slug":"{}")", coin.slug);
  return text + '}';
}

// All coins that share a symbol are answered to it.
bool answers_lists(const refill::Lane& lane) {
  return lane.parts().kind == KeyKind::Symbol && lane.endpoint().symbols_are_lists;
}

}  // namespace

TimePoint ProviderTicks::data_at(TimePoint now) const noexcept {
  if (tick.count() == 0) return now - late;
  return TimePoint((now - late).time_since_epoch() / tick * tick);
}

Fragment Provider::answer(const refill::Lane& lane, std::string_view asset) {
  Fragment fragment;
  if (lane.is_whole()) {
    fragment.text = "{}";
    return fragment;
  }
  const auto coins = coins_.called(lane.parts().kind, asset);
  std::string objects;
  for (const Coin* coin : coins) {
    if (!objects.empty()) objects += ',';
    objects += object_of(*coin);
    if (!answers_lists(lane)) break;
  }
  if (answers_lists(lane)) objects = '[' + objects + ']';
  fragment.text = fmt::format(R"("{}":{})", asset, objects);
  return fragment;
}

Credits Provider::charge(const refill::Lane& lane, std::span<const std::string> assets) {
  const auto listed = refill::price_of(lane, assets.size(), prices_).predicted;
  if (!answers_lists(lane)) return listed;
  std::size_t items = 0;
  for (const auto& asset : assets) items += coins_.called(KeyKind::Symbol, asset).size();
  return catalog::list_price(lane.endpoint().price, items, lane.keys_per_asset());
}

}  // namespace quotecached::simulate
