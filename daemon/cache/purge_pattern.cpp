#include "cache/purge_pattern.hpp"

#include <algorithm>
#include <functional>
#include <optional>

#include "cache/asset_names.hpp"

namespace quotecached::cache {
namespace {

constexpr std::string_view kKeyPrefix = "qc1:";

// The parts of a key (catalog/key.cpp spells them). Of a whole answer `rest` is its query, of an
// entry of one asset the asset.
struct KeyParts {
  std::string_view endpoint;
  std::string_view kind;  // "id", "symbol", "slug", "query"
  std::string_view rest;
  std::string_view convert;
  bool is_alias = false;
};

std::string_view take_word(std::string_view& text) {
  const auto at = text.find(':');
  const auto word = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return word;
}

KeyParts parts_of(std::string_view key) {
  KeyParts parts;
  if (!key.starts_with(kKeyPrefix)) return parts;
  key.remove_prefix(kKeyPrefix.size());
  parts.endpoint = take_word(key);
  if (parts.endpoint == "alias") {
    parts.is_alias = true;
    parts.endpoint = take_word(key);
  }
  parts.kind = take_word(key);
  if (!parts.is_alias && parts.kind != "query") {
    key = key.substr(0, key.rfind(':'));  // without the variant
    const auto at = key.rfind(':');
    if (at != std::string_view::npos) {
      parts.convert = key.substr(at + 1);
      key = key.substr(0, at);
    }
  }
  parts.rest = key;
  return parts;
}

bool has(const std::vector<std::string>& sorted, std::string_view word) {
  return std::binary_search(sorted.begin(), sorted.end(), word, std::less<>());
}

// Whether the parameter stands in the canonical query with one of the words in its list.
bool asks_for(std::string_view query,
              std::string_view parameter,
              const std::vector<std::string>& words) {
  while (!query.empty() && !words.empty()) {
    const auto end = query.find('&');
    auto pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (!pair.starts_with(parameter) || pair.substr(parameter.size(), 1) != "=") continue;
    pair.remove_prefix(parameter.size() + 1);
    while (!pair.empty()) {
      const auto comma = pair.find(',');
      if (has(words, pair.substr(0, comma))) return true;
      pair.remove_prefix(comma == std::string_view::npos ? pair.size() : comma + 1);
    }
  }
  return false;
}

bool has_slot_of(const Entry& entry, const std::vector<std::string>& ids) {
  return std::ranges::any_of(entry.fragment.slots, [&](const Slot& slot) {
    return has(ids, std::to_string(slot.asset_id));
  });
}

bool is_of_assets(const PurgePattern& pattern, const KeyParts& parts, const Entry& entry) {
  const auto& text = entry.fragment.text;
  if (parts.kind == "query") {
    return asks_for(parts.rest, "id", pattern.ids) ||
           asks_for(parts.rest, "symbol", pattern.symbols) ||
           asks_for(parts.rest, "slug", pattern.slugs) ||
           tells_of_any(text, {pattern.ids, pattern.symbols, pattern.slugs});
  }
  if (parts.kind == "id") {
    // Under an id there is nothing but that asset: its names may still be told in the text alone.
    static const std::vector<std::string> kNone;
    return has(pattern.ids, parts.rest) ||
           tells_of_any(text, {kNone, pattern.symbols, pattern.slugs});
  }
  const auto& names = parts.kind == "symbol" ? pattern.symbols : pattern.slugs;
  return has(names, parts.rest) || has_slot_of(entry, pattern.ids) ||
         tells_of_any(text, {pattern.ids, pattern.symbols, pattern.slugs});
}

// As the key tells it.
bool is_asked_in(const std::vector<std::string>& converts, const KeyParts& parts) {
  if (parts.is_alias) return false;  // has no price
  if (parts.kind == "query")
    return asks_for(parts.rest, "convert", converts) ||
           asks_for(parts.rest, "convert_id", converts);
  return has(converts, parts.convert) ||
         (parts.convert.starts_with('#') && has(converts, parts.convert.substr(1)));
}

// Quotes of a whole answer are labelled with their currency, or say it as their symbol.
bool is_in_converts(const PurgePattern& pattern, const KeyParts& parts, const Entry& entry) {
  if (is_asked_in(pattern.converts, parts)) return true;
  return parts.kind == "query" && !parts.is_alias &&
         std::ranges::any_of(pattern.converts, [&](const std::string& convert) {
           return entry.fragment.text.find('"' + convert + '"') != std::string::npos;
         });
}

void sort_out(std::vector<std::string>& words) {
  std::ranges::sort(words);
  const auto twice = std::ranges::unique(words);
  words.erase(twice.begin(), twice.end());
}

}  // namespace

void PurgePattern::normalise() {
  for (auto* words : {&endpoints, &converts, &ids, &symbols, &slugs, &globs, &quoted})
    sort_out(*words);
}

// What is cheap is asked first.
bool covers(const PurgePattern& pattern, std::string_view key, const Entry& entry) {
  const auto parts = parts_of(key);
  if (!pattern.endpoints.empty() && !has(pattern.endpoints, parts.endpoint)) return false;
  if (!pattern.globs.empty() && std::ranges::none_of(pattern.globs, [&](const std::string& glob) {
        return matches_glob(glob, key);
      }))
    return false;
  if (!pattern.converts.empty() && !is_in_converts(pattern, parts, entry)) return false;
  return !pattern.names_assets() || is_asked_in(pattern.quoted, parts) ||
         is_of_assets(pattern, parts, entry);
}

bool matches_glob(std::string_view glob, std::string_view text) noexcept {
  std::size_t g = 0;
  std::size_t t = 0;
  std::optional<std::size_t> star;  // of the last '*', which stands for what it has to
  std::size_t star_end = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      star_end = t;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
      ++g;
      ++t;
    } else if (star) {
      g = *star + 1;
      t = ++star_end;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

}  // namespace quotecached::cache
