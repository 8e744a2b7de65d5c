// Turns the parameters of a call into coins and converts of the universe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "answer.hpp"

namespace cmcsim {

enum class AskedBy : std::uint8_t { Id, Slug, Symbol, Address };

// The coins found under one key of the answer; empty for an unknown symbol.
struct AssetGroup {
  std::string key;
  std::vector<const Coin*> coins;
};

struct AskedAssets {
  AskedBy by = AskedBy::Id;
  std::vector<AssetGroup> groups;  // By id when asked by id or slug, else as asked.

  [[nodiscard]] std::size_t coin_count() const;
};

// Throws ApiError 400 for unknown assets unless invalid ones are skipped.
[[nodiscard]] AskedAssets resolve_assets(const AnswerContext& context);

// USD when nothing is asked. Throws ApiError 400 for unknown or too many ones.
[[nodiscard]] std::vector<Convert> resolve_converts(const AnswerContext& context);

// The coins of one page, `start` counting from 1.
template <typename Item>
std::vector<Item> page_of(const std::vector<Item>& items, const Query& query, std::size_t limit) {
  const auto start = static_cast<std::size_t>(query.number_or("start", 1)) - 1;
  const auto count = static_cast<std::size_t>(query.number_or("limit", static_cast<double>(limit)));
  if (start >= items.size()) return {};
  const auto first = items.begin() + static_cast<std::ptrdiff_t>(start);
  const auto size = static_cast<std::ptrdiff_t>(std::min(count, items.size() - start));
  return std::vector<Item>(first, first + size);
}

}  // namespace cmcsim
