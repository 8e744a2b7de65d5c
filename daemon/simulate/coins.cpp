#include "simulate/coins.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <tuple>
#include <utility>

#include "base/ascii.hpp"
#include "quote/members.hpp"
#include "quote/rows.hpp"

namespace quotecached::simulate {
namespace {

using catalog::KeyKind;

// Ids of coins that no map has: no provider counts as far.
constexpr std::uint64_t kFirstInvented = 1'000'000'000'000;

std::string in_capitals(std::string_view symbol) {
  std::string text(symbol);
  std::ranges::transform(text, text.begin(), to_upper);
  return text;
}

// Nothing (an id of 0) when the row tells no id.
Coin coin_of(std::string_view row) {
  Coin coin;
  quote::Members members(row);
  while (members.next()) {
    const auto name = members.name();
    const auto value = members.value();
    if (name == "id") coin.id = quote::whole_number(value).value_or(0);
    if (name == "rank") coin.rank = quote::whole_number(value).value_or(0);
    if (name == "is_active") coin.is_active = value != "0" && value != "false";
    if (name == "symbol") coin.symbol = in_capitals(quote::plain_text(value));
    if (name == "slug") coin.slug = quote::plain_text(value);
  }
  return coin;
}

}  // namespace

Result<Coins> Coins::of_map(std::string_view answer, const catalog::Endpoint& endpoint) {
  const auto index = quote::index_rows(endpoint, answer);
  if (!index) return fail(ErrorCode::Invalid, "is no answer of " + endpoint.path);
  Coins coins;
  for (const auto& row : index->rows) {
    auto coin = coin_of(answer.substr(row.begin, row.end - row.begin));
    if (coin.id != 0) coins.add(std::move(coin));
  }
  if (coins.coins_.empty()) return fail(ErrorCode::Invalid, "names no coins");
  coins.in_map_ = coins.coins_.size();
  coins.rank_namesakes();
  return coins;
}

std::vector<const Coin*> Coins::called(KeyKind kind, std::string_view name) {
  assert(kind != KeyKind::None);
  auto found = names_of(kind).find(name);
  if (found == names_of(kind).end()) {
    Coin coin;
    const bool has_id = kind == KeyKind::Id && quote::whole_number(name);
    coin.id = has_id ? *quote::whole_number(name) : kFirstInvented + coins_.size();
    if (kind == KeyKind::Symbol) coin.symbol = name;
    if (kind == KeyKind::Slug) coin.slug = name;
    add(std::move(coin));
    found = names_of(kind).find(name);
  }
  std::vector<const Coin*> coins;
  for (const auto place : found->second) coins.push_back(&coins_[place]);
  return coins;
}

bool Coins::is_in_map(KeyKind kind, std::string_view name) const {
  const auto found = names_of(kind).find(name);
  return found != names_of(kind).end() && found->second.front() < in_map_;
}

void Coins::add(Coin coin) {
  const auto place = coins_.size();
  ids_[std::to_string(coin.id)].push_back(place);
  if (!coin.symbol.empty()) symbols_[coin.symbol].push_back(place);
  if (!coin.slug.empty()) slugs_[coin.slug].push_back(place);
  coins_.push_back(std::move(coin));
}

// Where one coin answers to a symbol, it is the highest ranked.
void Coins::rank_namesakes() {
  const auto standing = [this](std::size_t place) {
    const Coin& coin = coins_[place];
    const auto rank = coin.rank == 0 ? std::numeric_limits<std::uint64_t>::max() : coin.rank;
    return std::tuple(!coin.is_active, rank, coin.id);
  };
  for (auto& [symbol, places] : symbols_) std::ranges::sort(places, {}, standing);
}

Coins::ByName& Coins::names_of(KeyKind kind) {
  if (kind == KeyKind::Symbol) return symbols_;
  return kind == KeyKind::Slug ? slugs_ : ids_;
}

const Coins::ByName& Coins::names_of(KeyKind kind) const {
  if (kind == KeyKind::Symbol) return symbols_;
  return kind == KeyKind::Slug ? slugs_ : ids_;
}

}  // namespace quotecached::simulate
