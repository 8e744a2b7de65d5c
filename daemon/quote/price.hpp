// What may be wrong with a price: read as the text it is, never kept as a number. Internal to
// quote.
#pragma once

#include "quote/json.hpp"
#include "quote/price_flaw.hpp"

namespace quotecached::quote {

// Walks the value of a "price" to its end.
PriceFlaw read_price(Document& document, ondemand::value& value);

}  // namespace quotecached::quote
