// Settings while they are being loaded: values, where each came from, and what is wrong so far.
//
// Internal to the module. One per load; not thread-safe.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "settings/load.hpp"
#include "settings/schema.hpp"
#include "settings/toml_source.hpp"

namespace quotecached::settings {

struct Draft {
  explicit Draft(std::span<const std::string_view> families);

  std::vector<Row> rows;
  std::vector<std::string> keys;  // of the rows
  Settings settings;
  std::vector<Origin> origins;  // one per row
  Problems problems;

  // Puts a value in place, or says why not (unknown key, wrong type, out of bounds).
  void apply(const SourceValue& given);

  // `key` holds something wrong: reported at the place its value came from.
  void wrong(std::string_view key, std::string text);

  // Nothing is wrong with these keys so far, so that a rule between them means something.
  [[nodiscard]] bool are_sound(std::initializer_list<std::string_view> checked) const;

  [[nodiscard]] const Row* find(std::string_view key) const;

 private:
  // The row of the tag that the key names, which is new; null: it is no tag's, or there are too
  // many.
  const Row* add_tag(std::string_view key);
};

// Why a key is unknown, for a person: a secret in the wrong place, or what it resembles.
std::string explain_unknown(const Draft& draft, std::string_view key);

// The sources beside the file.
void apply_environment(Draft& draft, const Environment& environment);
void apply_sets(Draft& draft, const std::vector<std::string>& sets);

// Reads what the settings point to (key, password, tokens, group) and fills in the database's path.
void resolve(Draft& draft, const Environment& environment, Origin& api_key_origin);

// The rules between settings.
void check(Draft& draft);
// ... of [credits] and [alerts]; fills in the anchor.
void check_credits(Draft& draft, std::span<const std::string_view> plans);
// ... of [warm]; fills in what the windows say.
void check_warm(Draft& draft);

}  // namespace quotecached::settings
