// One asset in one convert, read out of what the provider wrote: asset objects of quotes (v1, v2,
// v3), of simple/price and of listings.
//
// Pure. All is the provider's own text, as JSON; views point into the text that was read.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quotecached::compact {

struct Row {
  std::uint64_t id = 0;
  // Empty: the object does not have it.
  std::string_view symbol;
  std::string_view name;
  std::string_view slug;
  std::string_view rank;
  std::string_view last_updated;
  std::string_view asset;  // the whole object
  std::string_view quote;  // the object of the convert; empty: there is none
};

// Nothing unless `object` is an asset object with an id.
[[nodiscard]] std::optional<Row> read_row(std::string_view object, std::string_view convert);

// The asset object in the text of a fragment by id, its label left out.
[[nodiscard]] std::string_view object_in(std::string_view fragment) noexcept;

// The values of fields, in their order: of the quote, or else of the asset itself; objects and
// lists are none. Empty: the row does not have it.
void read_figures(const Row& row,
                  std::span<const std::string> fields,
                  std::vector<std::string_view>& out);

// The names of all fields of the quote that are not in every row, added to `names`.
void add_field_names(const Row& row, std::vector<std::string>& names);

}  // namespace quotecached::compact
