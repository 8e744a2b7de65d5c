#include "purge/covering.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quotecached::purge {
namespace {

using cache::PurgePattern;
using Words = std::vector<std::string>;

bool has_all(const Words& wide, const Words& narrow) { return std::ranges::includes(wide, narrow); }

// A list that is empty agrees with everything.
bool covers_list(const Words& wide, const Words& narrow) {
  return wide.empty() || (!narrow.empty() && has_all(wide, narrow));
}

// Each character of a glob stands for texts that `*` covers, and but for `*` that `?` covers: a
// glob that matches the other as if that were a text covers it.
bool covers_glob(std::string_view wide, std::string_view narrow) {
  std::size_t w = 0;
  std::size_t n = 0;
  std::optional<std::size_t> star;  // of the last '*' of the wide one
  std::size_t star_end = 0;
  while (n < narrow.size()) {
    const bool is_one = w < wide.size() && wide[w] != '*' && narrow[n] != '*' &&
                        (wide[w] == '?' || wide[w] == narrow[n]);
    if (is_one) {
      ++w;
      ++n;
    } else if (w < wide.size() && wide[w] == '*') {
      star = w++;
      star_end = n;
    } else if (star) {
      w = *star + 1;
      n = ++star_end;
    } else {
      return false;
    }
  }
  return wide.find_first_not_of('*', w) == std::string_view::npos;
}

bool covers_globs(const Words& wide, const Words& narrow) {
  // Of no glob there are all keys.
  static const Words kAll{"*"};
  const auto& narrower = narrow.empty() ? kAll : narrow;
  return wide.empty() || std::ranges::all_of(narrower, [&](const std::string& glob) {
           return std::ranges::any_of(
               wide, [&](const std::string& one) { return covers_glob(one, glob); });
         });
}

// An entry agrees when it is of any of the assets, or priced in one.
bool covers_assets(const PurgePattern& wide, const PurgePattern& narrow) {
  if (!wide.names_assets()) return true;
  return narrow.names_assets() && has_all(wide.ids, narrow.ids) &&
         has_all(wide.symbols, narrow.symbols) && has_all(wide.slugs, narrow.slugs) &&
         has_all(wide.quoted, narrow.quoted);
}

}  // namespace

bool covers(const PurgePattern& wide, const PurgePattern& narrow) {
  return covers_list(wide.endpoints, narrow.endpoints) &&
         covers_list(wide.converts, narrow.converts) && covers_assets(wide, narrow) &&
         covers_globs(wide.globs, narrow.globs);
}

bool covers(const cache::PurgeRule& wide, const cache::PurgeRule& narrow) {
  return wide.before >= narrow.before && covers(wide.pattern, narrow.pattern);
}

}  // namespace quotecached::purge
