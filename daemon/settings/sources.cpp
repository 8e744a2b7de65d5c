#include <algorithm>
#include <array>
#include <string_view>

#include <unistd.h>

#include "settings/draft.hpp"
#include "settings/suggest.hpp"

namespace quotecached::settings {
namespace {

constexpr std::string_view kPrefix = "QUOTECACHED_";

// What a value outside a file means for `row`: TOML, or else the bare word itself. A text setting
// takes what TOML would read as another type ("on", "2024") as it stands.
Value read_bare(const Row* row, const std::string& text) {
  std::optional<Value> value = parse_toml_value(text);
  Settings unused;
  const bool wants_text = row && is_text(row->field(unused));
  if (value) {
    const bool is_textual = std::holds_alternative<std::string>(*value) ||
                            std::holds_alternative<std::vector<std::string>>(*value);
    return wants_text && !is_textual && !text.starts_with('[') ? Value(text) : *std::move(value);
  }
  const bool means_toml = !text.empty() && std::string_view("\"'[{").find(text[0]) != text.npos;
  return means_toml ? Value(Unsupported{"broken TOML"}) : Value(text);
}

void apply_bare(Draft& draft, std::string key, std::string source, const std::string& text) {
  const Value value = read_bare(draft.find(key), text);
  draft.apply({std::move(key), std::move(source), 0, value});
}

// Is `name` one that can only be meant for us? Others may share our prefix: container platforms
// invent QUOTECACHED_PORT and the like.
bool is_in_a_section(std::string_view name) {
  constexpr std::array<std::string_view, 11> sections = {"LISTEN_",
                                                         "UPSTREAM_",
                                                         "TIERS_",
                                                         "FRESHNESS_",
                                                         "CREDITS_",
                                                         "WARM_",
                                                         "ALERTS_",
                                                         "USAGE_",
                                                         "AUTH_",
                                                         "LOG_",
                                                         "TEST_"};
  name.remove_prefix(kPrefix.size());
  return std::ranges::any_of(sections, [&](auto section) { return name.starts_with(section); });
}

// Names that the key's variable has elsewhere, or might have by how settings are named here.
constexpr std::array<std::string_view, 5> kMisnamedKeys = {"QUOTECACHED_API_KEY",
                                                           "QUOTECACHED_UPSTREAM_API_KEY",
                                                           "CMC_PRO_API_KEY",
                                                           "CMC_KEY",
                                                           "COINMARKETCAP_API_KEY"};

bool is_misnamed_key(std::string_view name) {
  return std::ranges::find(kMisnamedKeys, name) != kMisnamedKeys.end();
}

// Who sets one believes that its key is used.
void refuse_misnamed_keys(Draft& draft, const Environment& environment) {
  for (const std::string_view name : kMisnamedKeys) {
    if (environment.contains(name))
      draft.problems.push_back({"environment " + std::string(name),
                                0,
                                "",
                                "is not read: the API key is taken from CMC_API_KEY"});
  }
}

void refuse_unknown(Draft& draft, const std::string& name, std::span<const std::string> known) {
  if (is_misnamed_key(name)) return;  // told already
  const std::string meant = suggestion(name, known);
  if (meant.empty() && !is_in_a_section(name)) return;
  draft.problems.push_back({"environment " + name, 0, "", "no setting has this name" + meant});
}

}  // namespace

void apply_environment(Draft& draft, const Environment& environment) {
  refuse_misnamed_keys(draft, environment);
  std::vector<std::string> known;
  for (const Row& row : draft.rows) known.push_back(row.environment_name());
  for (auto it = environment.lower_bound(kPrefix);
       it != environment.end() && it->first.starts_with(kPrefix);
       ++it) {
    const auto at = std::ranges::find(known, it->first);
    if (at == known.end()) {
      refuse_unknown(draft, it->first, known);
      continue;
    }
    const Row& row = draft.rows[static_cast<std::size_t>(at - known.begin())];
    apply_bare(draft, row.key, "environment " + it->first, it->second);
  }
}

void apply_sets(Draft& draft, const std::vector<std::string>& sets) {
  for (const std::string& set : sets) {
    const std::size_t equals = set.find('=');
    if (equals == std::string::npos || equals == 0) {
      draft.problems.push_back({"--set", 0, "", "must be followed by key=value"});
      continue;
    }
    apply_bare(draft, set.substr(0, equals), "--set", set.substr(equals + 1));
  }
}

Environment process_environment() {
  Environment out;
  for (char** variable = environ; variable && *variable; ++variable) {
    const std::string_view text(*variable);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

}  // namespace quotecached::settings
