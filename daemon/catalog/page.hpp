// Pages: where a request for a list starts and ends, and which larger pages around it cost no more.
//
// Pure. The *page series* of a request is all that it asks for but its start and limit: what one
// series answers is one list, so that any page of it can be cut out of a larger one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/request.hpp"

namespace quotecached::catalog {

struct Page {
  std::uint64_t start = 1;  // the first row, counted from 1
  std::uint64_t limit = 0;  // the most rows; 0: as many as the provider gives unasked

  friend bool operator==(const Page&, const Page&) = default;
};

// The page of a list that the request asks for; nothing where rows do not depend on start and limit
// alone: an endpoint without pages, named assets (the provider then looks at nothing else),
// parameters that the catalogue does not know.
[[nodiscard]] std::optional<Page> page_of(const Request& request);

// The canonical query without start and limit. Requires: page_of(request).
[[nodiscard]] std::string series_of(const Request& request);

// The canonical query for a page of the series, as parse_target() would have it.
[[nodiscard]] std::string query_for(const Endpoint& endpoint,
                                    std::string_view series,
                                    const Page& page);

// Appends the key of the whole answer to a query of the endpoint.
void append_query_key(std::string& out, const Endpoint& endpoint, std::string_view query);

// Pages around `asked` that cost no credit more, the widest first; all are larger than `asked`, and
// as large as the provider allows. They lie on the grid of credit steps, so that neighbours have
// the same ones; an `asked` that crosses a line of the grid is only made longer. None for a page
// without a limit, and where the catalogue knows no bound.
[[nodiscard]] std::vector<Page> wider_pages(const Endpoint& endpoint, const Page& asked);

// Pages that hold `asked` if the list ends with them: what a call brings of a list whose price does
// not depend on the rows, and what the provider gives unasked, where that is all. Not `asked`
// itself.
[[nodiscard]] std::vector<Page> pages_to_the_end(const Endpoint& endpoint, const Page& asked);

// Are all rows that `inner` may have among those that `outer` may have?
[[nodiscard]] bool spans(const Page& outer, const Page& inner) noexcept;

}  // namespace quotecached::catalog
