// Orders of purges, and what became of them. Pure; docs/admin.md describes both.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "purge/desk.hpp"
#include "purge/order.hpp"

namespace quotecached::admin {

// What follows the '?' of DELETE /admin/cache: asset, endpoint, convert, tag (each a list with
// commas), glob (as often as wanted, with commas of its own), dry_run and yes. Fails with Invalid,
// naming the parameter.
[[nodiscard]] Result<purge::Order> parse_purge_order(std::string_view query);

[[nodiscard]] std::string to_json(const purge::Report& report);

}  // namespace quotecached::admin
