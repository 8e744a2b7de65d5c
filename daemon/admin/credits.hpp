// How credits stand, as the JSON of GET /admin/credits. Pure; docs/admin.md describes it.
#pragma once

#include <string>
#include <string_view>

#include "credit/credit_view.hpp"

namespace quotecached::admin {

// `plan` as the settings name it: "auto", "explicit" or a preset.
[[nodiscard]] std::string to_json(const credit::CreditView& view, std::string_view plan);

}  // namespace quotecached::admin
