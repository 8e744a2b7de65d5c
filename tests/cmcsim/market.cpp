#include "market.hpp"

namespace cmcsim {

namespace {
constexpr double kTotalMarketCap = 2.4e12;
}

// In [-1, 1), another number for each coin, tick and purpose.
double Market::swing(const Coin& coin, const Tick& tick, std::uint64_t what) const {
  return 2 * mix_unit(mix(seed_, tick.index), static_cast<std::uint64_t>(coin.id) * 64 + what) - 1;
}

std::optional<double> Market::usd_price(const Coin& coin, const Tick& tick) const {
  if (!coin.base_price || coin.pinned) return coin.base_price;
  return *coin.base_price * (1 + 0.02 * swing(coin, tick, 0));
}

double Market::units_per_usd(const Convert& convert, const Tick& tick) const {
  if (convert.fiat != nullptr) return convert.fiat->per_usd;
  const auto price = usd_price(*convert.coin, tick);
  return price && *price > 0 ? 1 / *price : 1;
}

Figures Market::figures(const Coin& coin, const Tick& tick, double units_per_usd) const {
  Figures figures;
  const auto usd = usd_price(coin, tick);
  if (!usd) return figures;
  const double price = *usd * units_per_usd;
  figures.price = price;
  figures.market_cap = price * coin.circulating_supply;
  figures.market_cap_by_total_supply = price * coin.total_supply;
  figures.fully_diluted_market_cap = price * coin.max_supply.value_or(coin.total_supply);
  figures.market_cap_dominance = 100 * *usd * coin.circulating_supply / kTotalMarketCap;
  figures.volume_24h = figures.market_cap * 0.05 * (1 + swing(coin, tick, 1));
  figures.volume_7d = figures.volume_24h * 6.7;
  figures.volume_30d = figures.volume_24h * 28.9;
  figures.volume_change_24h = 40 * swing(coin, tick, 2);
  figures.change_1h = swing(coin, tick, 3);
  figures.change_24h = 5 * swing(coin, tick, 4);
  figures.change_7d = 12 * swing(coin, tick, 5);
  figures.change_30d = 30 * swing(coin, tick, 6);
  figures.change_60d = 45 * swing(coin, tick, 7);
  figures.change_90d = 60 * swing(coin, tick, 8);
  return figures;
}

}  // namespace cmcsim
