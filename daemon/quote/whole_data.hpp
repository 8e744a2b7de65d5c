// Walks the data of a whole answer once, to its last byte, and tells what stands in it.
//
// Internal to quote.
#pragma once

#include "catalog/endpoint.hpp"
#include "catalog/whole_ask.hpp"
#include "quote/json.hpp"
#include "quote/whole_facts.hpp"

namespace quotecached::quote {

// Walks `value` to its end. Throws simdjson::simdjson_error when it is malformed.
void read_whole_data(Document& document,
                     ondemand::value& value,
                     const catalog::Endpoint& endpoint,
                     const catalog::WholeAsk& ask,
                     WholeFacts& facts);

}  // namespace quotecached::quote
