// The market of the model: which assets and currencies there are, and what may be asked about them.
//
// Pure. Upstream, asker and model all read questions with the same few functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quotecached::model {

enum class Kind : std::uint8_t { V1Quotes, V2Quotes, V3Quotes, SimplePrice, Listings };
inline constexpr int kKinds = 5;

enum class By : std::uint8_t { Id, Symbol, Slug, Page };

struct Asset {
  int id = 0;
  std::string symbol;  // every tenth asset has that of the asset before it
  std::string slug;
};

struct Currency {
  int id = 0;
  std::string_view symbol;
};

inline constexpr int kCurrencies = 4;  // the first is what is meant when none is named

struct Question {
  Kind kind = Kind::V2Quotes;
  By by = By::Id;
  std::vector<std::string> names{};  // ids, symbols or slugs; none for a page
  std::vector<int> currencies{0};
  int start = 1;  // of a page
  int limit = 0;
  bool is_backwards = false;  // in another order: the last asset first
  bool is_narrowed = false;   // of the assets with even ids alone
};

class World {
 public:
  // Ids 1 to `assets`, ranked by id.
  explicit World(int assets);

  [[nodiscard]] const std::vector<Asset>& assets() const noexcept { return assets_; }
  // All that carry the name: none, one, or the namesakes of a symbol.
  [[nodiscard]] std::vector<const Asset*> named(By by, std::string_view name) const;
  // Those of a page of listings.
  [[nodiscard]] std::vector<const Asset*> page(const Question& question) const;

 private:
  std::vector<Asset> assets_;
};

// Requires: below kCurrencies.
[[nodiscard]] Currency currency(int index);
// Its index; -1 for a name that is no currency here.
[[nodiscard]] int currency_named(std::string_view symbol);

// As a client asks it.
[[nodiscard]] std::string target_of(const Question& question);
// What a target asks for; nothing when it is no question of this market.
[[nodiscard]] std::optional<Question> question_in(std::string_view target);

// What can be bought by itself: one asset in one currency, or a page. One word for each.
[[nodiscard]] std::vector<std::string> things_in(const Question& question);
// The one that an asset in a currency belongs to.
[[nodiscard]] std::string thing_of(const Question& question, const Asset& asset, int currency);

// The larger page that one of listings may be taken from: all that its credit pays for.
[[nodiscard]] Question around(const Question& page);

// The assets that a right answer holds.
[[nodiscard]] std::vector<const Asset*> assets_asked(const World& world, const Question& question);

// What the provider charges for a good answer, and the most that somebody who lost it must count.
[[nodiscard]] std::int64_t charge_for(const World& world, const Question& question);
[[nodiscard]] std::int64_t worst_charge_for(const Question& question);

}  // namespace quotecached::model
