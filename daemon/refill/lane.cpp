#include "refill/lane.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/price.hpp"

namespace quotecached::refill {

namespace {

// Asked for by symbol, all coins that share one are answered, and billed.
bool shares_symbols(const Lane& lane) noexcept {
  const bool is_by_symbol = lane.kind == catalog::KeyKind::Symbol || lane.names_symbols;
  return is_by_symbol && lane.endpoint->symbols_are_lists && lane.endpoint->price.step > 0;
}

bool has_unknown_length(const Lane& lane) noexcept {
  return lane.kind == catalog::KeyKind::None && lane.items == 0 && lane.endpoint->price.step > 0;
}

// Those a call is billed for: by its name as many as there are assets, otherwise its answer's.
std::size_t items_in(const Lane& lane, std::size_t assets) noexcept {
  return lane.kind == catalog::KeyKind::None ? lane.items : assets;
}

Credits for_converts(const Lane& lane) noexcept {
  if (!lane.endpoint->price.per_convert || lane.converts.size() < 2) return {};
  return {static_cast<std::int64_t>(lane.converts.size()) - 1};
}

}  // namespace

Lane asset_lane(const catalog::Request& request, const std::vector<std::size_t>& converts) {
  Lane lane;
  lane.endpoint = request.endpoint;
  lane.kind = request.kind;
  lane.converts_are_ids = request.converts_are_ids;
  lane.variant = request.variant;
  lane.options = request.options;
  for (const auto convert : converts) lane.converts.emplace_back(request.converts[convert]);
  return lane;
}

Lane whole_lane(const catalog::Request& request) {
  Lane lane;
  lane.endpoint = request.endpoint;
  lane.converts.assign(request.converts.begin(), request.converts.end());
  lane.query = request.query;
  lane.names_symbols = request.names_symbols;
  lane.is_open_range = request.is_open_range;
  lane.items = request.items;
  return lane;
}

std::string lane_name(const Lane& lane) {
  // '|' and ' ' stand in no canonical part: symbols, ids and queries are validated or encoded.
  return fmt::format("{}|{}|{}{}|{}|{}",
                     lane.endpoint->name,
                     static_cast<int>(lane.kind),
                     lane.converts_are_ids ? "#" : "",
                     fmt::join(lane.converts, ","),
                     lane.variant,
                     lane.query);
}

std::string call_target(const Lane& lane, const std::vector<std::string>& assets) {
  if (lane.kind == catalog::KeyKind::None) {
    return lane.query.empty() ? lane.endpoint->path : lane.endpoint->path + '?' + lane.query;
  }
  catalog::Request request;
  request.endpoint = lane.endpoint;
  request.kind = lane.kind;
  request.converts_are_ids = lane.converts_are_ids;
  request.variant = lane.variant;
  request.options = lane.options;
  return catalog::upstream_target(request, assets, lane.converts);
}

CallPrice price_of(const Lane& lane, std::size_t assets, const credit::PriceCheck& prices) {
  const auto& price = lane.endpoint->price;
  CallPrice call;
  call.worst_case = worst_case(lane, assets);
  call.predicted = catalog::list_price(price, items_in(lane, assets), lane.converts.size());
  call.fixed = for_converts(lane);
  if (shares_symbols(lane) && lane.kind == catalog::KeyKind::Symbol) {
    const auto likely = prices.predicted_for(lane.endpoint->name, assets, price.step);
    call.predicted = Credits{std::max(price.base, likely.count)} + call.fixed;
  }
  call.is_exact = !has_unknown_length(lane) && !shares_symbols(lane);
  return call;
}

Credits worst_case(const Lane& lane, std::size_t assets) noexcept {
  const auto& price = lane.endpoint->price;
  auto items = items_in(lane, assets);
  // Of an open range the items are beyond all that is asked for already.
  if (shares_symbols(lane) && !lane.is_open_range)
    items *= static_cast<std::size_t>(credit::kMostCoinsPerSymbol);
  if (has_unknown_length(lane)) items = kUnknownSteps * static_cast<std::size_t>(price.step);
  return catalog::list_price(price, items, lane.converts.size());
}

}  // namespace quotecached::refill
