// What differs between two settings, and which of it a reload may take up.
//
// Pure. No secret is told: of those only that they are others.
#pragma once

#include <string>
#include <vector>

#include "settings/schema.hpp"
#include "settings/settings.hpp"

namespace quotecached::settings {

// A setting that is another than before.
struct Changed {
  std::string key;     // "log.level"; of a token "auth.tokens.NAME"
  std::string before;  // as TOML, or in words; empty: there was none
  std::string after;   // likewise
  Change change = Change::Restart;

  friend bool operator==(const Changed&, const Changed&) = default;
};

// In the order of the file. Tokens are live, unless who may ask at all waits for a restart; so are
// the caps of credits, unless the plan waits.
[[nodiscard]] std::vector<Changed> changes(const Settings& before, const Settings& after);

// Makes those of `changed` that are live in `running` what they are in `wanted`; nothing else in
// `running` is written. Requires: `changed` is what differs between the two.
void take_live(Settings& running, const Settings& wanted, const std::vector<Changed>& changed);

}  // namespace quotecached::settings
