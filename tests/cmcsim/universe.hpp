// Everything the simulated provider knows about: coins, fiat currencies, exchanges, categories.
//
// Built once at start, generated from a seed or loaded from recorded answers. Then only change()
// changes it.
// Recorded assets keep views of the recorded text, which the universe owns; it may be moved but not
// copied.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cmcsim {

enum class ListingStatus : std::uint8_t { Active, Inactive, Untracked };
[[nodiscard]] std::string_view to_text(ListingStatus status);

struct Tag {
  std::string slug, name, category;
};

struct Platform {
  std::int64_t id = 0;
  std::string name, symbol, slug, token_address;
};

// The recorded text of one object, whole and cut into members.
struct RecordedObject {
  struct Member {
    std::string_view key;
    std::string_view text;  // `"key": value` as recorded
  };
  std::string_view whole;
  std::vector<Member> members;
  std::string_view usd_quote;  // The object under quote.USD; empty when there is none.
};

struct Coin {
  std::int64_t id = 0;
  std::string name, symbol, slug, date_added;
  ListingStatus status = ListingStatus::Active;
  std::optional<std::int64_t> rank;
  std::optional<double> base_price;  // Null: never priced, or no longer.
  bool pinned = false;               // The price never moves.
  bool is_known = true;              // Found by whoever asks for it.
  std::optional<double> max_supply, self_reported_supply;
  double circulating_supply = 0, total_supply = 0;
  bool infinite_supply = false;
  std::int64_t market_pairs = 0;
  std::vector<Tag> tags;
  std::optional<Platform> platform;
  std::optional<std::string> stopped_at;  // last_updated of an inactive coin
  RecordedObject recorded_quotes, recorded_listing;
  std::string_view recorded_info;

  [[nodiscard]] bool is_active() const { return status == ListingStatus::Active; }
};

struct Fiat {
  std::int64_t id = 0;
  std::string name, sign, symbol;
  double per_usd = 1;
  std::string metal_code;  // Only the four precious metals have one.
};

struct Exchange {
  std::int64_t id = 0;
  std::string name, slug;
  bool active = true;
  std::string_view recorded;
};

// What becomes of a coin; what is not set stays.
struct CoinChange {
  std::int64_t id = 0;
  std::optional<std::string> symbol, slug;
  std::optional<std::int64_t> rank;
  bool is_delisted = false;      // inactive from now on: no rank, no price
  std::optional<bool> is_known;  // to anyone who asks for it
  std::string now;               // as last_updated spells it
};

class Universe {
 public:
  std::vector<Coin> coins;  // By id, ascending, after index().
  std::vector<Fiat> fiats;
  std::vector<Exchange> exchanges;
  std::vector<std::string> categories;  // JSON objects.
  RecordedObject global_metrics;
  std::deque<std::string> recorded_texts;  // What the recorded views look into.

  Universe() = default;
  Universe(Universe&&) noexcept = default;
  Universe& operator=(Universe&&) noexcept = default;
  Universe(const Universe&) = delete;
  Universe& operator=(const Universe&) = delete;
  ~Universe() = default;

  // Sorts and builds the look-ups. Call when all vectors are final.
  void index();

  // Returns false, and changes nothing, when there is no such coin or it is a recorded one, whose
  // names stand in its text.
  bool change(const CoinChange& change);

  [[nodiscard]] const Coin* by_id(std::int64_t id) const;
  [[nodiscard]] const Coin* by_slug(std::string_view slug) const;
  [[nodiscard]] const Coin* by_address(std::string_view address) const;
  // All coins under a ticker in any letter case, best rank first, those without a rank last.
  [[nodiscard]] const std::vector<const Coin*>& by_symbol(std::string_view symbol) const;
  [[nodiscard]] const Fiat* fiat_by_symbol(std::string_view symbol) const;
  [[nodiscard]] const Fiat* fiat_by_id(std::int64_t id) const;
  [[nodiscard]] const std::vector<const Coin*>& ranked() const { return ranked_; }

 private:
  std::unordered_map<std::int64_t, const Coin*> ids_;
  std::unordered_map<std::string, const Coin*> slugs_, addresses_;
  std::unordered_map<std::string, std::vector<const Coin*>> symbols_;
  std::vector<const Coin*> ranked_;
};

// `count` coins, the majors with their real ids first; the same seed gives the same universe.
[[nodiscard]] Universe generate_universe(std::size_t count, std::uint64_t seed);

// The fiat currencies the provider has always listed, and the four metals.
[[nodiscard]] std::vector<Fiat> built_in_fiats();

// Deterministic 64 bits out of two numbers (splitmix64).
[[nodiscard]] std::uint64_t mix(std::uint64_t a, std::uint64_t b);
// The same, as a number in [0, 1).
[[nodiscard]] double mix_unit(std::uint64_t a, std::uint64_t b);

[[nodiscard]] std::string upper_case(std::string_view text);

}  // namespace cmcsim
