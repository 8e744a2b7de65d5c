// The windows of [warm]: a list of tables, in and out of TOML.
//
// Internal to the module. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "settings/value.hpp"

namespace quotecached::settings {

// Fails with Invalid, saying what is wanted instead. What the members say is not checked here.
Result<std::vector<WarmWindow>> windows_of(const Value& value);

std::string to_toml(const std::vector<WarmWindow>& windows);

}  // namespace quotecached::settings
