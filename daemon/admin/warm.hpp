// Orders of runs that warm, and runs, as JSON. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "warm/order.hpp"
#include "warm/run.hpp"

namespace quotecached::admin {

// {"popular":50}, {"window":"majors"}, {"due":true} or {"assets":["1","1027"]}, and beside it
// "convert":"USD,EUR", "max_credits":10, "dry_run":true, "explain":true, "wait":true. Nothing of
// the first four: the most popular. Fails with Invalid, naming the member and what it takes.
[[nodiscard]] Result<warm::Order> parse_warm_order(std::string_view body);

[[nodiscard]] std::string to_json(const warm::Run& run);
[[nodiscard]] std::string to_json(const std::vector<warm::Run>& runs);

}  // namespace quotecached::admin
