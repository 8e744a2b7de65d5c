// A report as the JSON of GET /admin/credits/report. Pure.
#pragma once

#include <string>

#include "ledger/price.hpp"
#include "usage/report.hpp"

namespace quotecached::usage {

// While the price is not known, neither is money.
[[nodiscard]] std::string to_json(const Report& report, const ledger::Price& price);

}  // namespace quotecached::usage
