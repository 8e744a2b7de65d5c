// A market whose coins change their names, ranks and lives, and what the provider meant by each
// name at each moment.
//
// Every price tells whose it is, in which currency, of which generation of the API and of which
// moment. Times are counted from the start of a run.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "catalog/endpoint.hpp"

namespace quotecached::test {

using catalog::KeyKind;
using std::chrono::milliseconds;

struct MarketCoin {
  int id = 0;
  std::string symbol;
  std::string slug;
  int rank = 0;
  bool is_active = true;
  bool is_known = true;  // to the provider at all
};

// The ids that a name meant, in the order of the answer.
using Meaning = std::vector<int>;

class NamingWorld {
 public:
  explicit NamingWorld(int coins) {
    std::vector<MarketCoin> first;
    // Every tenth has the ticker of the one before it.
    for (int id = 1; id <= coins; ++id) {
      const int ticker = id % 10 == 0 ? id - 1 : id;
      first.push_back({id, fmt::format("T{}", ticker), fmt::format("coin-{}", id), id});
    }
    past_.push_back({milliseconds(0), std::move(first)});
  }

  [[nodiscard]] const std::vector<MarketCoin>& coins() const { return past_.back().coins; }
  [[nodiscard]] std::size_t changes() const { return past_.size(); }

  // Something happens to some coin.
  void change(milliseconds now, std::mt19937_64& random) {
    auto coins = this->coins();
    auto& coin = coins[random() % coins.size()];
    auto& other = coins[random() % coins.size()];
    const auto mark = past_.size();
    switch (random() % 8) {
      case 0: coin.slug = fmt::format("coin-{}-{}", coin.id, mark); break;  // renamed
      case 1: coin.symbol = fmt::format("N{}", mark); break;                // likewise
      case 2: coin.symbol = other.symbol; break;                            // two under one ticker
      case 3: std::swap(coin.rank, namesake_of(coins, coin).rank); break;   // a takeover
      case 4: std::swap(coin.symbol, other.symbol); break;                  // tickers change hands
      case 5: std::swap(coin.slug, other.slug); break;                      // slugs, too
      case 6: coin.is_active = !coin.is_active; break;                      // delisted, or again
      default: coin.is_known = !coin.is_known; break;                       // vanished, or back
    }
    past_.push_back({now, std::move(coins)});
  }

  [[nodiscard]] Meaning meaning(KeyKind kind, bool is_list, std::string_view name) const {
    return meaning_in(coins(), kind, is_list, name);
  }

  // Was that what the name meant at any time from `since` to `until`?
  [[nodiscard]] bool meant(KeyKind kind,
                           bool is_list,
                           std::string_view name,
                           const Meaning& meaning,
                           milliseconds since,
                           milliseconds until) const {
    for (auto at = past_.size(); at-- > 0;) {
      const bool is_later = past_[at].at > until;
      if (!is_later && meaning_in(past_[at].coins, kind, is_list, name) == meaning) return true;
      if (past_[at].at <= since) break;
    }
    return false;
  }

  // Did the name mean something else at any time since then, or others of it trade?
  [[nodiscard]] bool changed_meaning(KeyKind kind,
                                     bool is_list,
                                     std::string_view name,
                                     milliseconds since) const {
    const auto now = meaning(kind, is_list, name);
    for (auto at = past_.size(); at-- > 0;) {
      const auto& then = past_[at].coins;
      const bool trades_alike = std::ranges::all_of(now, [&](int id) {
        const auto place = static_cast<std::size_t>(id) - 1;
        return then[place].is_active == coins()[place].is_active;
      });
      if (!trades_alike || meaning_in(then, kind, is_list, name) != now) return true;
      if (past_[at].at <= since) break;
    }
    return false;
  }

  // Has anything happened since?
  [[nodiscard]] bool changed_since(milliseconds when) const { return past_.back().at >= when; }

 private:
  struct Moment {
    milliseconds at;
    std::vector<MarketCoin> coins;
  };

  static MarketCoin& namesake_of(std::vector<MarketCoin>& coins, MarketCoin& coin) {
    for (auto& other : coins) {
      if (&other != &coin && other.symbol == coin.symbol) return other;
    }
    return coin;
  }

  static bool carries(const MarketCoin& coin, KeyKind kind, std::string_view name) {
    if (!coin.is_known) return false;
    if (kind == KeyKind::Symbol) return coin.symbol == name;
    return kind == KeyKind::Slug ? coin.slug == name : std::to_string(coin.id) == name;
  }

  static Meaning meaning_in(const std::vector<MarketCoin>& coins,
                            KeyKind kind,
                            bool is_list,
                            std::string_view name) {
    std::vector<const MarketCoin*> found;
    for (const auto& coin : coins) {
      if (carries(coin, kind, name)) found.push_back(&coin);
    }
    std::ranges::sort(
        found, {}, [](const MarketCoin* coin) { return std::pair(!coin->is_active, coin->rank); });
    Meaning meaning;
    for (const auto* coin : found) meaning.push_back(coin->id);
    if (kind != KeyKind::Id && !is_list && meaning.size() > 1) meaning.resize(1);
    return meaning;
  }

  std::vector<Moment> past_;
};

// What a price tells.
struct NamedPrice {
  int id = 0;
  int generation = 0;
  int currency = 0;
  milliseconds made{0};
};

inline std::string price_text(const NamedPrice& price) {
  return fmt::format(
      "{}.{}{}{:014}1", price.id, price.generation, price.currency, price.made.count());
}

inline NamedPrice read_price(std::string_view text) {
  const auto point = text.find('.');
  const auto number = [&](std::size_t at, std::size_t size) {
    return std::stoll(std::string(text.substr(at, size)));
  };
  return {static_cast<int>(number(0, point)),
          static_cast<int>(number(point + 1, 1)),
          static_cast<int>(number(point + 2, 1)),
          milliseconds(number(point + 3, 14))};
}

}  // namespace quotecached::test
