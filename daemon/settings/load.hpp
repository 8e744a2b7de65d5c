// Loads the settings: defaults, then the file, then the environment, then --set, each overriding
// what came before, into one validated Settings. All that is wrong is reported at once.
//
// Reads the file and the secret files it names; no other effect. For start-up and reload.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "settings/problem.hpp"
#include "settings/settings.hpp"

namespace quotecached::settings {

using Environment = std::map<std::string, std::string, std::less<>>;

struct LoadInput {
  std::optional<std::string> file;         // TOML; none: defaults
  std::vector<std::string> sets;           // "key=value"; the value is TOML, or a bare word
  Environment environment;                 // QUOTECACHED_* and what secrets and paths depend on
  std::vector<std::string_view> families;  // of the endpoint catalogue
  std::vector<std::string_view> plans;     // that credits.plan may name
};

// Where a value came from.
struct Origin {
  std::string key;
  std::string file;      // a path, "environment NAME", "--set"; empty: the default
  std::size_t line = 0;  // 0: the source has no lines

  friend bool operator==(const Origin&, const Origin&) = default;
};

struct Loaded {
  Settings settings;
  std::vector<Origin> origins;  // one per key in the order of the file; then upstream.api_key
};

tl::expected<Loaded, Problems> load(const LoadInput& input);

// The same with the file's text at hand; `input.file` only names it.
tl::expected<Loaded, Problems> load_text(const LoadInput& input, std::string_view toml);

// The environment of this process.
Environment process_environment();

}  // namespace quotecached::settings
