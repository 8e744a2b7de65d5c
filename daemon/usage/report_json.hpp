// A report as the JSON of GET /admin/credits/report. Pure.
#pragma once

#include <string>

#include "usage/report_figures.hpp"

namespace quotecached::usage {

// `price_per_credit` in whatever money the user counts in; 0: not known, and so is money.
[[nodiscard]] std::string to_json(const Report& report, double price_per_credit);

}  // namespace quotecached::usage
