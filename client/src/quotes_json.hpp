// The daemon's documents about quotes, from JSON. Pure.
//
// Members beyond those known are ignored, one that must be there and is not is a Protocol error. A
// text may be lengthened in memory beyond its end, which the JSON reader needs; it stays as it is.
#pragma once

#include <string>

#include "quotecache/error.hpp"
#include "quotecache/quote.hpp"
#include "quotecache/subscription.hpp"

namespace quotecache {

// The answer of /quotes.
[[nodiscard]] Result<Quotes> read_quotes(std::string& document);

// The data of the events of /quotes/stream. A row has no age there: it is counted up to `now`.
[[nodiscard]] Result<Quote> read_stream_quote(std::string& data, TimePoint now);
[[nodiscard]] Result<Gone> read_gone(std::string& data);
[[nodiscard]] Result<Quotes> read_lists(std::string& data);

}  // namespace quotecache
