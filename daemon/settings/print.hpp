// Settings as text: the effective configuration, and the documentation made from the same table.
#pragma once

#include <string>

#include "settings/load.hpp"

namespace quotecached::settings {

// The effective configuration as TOML that loads again, each value with its origin behind it.
// Secrets are comments with stars.
std::string print_config(const Loaded& loaded);

// The commented default file: config/quotecached.toml, byte for byte.
std::string default_config();

// The table of all settings in docs/configuration.md.
std::string markdown_table();

}  // namespace quotecached::settings
