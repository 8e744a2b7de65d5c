// Quotes for tests of how they are shown.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "quotecache/quote.hpp"

namespace quotecache::test {

// 2026-11-29 10:00:41.120 UTC.
inline constexpr TimePoint kFetchedAt{std::chrono::milliseconds(1'795'946'441'120)};

inline Figure figure_of(const std::string& text) {
  return {text, text.empty() ? Figure{}.value : std::stod(text)};
}

inline Quote quote_of(std::int64_t id,
                      std::string symbol,
                      std::string name,
                      std::string slug,
                      const std::string& price,
                      std::string convert = "USD") {
  Quote quote;
  quote.id = id;
  quote.symbol = std::move(symbol);
  quote.name = std::move(name);
  quote.slug = std::move(slug);
  quote.convert = std::move(convert);
  quote.price = figure_of(price);
  quote.last_updated = kFetchedAt - std::chrono::milliseconds(41'120);
  quote.fetched_at = kFetchedAt;
  quote.age = std::chrono::milliseconds(12'300);
  return quote;
}

inline Quote bitcoin(const std::string& price = "67000.10") {
  return quote_of(1, "BTC", "Bitcoin", "bitcoin", price);
}
inline Quote pepe() { return quote_of(24478, "PEPE", "Pepe", "pepe", "7e-8"); }

// What docs/command.md shows of `get`: two rows, one of them stale, and what is not there.
inline Quotes sample_quotes() {
  Quotes quotes;
  quotes.rows = {bitcoin(), pepe()};
  quotes.rows[0].figures = {{"market_cap", figure_of("1325000000000.5")}};
  quotes.rows[1].figures = {{"market_cap", figure_of("")}};
  quotes.rows[1].is_stale = true;
  quotes.rows[1].age = std::chrono::minutes(3);
  quotes.missing = {{"NOPE", Asset::By::Symbol}};
  quotes.ambiguous = {{"XYZ",
                       Asset::By::Symbol,
                       {{7, "Xyz", "xyz", 120}, {9, "Xyz Two", "xyz-two", std::nullopt}}}};
  return quotes;
}

}  // namespace quotecache::test
