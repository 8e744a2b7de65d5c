// An account: a provider key and its budget. What is kept of it in the database stands under its
// name.
#pragma once

#include <string_view>

namespace quotecached::ledger {

// The account whose key the settings give.
inline constexpr std::string_view kDefaultAccount = "default";

}  // namespace quotecached::ledger
