// What a purge is about: which entries, by their keys and by the assets that their text tells of.
// Pure.
//
// An entry is covered when it agrees with each list that is not empty. By assets are covered: what
// is kept under one of their names, what is of them under another name, every whole answer (a list,
// a page of it) whose text has one of them, and what is priced in one of them. It covers rather too
// much than too little: what is purged for nothing costs a credit, what is left a wrong price.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cache/entry.hpp"

namespace quotecached::cache {

struct PurgePattern {
  std::vector<std::string> endpoints;  // as keys have them: "v2.quotes"
  std::vector<std::string> converts;   // in upper case; digits: of an id as well
  std::vector<std::string> ids;        // of assets, as all that follow but the last
  std::vector<std::string> symbols;    // in upper case
  std::vector<std::string> slugs;
  std::vector<std::string> globs;   // of whole keys; '*' any text, '?' one character
  std::vector<std::string> quoted;  // the assets as currencies, as `converts`; goes with them

  [[nodiscard]] bool names_assets() const noexcept {
    return !ids.empty() || !symbols.empty() || !slugs.empty();
  }
  [[nodiscard]] bool is_empty() const noexcept {
    return endpoints.empty() && converts.empty() && !names_assets() && globs.empty();
  }
  // Sorts each list and drops what stands in it twice: equal patterns are equal then.
  void normalise();

  friend bool operator==(const PurgePattern&, const PurgePattern&) = default;
};

// Whether the pattern covers what is kept under `key`. Requires: the pattern is normalised.
[[nodiscard]] bool covers(const PurgePattern& pattern, std::string_view key, const Entry& entry);

// `*` and `?` have their usual meaning, everything else stands for itself. Never backtracks further
// than to the last `*`.
[[nodiscard]] bool matches_glob(std::string_view glob, std::string_view text) noexcept;

}  // namespace quotecached::cache
