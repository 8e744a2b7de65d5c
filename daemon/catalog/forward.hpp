// Requests for paths that are not in the catalogue: what may be passed on as it is. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "catalog/catalogue.hpp"
#include "catalog/query.hpp"
#include "catalog/request.hpp"

namespace quotecached::catalog {

// Fills `out.forward_target` (without credentials) and `out.credential`, or says why not: 400 for a
// target that climbs, hides characters or is no path, 404 for a path that is not the provider's or
// another spelling of a catalogued one, which would go round the cache.
std::optional<RequestError> read_forward(const Catalogue& catalogue,
                                         std::string_view path,
                                         std::string_view query,
                                         Arena& arena,
                                         Request& out);

}  // namespace quotecached::catalog
