// One asset object as it stands in an upstream body: who it says it is, and where its quotes are.
//
// Internal to quote. Views point into the Document that was read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/endpoint.hpp"
#include "quote/cut.hpp"
#include "quote/json.hpp"

namespace quotecached::quote {

// One member or element of a quote container.
struct QuoteText {
  std::string_view label;           // the key; empty in an array
  std::string_view symbol;          // what the quote object says of itself, if it does
  std::optional<std::uint64_t> id;  // likewise
  Span text;                        // with the white space before it, without any comma
  PriceFlaw flaw = PriceFlaw::None;
  bool is_quote = false;  // an object; or null, which says that there is none
};

struct AssetText {
  Span text;
  std::optional<std::uint64_t> id;
  std::string_view symbol;
  std::string_view slug;
  std::size_t quotes_begin = 0;   // after the opening brace of the quote container
  std::size_t quotes_end = 0;     // after its last member
  std::vector<QuoteText> quotes;  // empty also when the container is null
  std::string_view defect;        // why it cannot be used; empty: it can
};

// Reads a value that should be an asset object, and walks it to its end.
AssetText read_asset(Document& document, ondemand::value& value, const catalog::Endpoint& endpoint);

// Reads a container of quotes, an object or an array, into `asset`.
void read_quotes(Document& document, ondemand::value& container, AssetText& asset);

// The one quote for this convert (a symbol, or an id as text); null when there is none or several.
const QuoteText* find_quote(const AssetText& asset, std::string_view convert, bool convert_is_id);

[[nodiscard]] std::string in_upper_case(std::string_view text);

}  // namespace quotecached::quote
