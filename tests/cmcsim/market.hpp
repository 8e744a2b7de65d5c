// Figures of a coin at a tick: pure arithmetic on a seed, so two simulators with one seed agree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim_time.hpp"
#include "universe.hpp"

namespace cmcsim {

// What prices are converted to. Exactly one of coin and fiat is set.
struct Convert {
  std::string key;  // Under which name the quote is keyed: symbol, or id for convert_id.
  std::string symbol;
  std::int64_t id = 0;
  const Coin* coin = nullptr;
  const Fiat* fiat = nullptr;

  [[nodiscard]] bool is_usd() const { return fiat != nullptr && fiat->symbol == "USD"; }
};

// All money in the unit asked for.
struct Figures {
  std::optional<double> price;
  double volume_24h = 0, volume_change_24h = 0;
  double change_1h = 0, change_24h = 0, change_7d = 0, change_30d = 0, change_60d = 0,
         change_90d = 0;
  double market_cap = 0, market_cap_dominance = 0, fully_diluted_market_cap = 0;
  double market_cap_by_total_supply = 0, volume_7d = 0, volume_30d = 0;
};

class Market {
 public:
  explicit Market(std::uint64_t seed) : seed_(seed) {}

  [[nodiscard]] std::optional<double> usd_price(const Coin& coin, const Tick& tick) const;
  [[nodiscard]] Figures figures(const Coin& coin, const Tick& tick, double units_per_usd) const;
  // How much of `convert` one US dollar buys. A coin without a price counts as one dollar.
  [[nodiscard]] double units_per_usd(const Convert& convert, const Tick& tick) const;

 private:
  [[nodiscard]] double swing(const Coin& coin, const Tick& tick, std::uint64_t what) const;

  std::uint64_t seed_;
};

}  // namespace cmcsim
