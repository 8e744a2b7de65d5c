// The parameters of the admin routes about usage. Pure and strict: what is not understood is
// refused by name, so that a mistyped parameter never passes for its default.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "usage/question.hpp"

namespace quotecached::admin {

// `query` is what follows the '?'. Both fail with Invalid, naming the parameter and what it takes.
[[nodiscard]] Result<usage::ReportQuery> parse_report_query(std::string_view query);
[[nodiscard]] Result<usage::PageQuery> parse_page_query(usage::PageQuery::Of of,
                                                        std::string_view query);
// For routes that take none.
[[nodiscard]] Result<void> parse_no_query(std::string_view query);

}  // namespace quotecached::admin
