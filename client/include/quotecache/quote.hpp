// What is asked for, and what is told: assets, quotes and the lists beside them. Plain values.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quotecache/error.hpp"
#include "quotecache/export.hpp"
#include "quotecache/time.hpp"

namespace quotecache {

// A coin by one of its names. An id is always one coin; a symbol may be shared by several.
class QUOTECACHE_API Asset {
 public:
  enum class By : std::uint8_t { Id, Symbol, Slug };

  [[nodiscard]] static Asset id(std::int64_t id);            // the provider's: 1 is Bitcoin
  [[nodiscard]] static Asset symbol(std::string_view text);  // "BTC", in any letter case
  [[nodiscard]] static Asset slug(std::string_view text);    // "bitcoin", likewise
  [[nodiscard]] By by() const noexcept { return by_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  friend auto operator<=>(const Asset&, const Asset&) = default;

 private:
  Asset(By by, std::string text) : by_(by), text_(std::move(text)) {}

  By by_;
  std::string text_;  // symbols in capitals, slugs in small letters
};

struct Ask {
  std::vector<Asset> assets;
  std::vector<std::string> converts{"USD"};  // currencies by symbol
  // Names as in the provider's quotes, beside the price: "volume_24h", "cmc_rank", ...
  std::vector<std::string> fields{};
  // Of a symbol that several coins share, the best by the provider's rank; else it is Ambiguous.
  bool takes_first = false;
};

// A figure of the provider.
struct Figure {
  std::string text;  // its own text, to the digit ("7e-8"); empty: it gives none
  double value = std::numeric_limits<double>::quiet_NaN();  // the nearest; NaN: it is no number
};

struct NamedFigure {
  std::string name;
  Figure figure;
};

// An asset in a currency.
struct Quote {
  std::int64_t id = 0;
  std::string symbol;
  std::string name;
  std::string slug;
  std::string convert;  // "USD"
  Figure price;
  std::vector<NamedFigure> figures;       // the other fields that were asked for
  std::optional<TimePoint> last_updated;  // when the data is of, as the provider says
  TimePoint fetched_at;                   // when the provider was asked
  std::chrono::milliseconds age{0};       // since then, when the daemon answered
  bool is_stale = false;                  // past its freshness

  // By name; null: it was not asked for.
  [[nodiscard]] QUOTECACHE_API const Figure* figure(std::string_view name) const noexcept;
};

// An asset that the provider does not know.
struct Missing {
  std::string asked;
  Asset::By by = Asset::By::Id;
};

struct Candidate {
  std::int64_t id = 0;
  std::string name;
  std::string slug;
  std::optional<std::int64_t> rank;
};

// A symbol that several coins share, the best rank first.
struct Ambiguous {
  std::string asked;
  Asset::By by = Asset::By::Symbol;
  std::vector<Candidate> candidates;
};

// An asset that could not be had.
struct NotHad {
  std::string asked;
  Asset::By by = Asset::By::Id;
  ErrorCode code = ErrorCode::Unavailable;  // or BudgetExhausted, RateLimited, Timeout, ...
};

struct Quotes {
  // In the order of the ask, currency by currency. An asset that was named twice is there once.
  std::vector<Quote> rows;
  std::vector<Missing> missing;
  std::vector<Ambiguous> ambiguous;
  std::vector<NotHad> unavailable;

  // By id, symbol or slug; null: there is none. Looks through the rows from the first.
  [[nodiscard]] QUOTECACHE_API const Quote* find(const Asset& asset,
                                                 std::string_view convert = "USD") const noexcept;
};

[[nodiscard]] QUOTECACHE_API std::string_view to_string(Asset::By by) noexcept;  // "id", ...

}  // namespace quotecache
