// What a program asks, as the requests that say so. Pure.
//
// Two asks that mean the same give the same requests, whatever the order and letter case, so that
// they can share one.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "quotecache/error.hpp"
#include "quotecache/quote.hpp"

namespace quotecache {

inline constexpr std::size_t kMostAssets = 10'000;     // of a request, as the daemon has it
inline constexpr std::size_t kMostConverts = 120;      // likewise
inline constexpr std::size_t kMostRows = 20'000;       // assets times currencies, likewise
inline constexpr std::size_t kMostStreamRows = 2'000;  // of a listener

// The forms (ids=1,2&convert=USD&fields=price) of all requests that an ask takes. Fails with
// Invalid, naming the field.
[[nodiscard]] Result<std::vector<std::string>> forms_of(const Ask& ask);

// The one form of a stream. Fails likewise, and where the rows are too many.
[[nodiscard]] Result<std::string> stream_form_of(const Ask& ask);

// Puts rows into the order of the ask.
void restore_order(const Ask& ask, std::vector<Quote>& rows);

}  // namespace quotecache
