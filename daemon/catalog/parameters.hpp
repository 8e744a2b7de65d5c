// The parameters of a request to a catalogued endpoint: what they mean for its keys, its options
// and its price.
#pragma once

#include <optional>
#include <string_view>

#include "catalog/request.hpp"

namespace quotecached::catalog {

class Arena;

// Reads them all into `out`, whose endpoint is known, and takes a credential out wherever it
// stands. Requires: decoded values and canonical words of `query` fit the arena.
std::optional<RequestError> read_parameters(const Catalogue& catalogue,
                                            std::string_view query,
                                            Unlisted unlisted,
                                            Arena& arena,
                                            Request& out);

}  // namespace quotecached::catalog
