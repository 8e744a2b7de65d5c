#include "compact/ask.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/hash.hpp"
#include "catalog/query.hpp"
#include "compact/accept.hpp"

namespace quotecached::compact {
namespace {

using catalog::KeyKind;

constexpr std::size_t kMostLength = 64;  // of one name; longer is none of the provider's
constexpr std::size_t kMostShown = 64;   // of what is told back

enum class Name : std::uint8_t {
  Ids,
  Symbols,
  Slugs,
  Convert,
  Fields,
  Format,
  Ambiguous,
  Limit,
  Cursor
};
constexpr std::array<std::string_view, 9> kNames{
    "ids", "symbols", "slugs", "convert", "fields", "format", "ambiguous", "limit", "cursor"};

// What every row has, asked for or not.
constexpr std::array<std::string_view, 9> kInEveryRow{
    "id", "symbol", "name", "slug", "convert", "last_updated", "fetched_at", "age", "stale"};

// Printable, and not longer than is of use.
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kMostShown)) out += is_printable(c) && c != '"' ? c : '?';
  if (text.size() > kMostShown) out += "...";
  return out;
}

Problem wrong(std::string_view field, std::string detail) {
  return {Code::Invalid, std::move(detail), shown(field), {}, RefusedBy(Refuser::Parameters)};
}

bool is_all_of(std::string_view text, bool (*is_good)(char)) {
  return !text.empty() && text.size() <= kMostLength && std::ranges::all_of(text, is_good);
}

bool is_in_symbol(char c) { return is_alphanumeric(c) || c == '$' || c == '@' || c == '-'; }
bool is_in_slug(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-'; }
bool is_in_field(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '_'; }

std::string in_capitals(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), to_upper);
  return out;
}

// A positive number without leading zeros; nothing for any other text.
std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || number == 0) return std::nullopt;
  return number;
}

// Reads one ask: take() each parameter, then finish().
class Reader {
 public:
  std::optional<Problem> take_all(std::string_view text);
  std::variant<Ask, Problem> finish(std::string_view accept);

 private:
  std::optional<Problem> take(std::string_view name, std::string value);
  [[nodiscard]] const std::string& value(Name name) const {
    return values_[static_cast<std::size_t>(name)];
  }
  [[nodiscard]] bool is_given(Name name) const { return given_[static_cast<std::size_t>(name)]; }
  template <class Add>
  std::optional<Problem> each(Name name, const Add& add) const;

  std::optional<Problem> read_assets(Name name, KeyKind by);
  std::optional<Problem> read_converts();
  std::optional<Problem> read_fields();
  std::optional<Problem> read_words(std::string_view accept);
  std::optional<Problem> read_page();

  Ask ask_;
  std::array<std::string, kNames.size()> values_;
  std::array<bool, kNames.size()> given_{};
};

std::optional<Problem> Reader::take_all(std::string_view text) {
  std::vector<char> storage;
  catalog::Arena arena(storage, text.size() * 2);
  for (catalog::Pair pair; catalog::next_pair(text, pair);) {
    const auto name = catalog::decode(pair.name, arena);
    if (!name) return wrong(pair.name, "its name has a broken escape");
    const auto value = catalog::decode(pair.value, arena);
    if (!value) return wrong(*name, "its value has a broken escape");
    if (auto bad = take(*name, std::string(*value))) return bad;
  }
  return std::nullopt;
}

std::optional<Problem> Reader::take(std::string_view name, std::string value) {
  const auto* const known = std::ranges::find(kNames, name);
  if (known == kNames.end())
    return wrong(name, fmt::format("\"{}\" is no parameter of /quotes", shown(name)));
  const auto at = static_cast<std::size_t>(known - kNames.begin());
  if (std::exchange(given_[at], true))
    return wrong(name, fmt::format("{} is given more than once", name));
  values_[at] = std::move(value);
  return std::nullopt;
}

// Of the items of a comma list, empty ones left out.
template <class Add>
std::optional<Problem> Reader::each(Name name, const Add& add) const {
  const std::string_view text = value(name);
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto item = text.substr(begin, end - begin);
    begin = end + 1;
    if (item.empty()) continue;
    if (auto bad = add(item)) return bad;
  }
  return std::nullopt;
}

std::optional<Problem> Reader::read_assets(Name name, KeyKind by) {
  const auto field = kNames[static_cast<std::size_t>(name)];
  std::unordered_set<std::string> seen;
  return each(name, [&](std::string_view item) -> std::optional<Problem> {
    std::string text(item);
    bool is_good = true;
    if (by == KeyKind::Id) {
      const auto id = number_in(item);
      is_good = id.has_value();
      text = std::to_string(id.value_or(0));
    } else if (by == KeyKind::Symbol) {
      is_good = is_all_of(item, is_in_symbol);
      text = in_capitals(item);
    } else {
      is_good = is_all_of(item, is_in_slug);
    }
    if (!is_good)
      return wrong(field,
                   fmt::format("\"{}\" is no {} that the provider knows assets by",
                               shown(item),
                               catalog::to_string(by)));
    if (!seen.insert(text).second) return std::nullopt;
    ask_.assets.push_back({by, std::move(text)});
    if (ask_.assets.size() <= kMostAssets) return std::nullopt;
    return wrong(field, fmt::format("more than {} assets are asked for", kMostAssets));
  });
}

std::optional<Problem> Reader::read_converts() {
  if (!is_given(Name::Convert)) {
    ask_.converts = {"USD"};
    return std::nullopt;
  }
  auto& converts = ask_.converts;
  std::size_t named = 0;
  auto bad = each(Name::Convert, [&](std::string_view item) -> std::optional<Problem> {
    if (!is_all_of(item, is_in_symbol))
      return wrong("convert", fmt::format("\"{}\" is no symbol of a currency", shown(item)));
    ++named;
    auto symbol = in_capitals(item);
    if (converts.size() <= kMostConverts && std::ranges::count(converts, symbol) == 0)
      converts.push_back(std::move(symbol));
    return std::nullopt;
  });
  if (bad) return bad;
  if (converts.empty()) return wrong("convert", "convert names no currency");
  if (converts.size() <= kMostConverts) return std::nullopt;
  return wrong(
      "convert",
      fmt::format(
          "convert names {} currencies, at most {} may be asked for", named, kMostConverts));
}

std::optional<Problem> Reader::read_fields() {
  auto& fields = ask_.fields;
  if (!is_given(Name::Fields)) {
    fields.names = {"price"};
    return std::nullopt;
  }
  bool names_any = false;
  auto bad = each(Name::Fields, [&](std::string_view item) -> std::optional<Problem> {
    names_any = true;
    if (!is_all_of(item, is_in_field))
      return wrong("fields", fmt::format("\"{}\" is no name of a field", shown(item)));
    fields.are_all = fields.are_all || item == "all";
    const bool is_new =
        std::ranges::count(kInEveryRow, item) == 0 && std::ranges::count(fields.names, item) == 0;
    if (item == "all" || !is_new) return std::nullopt;
    if (fields.names.size() == kMostFields)
      return wrong("fields", fmt::format("more than {} fields are asked for", kMostFields));
    fields.names.emplace_back(item);
    return std::nullopt;
  });
  if (bad) return bad;
  if (!names_any) return wrong("fields", "fields names no field");
  if (fields.are_all) fields.names.clear();
  return std::nullopt;
}

std::optional<Problem> Reader::read_words(std::string_view accept) {
  ask_.format = format_accepted(accept);
  if (is_given(Name::Format)) {
    const auto& word = value(Name::Format);
    if (word == "json") {
      ask_.format = Format::Json;
    } else if (word == "csv") {
      ask_.format = Format::Csv;
    } else if (word == "ndjson") {
      ask_.format = Format::Ndjson;
    } else {
      return wrong("format", "format is json, csv or ndjson");
    }
  }
  if (!is_given(Name::Ambiguous)) return std::nullopt;
  const auto& word = value(Name::Ambiguous);
  if (word != "list" && word != "first") return wrong("ambiguous", "ambiguous is list or first");
  ask_.takes_first = word == "first";
  return std::nullopt;
}

std::optional<Problem> Reader::read_page() {
  ask_.end = ask_.assets.size();
  if (is_given(Name::Cursor)) {
    const std::string_view text = value(Name::Cursor);
    const auto begin = number_in(text.substr(0, text.find('-')));
    if (!begin || *begin >= ask_.assets.size() || cursor_of(ask_, *begin) != text)
      return wrong("cursor", "the cursor is of no page of what is asked for");
    ask_.begin = *begin;
  }
  if (is_given(Name::Limit)) {
    const auto limit = number_in(value(Name::Limit));
    if (!limit || *limit > kMostAssets)
      return wrong("limit", fmt::format("limit is a number from 1 to {}", kMostAssets));
    ask_.end = std::min(ask_.end, ask_.begin + *limit);
  }
  const auto rows = (ask_.end - ask_.begin) * ask_.converts.size();
  if (rows <= kMostRows) return std::nullopt;
  return wrong("limit",
               fmt::format("{} rows are asked for (assets times currencies), at most {} are given "
                           "at once: ask for pages with limit",
                           rows,
                           kMostRows));
}

std::variant<Ask, Problem> Reader::finish(std::string_view accept) {
  if (auto bad = read_assets(Name::Ids, KeyKind::Id)) return *std::move(bad);
  if (auto bad = read_assets(Name::Symbols, KeyKind::Symbol)) return *std::move(bad);
  if (auto bad = read_assets(Name::Slugs, KeyKind::Slug)) return *std::move(bad);
  if (ask_.assets.empty()) return wrong("ids", "ids, symbols and slugs name no asset");
  if (auto bad = read_converts()) return *std::move(bad);
  if (auto bad = read_fields()) return *std::move(bad);
  if (auto bad = read_words(accept)) return *std::move(bad);
  if (auto bad = read_page()) return *std::move(bad);
  return std::move(ask_);
}

}  // namespace

std::variant<Ask, Problem> parse_ask(std::string_view query,
                                     std::string_view form,
                                     std::string_view accept) {
  Reader reader;
  if (auto bad = reader.take_all(query)) return *std::move(bad);
  if (auto bad = reader.take_all(form)) return *std::move(bad);
  return reader.finish(accept);
}

std::string cursor_of(const Ask& ask, std::size_t begin) {
  std::uint64_t hash = 0;
  for (const auto& asset : ask.assets)
    hash = hash64(asset.name, hash + static_cast<std::uint64_t>(asset.by));
  return fmt::format("{}-{:016x}", begin, hash);
}

}  // namespace quotecached::compact
