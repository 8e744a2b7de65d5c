// Answers of a daemon as quotes, and the parts of one ask put together. Pure.
#pragma once

#include <vector>

#include "quotecache/error.hpp"
#include "quotecache/quote.hpp"
#include "src/http_handle.hpp"

namespace quotecache {

[[nodiscard]] Result<Quotes> quotes_of(Result<HttpAnswer> answer);

// The parts as one, in the order of the ask. Fails as the first part that failed.
[[nodiscard]] Result<Quotes> joined(const Ask& ask, std::vector<Result<Quotes>> parts);

}  // namespace quotecache
