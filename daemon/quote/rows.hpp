// Where the rows of a list stand in a whole answer, and pages cut out of it as text.
//
// Pure. A page is cut the way the provider would have sent it at that moment: the same status, the
// rows byte for byte, white space between them and around the list as it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/fragment.hpp"
#include "base/result.hpp"
#include "catalog/endpoint.hpp"
#include "catalog/page.hpp"

namespace quotecached::quote {

struct RowSpan {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct RowIndex {
  std::uint32_t begin = 0;             // of the list: its opening bracket
  std::uint32_t end = 0;               // behind its closing bracket
  std::vector<RowSpan> rows;           // in the order of the answer
  std::optional<std::uint64_t> total;  // rows that there are in all, as the status says
};

// Walks all of the answer. Fails with Invalid when it is malformed, or its data is no array.
Result<RowIndex> index_rows(const catalog::Endpoint& endpoint, std::string_view body);

// Positions in RowIndex::rows.
struct RowRange {
  std::size_t first = 0;
  std::size_t count = 0;
};

// The rows of `asked` in an answer to `held`; nothing when it does not hold all of them. Rows that
// are missing at the end of `asked` are no rows of the list where the answer shows its end: its own
// total, or fewer rows than the provider was asked for. A round number of rows shows nothing, since
// it may be a bound of the provider's. `is_narrowed`: the total may count what was not asked for.
std::optional<RowRange> rows_of(const catalog::Page& asked,
                                const catalog::Page& held,
                                const RowIndex& index,
                                bool is_narrowed);

struct CutPage {
  Fragment fragment;
  std::uint32_t data_begin = 0;  // of the list in the fragment's text
  std::uint32_t data_end = 0;
};

// Requires: `index` is of whole.text, and has the rows of `range`.
CutPage cut_page(const Fragment& whole, const RowIndex& index, RowRange range);

}  // namespace quotecached::quote
