// A lane: everything that can share one upstream call - endpoint, kind of key, converts and the
// other parameters. Keys of one lane are batched; keys of different lanes never meet in a call.
//
// Immutable, so that it is made and named once for a group of keys and shared by all who handle
// them. Any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/types.hpp"
#include "catalog/endpoint.hpp"
#include "credit/price_check.hpp"

namespace quotecached::catalog {
struct Request;
}

namespace quotecached::refill {

class Lane;
using LanePtr = std::shared_ptr<const Lane>;

class Lane {
 public:
  struct Parts {
    const catalog::Endpoint* endpoint = nullptr;
    catalog::KeyKind kind = catalog::KeyKind::None;  // None: a whole answer, its `query` below
    std::vector<std::string> converts;               // in the order asked; one "-" without converts
    bool converts_are_ids = false;
    std::string variant;         // of the keys
    std::string options;         // the parameters behind `variant`, as they are sent
    std::string query;           // canonical query of a whole answer
    bool names_symbols = false;  // in `query`
    bool is_open_range = false;
    std::size_t items = 0;  // the most items a whole answer may be billed for, were each symbol one
                            // coin; 0: not known
  };

  // Requires: an endpoint.
  explicit Lane(Parts parts);
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // Lanes of one name are the same lane: what was made of either may share a call.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const Parts& parts() const noexcept { return parts_; }
  [[nodiscard]] const catalog::Endpoint& endpoint() const noexcept { return *parts_.endpoint; }

  // An answer that is not cut into assets: a batch of its own, with one key.
  [[nodiscard]] bool is_whole() const noexcept { return parts_.kind == catalog::KeyKind::None; }
  [[nodiscard]] std::size_t assets_per_call() const noexcept {
    return is_whole() ? 1 : parts_.endpoint->batch;
  }
  [[nodiscard]] std::size_t keys_per_asset() const noexcept {
    return is_whole() ? 1 : parts_.converts.size();
  }

 private:
  Parts parts_;
  std::string name_;
};

// The lane of a request's assets for the converts at `converts` (positions in request.converts).
LanePtr asset_lane(const catalog::Request& request, const std::vector<std::size_t>& converts);

LanePtr whole_lane(const catalog::Request& request);

// The lane of all that a request asks for.
LanePtr lane_of(const catalog::Request& request);

// `lane` with only the converts at `converts` (positions, ascending); itself when that is all.
LanePtr narrowed(const LanePtr& lane, const std::vector<std::size_t>& converts);

// `lane` with its assets named otherwise. Requires: it is none of a whole answer.
LanePtr named_by(const LanePtr& lane, catalog::KeyKind kind);

// The upstream target that asks for `assets` (ignored by a whole lane) of `lane`.
std::string call_target(const Lane& lane, const std::vector<std::string>& assets);

// May a call of the lane bring more assets than it was asked for, up to assets_per_call(), for the
// same price? Not where one name may be billed as several coins.
[[nodiscard]] bool has_room_for_riders(const Lane& lane) noexcept;

// So many more assets a call for `assets` of the lane may bring, without a step more of its price.
[[nodiscard]] std::size_t room_in_step(const Lane& lane, std::size_t assets) noexcept;

// The key of one entry that the lane brings: of `asset` (ignored by a whole lane) in its convert at
// this position.
std::string key_of(const Lane& lane, std::string_view asset, std::size_t convert);

// What a call costs by the catalogue's price.
struct CallPrice {
  Credits worst_case;
  Credits predicted;     // in all likelihood
  Credits fixed;         // of that: whatever the number of items
  bool is_exact = true;  // `predicted` is the price, not an estimate
};

// Of a call for `assets` of the lane, or for its whole answer. By symbol the provider bills every
// coin that shares one: how many those are on average, `prices` has learned.
CallPrice price_of(const Lane& lane, std::size_t assets, const credit::PriceCheck& prices);

// A whole answer of unknown length may be longer than this many credit steps; then it is the excess
// that PriceCheck learns.
inline constexpr std::size_t kUnknownSteps = 10;

Credits worst_case(const Lane& lane, std::size_t assets) noexcept;

}  // namespace quotecached::refill
