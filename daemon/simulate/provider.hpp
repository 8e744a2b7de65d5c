// The provider of a simulation: what its answers hold, what it charges, what its data is of.
//
// It knows all assets and all names. Of an asset its answers say what it is called, and nothing
// else: that is what the daemon learns names from. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "base/fragment.hpp"
#include "base/types.hpp"
#include "catalog/endpoint.hpp"
#include "credit/price_check.hpp"
#include "refill/lane.hpp"
#include "simulate/coins.hpp"

namespace quotecached::simulate {

// How the provider's data turns over: each `tick`, served so much later.
struct ProviderTicks {
  milliseconds tick{60000};  // 0: at every call
  milliseconds late{0};

  // What is served at `now` is of this moment.
  [[nodiscard]] TimePoint data_at(TimePoint now) const noexcept;
};

class Provider {
 public:
  Provider(ProviderTicks ticks, Coins coins) : ticks_(ticks), coins_(std::move(coins)) {}

  // What an answer in the lane holds for the asset (ignored by a whole lane).
  [[nodiscard]] Fragment answer(const refill::Lane& lane, std::string_view asset);
  // What a call for the assets is charged.
  [[nodiscard]] Credits charge(const refill::Lane& lane, std::span<const std::string> assets);
  [[nodiscard]] TimePoint data_at(TimePoint now) const noexcept { return ticks_.data_at(now); }
  // Is what the name leads to in the map?
  [[nodiscard]] bool is_in_map(catalog::KeyKind kind, std::string_view name) const {
    return coins_.is_in_map(kind, name);
  }

 private:
  ProviderTicks ticks_;
  Coins coins_;
  credit::PriceCheck prices_;  // learns nothing here: prices are those of the catalogue
};

}  // namespace quotecached::simulate
