// A lane: everything that can share one upstream call - endpoint, kind of key, converts and the
// other parameters. Keys of one lane are batched; keys of different lanes never meet in a call.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/types.hpp"
#include "catalog/request.hpp"
#include "credit/price_check.hpp"

namespace quotecached::refill {

struct Lane {
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

  // Assets per call. A whole answer is one call of its own.
  [[nodiscard]] std::size_t batch() const noexcept {
    return kind == catalog::KeyKind::None ? 1 : endpoint->batch;
  }
};

// The lane of a request's assets for the converts at `converts` (positions in request.converts).
Lane asset_lane(const catalog::Request& request, const std::vector<std::size_t>& converts);

Lane whole_lane(const catalog::Request& request);

// A name that lanes share only when they are equal.
std::string lane_name(const Lane& lane);

// The upstream target that asks for `assets` (ignored by a whole lane) of `lane`.
std::string call_target(const Lane& lane, const std::vector<std::string>& assets);

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
