#include "universe.hpp"

#include <algorithm>
#include <limits>

namespace cmcsim {

std::string_view to_text(ListingStatus status) {
  switch (status) {
    case ListingStatus::Active: return "active";
    case ListingStatus::Inactive: return "inactive";
    case ListingStatus::Untracked: return "untracked";
  }
  return "active";
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t z = a * 0x9e3779b97f4a7c15ULL + b + 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

double mix_unit(std::uint64_t a, std::uint64_t b) {
  return static_cast<double>(mix(a, b) >> 11U) / static_cast<double>(1ULL << 53U);
}

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

namespace {

std::int64_t rank_or_last(const Coin& coin) {
  return coin.rank.value_or(std::numeric_limits<std::int64_t>::max());
}

bool ranks_before(const Coin* a, const Coin* b) {
  return std::pair(rank_or_last(*a), a->id) < std::pair(rank_or_last(*b), b->id);
}

template <typename Map, typename Key>
const Coin* find_in(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

}  // namespace

void Universe::index() {
  std::ranges::sort(coins, {}, &Coin::id);
  ids_.clear();
  slugs_.clear();
  addresses_.clear();
  symbols_.clear();
  ranked_.clear();
  for (const Coin& coin : coins) {
    if (!coin.is_known) continue;
    ids_.emplace(coin.id, &coin);
    slugs_.emplace(coin.slug, &coin);
    if (coin.platform) addresses_.emplace(coin.platform->token_address, &coin);
    symbols_[upper_case(coin.symbol)].push_back(&coin);
    if (coin.is_active() && coin.rank) ranked_.push_back(&coin);
  }
  for (auto& [symbol, sharing] : symbols_) std::ranges::sort(sharing, ranks_before);
  std::ranges::sort(ranked_, ranks_before);
}

bool Universe::change(const CoinChange& change) {
  const auto coin = std::ranges::find(coins, change.id, &Coin::id);
  if (coin == coins.end() || !coin->recorded_quotes.whole.empty()) return false;
  coin->symbol = change.symbol.value_or(coin->symbol);
  coin->slug = change.slug.value_or(coin->slug);
  if (change.rank) coin->rank = change.rank;
  coin->is_known = change.is_known.value_or(coin->is_known);
  if (change.is_delisted) {
    coin->status = ListingStatus::Inactive;
    coin->rank.reset();
    coin->base_price.reset();
    coin->stopped_at = change.now;
  }
  index();
  return true;
}

const Coin* Universe::by_id(std::int64_t id) const { return find_in(ids_, id); }

const Coin* Universe::by_slug(std::string_view slug) const {
  return find_in(slugs_, std::string(slug));
}

const Coin* Universe::by_address(std::string_view address) const {
  return find_in(addresses_, std::string(address));
}

const std::vector<const Coin*>& Universe::by_symbol(std::string_view symbol) const {
  static const std::vector<const Coin*> none;
  const auto found = symbols_.find(upper_case(symbol));
  return found == symbols_.end() ? none : found->second;
}

const Fiat* Universe::fiat_by_symbol(std::string_view symbol) const {
  const auto found = std::ranges::find(fiats, upper_case(symbol), &Fiat::symbol);
  return found == fiats.end() ? nullptr : &*found;
}

const Fiat* Universe::fiat_by_id(std::int64_t id) const {
  const auto found = std::ranges::find(fiats, id, &Fiat::id);
  return found == fiats.end() ? nullptr : &*found;
}

}  // namespace cmcsim
