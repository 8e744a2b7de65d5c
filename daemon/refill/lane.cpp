#include "refill/lane.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace quotecached::refill {

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

Credits worst_case(const Lane& lane, std::size_t assets) noexcept {
  const auto& price = lane.endpoint->price;
  Credits credits{price.base};
  if (price.step > 0) {
    const auto items =
        static_cast<std::int64_t>(lane.kind == catalog::KeyKind::None ? lane.items : assets);
    credits.count = std::max(price.base, (items + price.step - 1) / price.step);
  }
  if (price.per_convert && lane.converts.size() > 1) {
    credits.count += static_cast<std::int64_t>(lane.converts.size()) - 1;
  }
  return credits;
}

}  // namespace quotecached::refill
