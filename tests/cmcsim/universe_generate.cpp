#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "universe.hpp"

namespace cmcsim {

namespace {

struct Major {
  std::int64_t id;
  const char *name, *symbol, *slug;
  double price, supply, max_supply;  // A max_supply of 0: none.
};

constexpr std::array<Major, 24> kMajors{{
    {1, "Bitcoin", "BTC", "bitcoin", 67250.5, 19850000, 21000000},
    {1027, "Ethereum", "ETH", "ethereum", 3480.25, 120400000, 0},
    {825, "Tether USDt", "USDT", "tether", 1.0002, 118000000000, 0},
    {1839, "BNB", "BNB", "bnb", 585.1, 145900000, 0},
    {5426, "Solana", "SOL", "solana", 171.4, 470000000, 0},
    {3408, "USDC", "USDC", "usd-coin", 0.9999, 35000000000, 0},
    {52, "XRP", "XRP", "xrp", 0.5312, 56700000000, 100000000000},
    {74, "Dogecoin", "DOGE", "dogecoin", 0.1391, 146000000000, 0},
    {1958, "TRON", "TRX", "tron", 0.1587, 86500000000, 0},
    {2010, "Cardano", "ADA", "cardano", 0.3612, 35000000000, 45000000000},
    {5805, "Avalanche", "AVAX", "avalanche", 27.55, 406000000, 715748719},
    {5994, "Shiba Inu", "SHIB", "shiba-inu", 0.00001791, 589260000000000, 0},
    {1975, "Chainlink", "LINK", "chainlink", 11.63, 626800000, 1000000000},
    {6636, "Polkadot", "DOT", "polkadot-new", 4.22, 1500000000, 0},
    {1831, "Bitcoin Cash", "BCH", "bitcoin-cash", 372.1, 19780000, 21000000},
    {2, "Litecoin", "LTC", "litecoin", 70.66, 75100000, 84000000},
    {4943, "Dai", "DAI", "multi-collateral-dai", 0.99998, 5360000000, 0},
    {7083, "Uniswap", "UNI", "uniswap", 7.91, 600400000, 1000000000},
    {512, "Stellar", "XLM", "stellar", 0.0944, 29800000000, 50001806812},
    {328, "Monero", "XMR", "monero", 158.9, 18446744, 0},
    {1321, "Ethereum Classic", "ETC", "ethereum-classic", 18.77, 149000000, 210700000},
    {5176, "Tether Gold", "XAUt", "tether-gold", 2741.3, 246524, 0},
    {3794, "Cosmos", "ATOM", "cosmos", 4.55, 390900000, 0},
    {2280, "Filecoin", "FIL", "filecoin", 3.71, 593000000, 1958543210},
}};

// Tickers that clients trip over: shared with a major, or outside the documented symbol pattern.
constexpr std::array<const char*, 18> kAwkwardSymbols{"BTC",
                                                      "BTC",
                                                      "ETH",
                                                      "SOL",
                                                      "A.I",
                                                      "(EX)",
                                                      "C+C",
                                                      "SAFE MOON",
                                                      "$MYRO",
                                                      "@HOME",
                                                      "eUSD",
                                                      "ULTI-X",
                                                      "ETC",
                                                      "USDC",
                                                      "1INCH2",
                                                      "T.O.P",
                                                      "doge",
                                                      "UNI"};

constexpr std::array<const char*, 20> kSyllables{"ba",  "ne", "to",  "ri", "lum", "zen", "ko",
                                                 "mar", "si", "vex", "do", "qua", "pi",  "ter",
                                                 "ly",  "fo", "gan", "wu", "xi",  "ora"};

const std::array<Tag, 8> kTags{{{"mineable", "Mineable", "OTHERS"},
                                {"pow", "PoW", "ALGORITHM"},
                                {"defi", "DeFi", "CATEGORY"},
                                {"filesharing", "Filesharing", "INDUSTRY"},
                                {"memes", "Memes", "CATEGORY"},
                                {"layer-1", "Layer 1", "CATEGORY"},
                                {"payments", "Payments", "INDUSTRY"},
                                {"ethereum-ecosystem", "Ethereum Ecosystem", "PLATFORM"}}};

// How a coin's place in the list makes it special.
constexpr std::size_t kInactiveEvery = 40;
constexpr std::size_t kNeverPricedEvery = 97;
constexpr std::size_t kSharedTickerEvery = 15;

std::string date_text(std::uint64_t roll) {
  return fmt::format("20{:02}-{:02}-{:02}T00:00:00.000Z",
                     13 + roll % 13,
                     1 + (roll >> 8U) % 12,
                     1 + (roll >> 16U) % 28);
}

void add_common(Coin& coin, std::uint64_t seed) {
  const auto id = static_cast<std::uint64_t>(coin.id);
  const std::uint64_t roll = mix(seed, id * 7 + 1);
  coin.date_added = date_text(roll);
  coin.market_pairs = static_cast<std::int64_t>(roll % 400) + 1;
  const std::size_t tags = roll % 5;
  for (std::size_t i = 0; i < tags; ++i) coin.tags.push_back(kTags[(roll + i * 3) % kTags.size()]);
}

Coin major_coin(const Major& major, std::uint64_t seed) {
  Coin coin;
  coin.id = major.id;
  coin.name = major.name;
  coin.symbol = major.symbol;
  coin.slug = major.slug;
  coin.base_price = major.price;
  coin.circulating_supply = coin.total_supply = major.supply;
  if (major.max_supply > 0) coin.max_supply = major.max_supply;
  coin.infinite_supply = major.max_supply == 0;
  add_common(coin, seed);
  coin.market_pairs += 900;
  return coin;
}

std::string word(std::uint64_t roll) {
  std::string name;
  const std::size_t syllables = 2 + roll % 3;
  for (std::size_t i = 0; i < syllables; ++i) {
    name += kSyllables[(roll >> (5 * i + 3)) % kSyllables.size()];
  }
  return name;
}

void add_platform(Coin& coin, std::uint64_t roll) {
  if (roll % 5 < 2) return;
  coin.platform = Platform{
      1027,
      "Ethereum",
      "ETH",
      "ethereum",
      fmt::format(
          "0x{:016x}{:016x}{:08x}", mix(roll, 1), mix(roll, 2), mix(roll, 3) & 0xffffffffU)};
}

void add_price(Coin& coin, std::size_t place, std::uint64_t roll) {
  if (place % kInactiveEvery == kInactiveEvery - 1) {
    coin.status = ListingStatus::Inactive;
    coin.stopped_at = date_text(roll);
    return;
  }
  if (place % kNeverPricedEvery == kNeverPricedEvery - 1) {
    coin.status = ListingStatus::Untracked;
    return;
  }
  coin.base_price = std::pow(10.0, 3.0 - 9.0 * mix_unit(roll, 11));
  if (place == kMajors.size() || place == kMajors.size() + 1) {
    coin.base_price = place == kMajors.size() ? 7e-8 : 1.54e-12;
    coin.pinned = true;
  }
}

Coin minor_coin(std::size_t place, std::int64_t id, std::uint64_t seed) {
  const std::uint64_t roll = mix(seed, 1000003 + place);
  const std::size_t extra = place - kMajors.size();
  Coin coin;
  coin.id = id;
  coin.name = word(roll);
  coin.slug = fmt::format("{}-{}", coin.name, id);
  coin.symbol = upper_case(coin.name).substr(0, 3 + roll % 3);
  coin.name.front() = static_cast<char>(coin.name.front() - 'a' + 'A');
  if (extra < kAwkwardSymbols.size()) coin.symbol = kAwkwardSymbols[extra];
  if (place % kSharedTickerEvery != 0 && extra >= kAwkwardSymbols.size()) {
    coin.symbol += std::to_string(place);
  }
  add_price(coin, place, roll);
  // Worth less than any major, so that rank and market cap agree.
  const double market_cap = std::pow(10.0, 8.0 - 5.0 * mix_unit(roll, 5));
  coin.total_supply = std::floor(market_cap / coin.base_price.value_or(1)) + 1;
  coin.circulating_supply = coin.total_supply * (0.2 + 0.8 * mix_unit(roll, 6));
  if (roll % 3 == 0) coin.max_supply = coin.total_supply * 2;
  if (roll % 4 == 0) coin.self_reported_supply = std::floor(coin.total_supply * 0.7);
  add_platform(coin, roll);
  add_common(coin, seed);
  return coin;
}

void rank_by_market_cap(std::vector<Coin>& coins) {
  std::vector<Coin*> priced;
  for (Coin& coin : coins) {
    if (coin.base_price) priced.push_back(&coin);
  }
  const auto is_major = [](const Coin& coin) {
    return std::ranges::find(kMajors, coin.id, &Major::id) != kMajors.end();
  };
  std::ranges::stable_sort(priced, [&](const Coin* a, const Coin* b) {
    return std::tuple(is_major(*a), *a->base_price * a->circulating_supply) >
           std::tuple(is_major(*b), *b->base_price * b->circulating_supply);
  });
  std::int64_t rank = 0;
  for (Coin* coin : priced) coin->rank = ++rank;
}

std::vector<Exchange> generate_exchanges(std::uint64_t seed) {
  constexpr std::int64_t count = 300;
  std::vector<Exchange> exchanges;
  exchanges.reserve(count + 1);
  exchanges.push_back({270, "Binance", "binance", true, {}});
  for (std::int64_t i = 0; i < count; ++i) {
    const auto name = word(mix(seed, 77000 + static_cast<std::uint64_t>(i)));
    exchanges.push_back({300 + i, name, fmt::format("{}-{}", name, i), i % 11 != 0, {}});
  }
  return exchanges;
}

std::vector<std::string> generate_categories() {
  std::vector<std::string> categories;
  categories.reserve(kTags.size());
  for (std::size_t i = 0; i < kTags.size(); ++i) {
    categories.push_back(fmt::format(
        R"({{"id":"{:024x}","name":"{}","title":"{}","description":"{}","num_tokens":{},)"
        R"("avg_price_change":-0.51,"market_cap":0,"market_cap_change":0,"volume":0,)"
        R"("volume_change":0,"last_updated":"2024-01-11T01:09:29.946Z"}})",
        0x659f3fbb + i,
        kTags[i].name,
        kTags[i].name,
        kTags[i].name,
        10 + i));
  }
  return categories;
}

}  // namespace

Universe generate_universe(std::size_t count, std::uint64_t seed) {
  Universe universe;
  std::set<std::int64_t> taken;
  for (std::size_t i = 0; i < std::min(count, kMajors.size()); ++i) {
    universe.coins.push_back(major_coin(kMajors[i], seed));
    taken.insert(kMajors[i].id);
  }
  std::int64_t id = 2;
  while (universe.coins.size() < count) {
    const std::size_t place = universe.coins.size();
    id += 1 + static_cast<std::int64_t>(mix(seed, place) % 4);
    while (taken.contains(id)) ++id;
    universe.coins.push_back(minor_coin(place, id, seed));
  }
  rank_by_market_cap(universe.coins);
  universe.fiats = built_in_fiats();
  universe.exchanges = generate_exchanges(seed);
  universe.categories = generate_categories();
  universe.index();
  return universe;
}

}  // namespace cmcsim
