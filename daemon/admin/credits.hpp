// How credits stand, as the JSON of GET /admin/credits. Pure; docs/admin.md describes it.
#pragma once

#include <string>
#include <string_view>

#include "credit/credit_view.hpp"
#include "ledger/price.hpp"

namespace quotecached::admin {

// `plan` as the settings name it: "auto", "explicit" or a preset. While the price of a credit is
// not known, no money is told.
[[nodiscard]] std::string to_json(const credit::CreditView& view,
                                  std::string_view plan,
                                  const ledger::Price& price = {});

}  // namespace quotecached::admin
