#include "refill/lane.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/price.hpp"
#include "catalog/request.hpp"

namespace quotecached::refill {

namespace {

// Asked for by symbol, all coins that share one are answered, and billed.
bool shares_symbols(const Lane::Parts& lane) noexcept {
  const bool is_by_symbol = lane.kind == catalog::KeyKind::Symbol || lane.names_symbols;
  return is_by_symbol && lane.endpoint->symbols_are_lists && lane.endpoint->price.step > 0;
}

bool has_unknown_length(const Lane::Parts& lane) noexcept {
  return lane.kind == catalog::KeyKind::None && lane.items == 0 && lane.endpoint->price.step > 0;
}

// Those a call is billed for: by its name as many as there are assets, otherwise its answer's.
std::size_t items_in(const Lane::Parts& lane, std::size_t assets) noexcept {
  return lane.kind == catalog::KeyKind::None ? lane.items : assets;
}

Credits for_converts(const Lane::Parts& lane) noexcept {
  if (!lane.endpoint->price.per_convert || lane.converts.size() < 2) return {};
  return {static_cast<std::int64_t>(lane.converts.size()) - 1};
}

std::string name_of(const Lane::Parts& lane) {
  // '|' and ' ' stand in no canonical part: symbols, ids and queries are validated or encoded.
  return fmt::format("{}|{}|{}{}|{}|{}",
                     lane.endpoint->name,
                     static_cast<int>(lane.kind),
                     lane.converts_are_ids ? "#" : "",
                     fmt::join(lane.converts, ","),
                     lane.variant,
                     lane.query);
}

// All of an asset lane but its converts.
Lane::Parts asset_parts(const catalog::Request& request) {
  Lane::Parts parts;
  parts.endpoint = request.endpoint;
  parts.kind = request.kind;
  parts.converts_are_ids = request.converts_are_ids;
  parts.variant = request.variant;
  parts.options = request.options;
  return parts;
}

}  // namespace

Lane::Lane(Parts parts) : parts_(std::move(parts)) {
  assert(parts_.endpoint != nullptr);
  name_ = name_of(parts_);
}

LanePtr asset_lane(const catalog::Request& request, const std::vector<std::size_t>& converts) {
  auto parts = asset_parts(request);
  for (const auto convert : converts) parts.converts.emplace_back(request.converts[convert]);
  return std::make_shared<const Lane>(std::move(parts));
}

LanePtr whole_lane(const catalog::Request& request) {
  Lane::Parts parts;
  parts.endpoint = request.endpoint;
  parts.converts.assign(request.converts.begin(), request.converts.end());
  parts.converts_are_ids = request.converts_are_ids;
  parts.query = request.query;
  parts.names_symbols = request.names_symbols;
  parts.is_open_range = request.is_open_range;
  parts.items = request.items;
  return std::make_shared<const Lane>(std::move(parts));
}

LanePtr lane_of(const catalog::Request& request) {
  if (request.kind == catalog::KeyKind::None) return whole_lane(request);
  auto parts = asset_parts(request);
  parts.converts.assign(request.converts.begin(), request.converts.end());
  return std::make_shared<const Lane>(std::move(parts));
}

LanePtr named_by(const LanePtr& lane, catalog::KeyKind kind) {
  assert(!lane->is_whole() && kind != catalog::KeyKind::None);
  if (lane->parts().kind == kind) return lane;
  auto parts = lane->parts();
  parts.kind = kind;
  return std::make_shared<const Lane>(std::move(parts));
}

LanePtr narrowed(const LanePtr& lane, const std::vector<std::size_t>& converts) {
  assert(!converts.empty());
  if (converts.size() == lane->keys_per_asset()) return lane;
  Lane::Parts parts = lane->parts();
  parts.converts.clear();
  for (const auto convert : converts) parts.converts.push_back(lane->parts().converts[convert]);
  return std::make_shared<const Lane>(std::move(parts));
}

std::string call_target(const Lane& lane, const std::vector<std::string>& assets) {
  const auto& parts = lane.parts();
  if (lane.is_whole()) {
    return parts.query.empty() ? parts.endpoint->path : parts.endpoint->path + '?' + parts.query;
  }
  catalog::Request request;
  request.endpoint = parts.endpoint;
  request.kind = parts.kind;
  request.converts_are_ids = parts.converts_are_ids;
  request.variant = parts.variant;
  request.options = parts.options;
  return catalog::upstream_target(request, assets, parts.converts);
}

bool has_room_for_riders(const Lane& lane) noexcept {
  return !lane.is_whole() && !shares_symbols(lane.parts());
}

std::size_t room_in_step(const Lane& lane, std::size_t assets) noexcept {
  const auto most = lane.assets_per_call();
  if (lane.is_whole() || assets >= most) return 0;
  const auto step = static_cast<std::size_t>(lane.endpoint().price.step);
  const auto to_next = step == 0 ? most : (step - assets % step) % step;
  return std::min(most - assets, to_next);
}

std::string key_of(const Lane& lane, std::string_view asset, std::size_t convert) {
  const auto& parts = lane.parts();
  catalog::Request request;
  request.endpoint = parts.endpoint;
  request.kind = parts.kind;
  request.query = parts.query;
  request.assets = {asset};
  request.converts = {parts.converts[convert]};
  request.converts_are_ids = parts.converts_are_ids;
  request.variant = parts.variant;
  std::string key;
  if (lane.is_whole()) {
    catalog::append_whole_key(key, request);
  } else {
    catalog::append_key(key, request, 0, 0);
  }
  return key;
}

CallPrice price_of(const Lane& lane, std::size_t assets, const credit::PriceCheck& prices) {
  const auto& parts = lane.parts();
  const auto& price = parts.endpoint->price;
  CallPrice call;
  call.worst_case = worst_case(lane, assets);
  call.predicted = catalog::list_price(price, items_in(parts, assets), parts.converts.size());
  call.fixed = for_converts(parts);
  if (shares_symbols(parts) && parts.kind == catalog::KeyKind::Symbol) {
    const auto likely = prices.predicted_for(parts.endpoint->name, assets, price.step);
    call.predicted = Credits{std::max(price.base, likely.count)} + call.fixed;
  }
  call.is_exact = !has_unknown_length(parts) && !shares_symbols(parts);
  return call;
}

Credits worst_case(const Lane& lane, std::size_t assets) noexcept {
  const auto& parts = lane.parts();
  const auto& price = parts.endpoint->price;
  auto items = items_in(parts, assets);
  // Of an open range the items are beyond all that is asked for already.
  if (shares_symbols(parts) && !parts.is_open_range)
    items *= static_cast<std::size_t>(credit::kMostCoinsPerSymbol);
  if (has_unknown_length(parts)) items = kUnknownSteps * static_cast<std::size_t>(price.step);
  return catalog::list_price(price, items, parts.converts.size());
}

}  // namespace quotecached::refill
