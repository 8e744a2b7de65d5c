// An ask for quotes: the parameters of GET /quotes in canonical form.
//
// Pure. What is wrong is told by field; nothing that outsiders send grows without a bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "catalog/endpoint.hpp"
#include "compact/problem.hpp"

namespace quotecached::compact {

// Of one ask. Rows (assets times converts) as the provider's paths have it for theirs.
inline constexpr std::size_t kMostAssets = 10'000;
inline constexpr std::size_t kMostConverts = 120;
inline constexpr std::size_t kMostFields = 64;
inline constexpr std::size_t kMostRows = 20'000;

enum class Format : std::uint8_t { Json, Csv, Ndjson };

// One asset as it was asked for.
struct Asked {
  catalog::KeyKind by = catalog::KeyKind::Id;
  std::string name;  // an id without leading zeros, a symbol in capitals, a slug
  friend bool operator==(const Asked&, const Asked&) = default;
};

// The fields of a quote that were asked for, in that order, without those that every row has.
struct Fields {
  bool are_all = false;
  std::vector<std::string> names;  // empty with are_all
  friend bool operator==(const Fields&, const Fields&) = default;
};

struct Ask {
  std::vector<Asked> assets;          // distinct; ids, symbols and slugs as they stand in the query
  std::vector<std::string> converts;  // distinct symbols in capitals
  Fields fields;
  Format format = Format::Json;
  bool takes_first = false;  // of coins that share a symbol, the one that the provider ranks first
  std::size_t begin = 0;     // of the page: positions in `assets`
  std::size_t end = 0;
  friend bool operator==(const Ask&, const Ask&) = default;
};

// Reads parameters as they stand in a query and in a form (either may be empty). `accept`: the
// header of that name, which says the format where the parameters do not.
[[nodiscard]] std::variant<Ask, Problem> parse_ask(std::string_view query,
                                                   std::string_view form,
                                                   std::string_view accept);

// The cursor of the page that begins at `begin` of `ask`; it is good for the same assets alone.
[[nodiscard]] std::string cursor_of(const Ask& ask, std::size_t begin);

}  // namespace quotecached::compact
